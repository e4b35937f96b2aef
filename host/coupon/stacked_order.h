// An order on which several coupons were redeemed together: all of them, or none. Plain data.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "coupon/coupon.h"

namespace scrip {

struct StackedOrder {
  struct Part {
    CouponKey coupon;
    std::int64_t discount = 0;  // minor units of the order's currency
    bool operator==(const Part&) const = default;
  };
  std::string id;           // 1 to 128 bytes: the shop's, or one that was made up
  std::int64_t amount = 0;  // minor units
  std::string currency;
  Micros redeemed_at = 0;
  std::vector<Part> parts;  // in the order in which they were applied; not empty
  bool operator==(const StackedOrder&) const = default;
};

}  // namespace scrip
