// A user's coupons over all campaigns, latest expiry first.
#include <algorithm>

#include "db/sqlite/listings.h"
#include "db/sqlite/lookups.h"
#include "db/sqlite/rows.h"

namespace scrip::sqlite {
namespace {

bool is_before(const Reader::ByExpiry& a, const Reader::ByExpiry& b) {
  return a.expires_at != b.expires_at ? a.expires_at > b.expires_at : a.key < b.key;
}

}  // namespace

Result<std::vector<Coupon>> list_coupons_of(Connection& db, Lookup& lookup, const std::string& user_id,
                                            const std::optional<Reader::ByExpiry>& after, int limit) {
  auto postings = lookup.find(Index::holder, lookup.hash().of_user(user_id));
  if (!postings) return postings.error();
  std::vector<Coupon> coupons;
  for (const Posting& posting : *postings) {
    auto coupon = find_coupon(db, {posting.first, posting.second});
    if (!coupon) return coupon.error();
    if (!*coupon || (*coupon)->user_id != user_id) continue;
    if (!after || is_before(*after, by_expiry(**coupon))) coupons.push_back(std::move(**coupon));
  }
  const auto page = std::min(coupons.size(), static_cast<std::size_t>(std::max(limit, 0)));
  std::partial_sort(coupons.begin(), coupons.begin() + static_cast<std::ptrdiff_t>(page), coupons.end(),
                    [](const Coupon& a, const Coupon& b) { return is_before(by_expiry(a), by_expiry(b)); });
  coupons.resize(page);
  return coupons;
}

}  // namespace scrip::sqlite
