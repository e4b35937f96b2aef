#include "coupon/coupon.h"

#include "coupon/text.h"

namespace scrip {
namespace {

bool is_outside_id(std::string_view id) {
  return !id.empty() && id.size() <= 128 && is_utf8(id) && !has_control_character(id);
}

}  // namespace

std::string_view name(CouponState state) {
  switch (state) {
    case CouponState::available:
      return "available";
    case CouponState::issued:
      return "issued";
    case CouponState::redeemed:
      return "redeemed";
  }
  return "";
}

bool is_user_id(std::string_view id) {
  return is_outside_id(id);
}

bool is_subject(std::string_view subject) {
  return is_outside_id(subject);
}

}  // namespace scrip
