// A hold: a coupon is set aside for one checkout, by a key that only its maker knows, until it is redeemed
// or the hold ends. Kept beside the coupon, which stays issued: most coupons are never held. Of a coupon
// that was redeemed through a hold what remains says when it was counted.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "coupon/code_book.h"
#include "coupon/money.h"
#include "coupon/time.h"

namespace scrip {

inline constexpr Micros shortest_hold = second;
inline constexpr Micros usual_hold = 600 * second;
inline constexpr Micros longest_hold = day;

struct Hold {
  CouponKey coupon;
  bool redeemed = false;  // else in force until expires_at
  std::string key;        // empty when redeemed
  Micros held_at = 0;
  Micros expires_at = 0;
  std::optional<std::string> user_id;  // the coupon's
  std::optional<std::string> subject;  // the coupon's
  std::optional<Money> order;          // that it was made for
  std::optional<std::string> order_id;
  std::optional<Money> discount;
  std::vector<std::pair<std::string, std::int64_t>> counts;  // changes of counters; none when redeemed
  std::int64_t decision = 0;                                 // that made it; 0: none is recorded

  // A hold that is over is as if it were not there, whether it was ended or not.
  bool in_force_at(Micros now) const { return !redeemed && now < expires_at; }
  bool operator==(const Hold&) const = default;
};

}  // namespace scrip
