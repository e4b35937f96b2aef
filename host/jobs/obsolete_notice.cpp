#include "jobs/obsolete_notice.h"

#include <nlohmann/json.hpp>

#include "ledger/coupon_code.h"

namespace scrip::jobs {

Result<std::string> why_obsolete(Reader& reader, const Catalog& catalog, const Event& notice, Micros now) {
  using Json = nlohmann::json;
  const Json data = Json::parse(notice.data, nullptr, false);
  const Json::json_pointer at("/coupon/code");
  if (!data.is_object() || !data.contains(at) || !data[at].is_string()) return std::string();
  const auto coupon = read_coupon(reader, catalog, data[at].get_ref<const std::string&>());
  if (!coupon) {
    if (coupon.error().code == Code::coupon_not_found) return std::string();
    return coupon.error();
  }
  if (coupon->state == CouponState::redeemed) return std::string("the coupon was used");
  if (coupon->expired_at(now)) return std::string("the coupon has expired");
  return std::string();
}

}  // namespace scrip::jobs
