// A coupon: one unit of a campaign's pool. A computed coupon exists from the moment its batch is
// generated and gets a row, this one, when it is issued.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "coupon/code_book.h"
#include "coupon/money.h"
#include "coupon/time.h"

namespace scrip {

enum class CouponState : std::uint8_t { available, issued, redeemed };

std::string_view name(CouponState state);

struct Coupon {
  CouponKey key;
  CouponState state = CouponState::available;
  std::optional<std::string> user_id;  // nullopt: issued to nobody in particular
  std::optional<std::string> subject;
  Micros issued_at = 0;  // 0 while available
  std::optional<Micros> expires_at;
  std::optional<Micros> redeemed_at;
  std::optional<Money> discount;  // what the last redemption was worth
  std::optional<std::string> order_id;
  std::int64_t decision = 0;  // id of the decision that last changed it; 0: none
  std::string imported_code;  // as imported; empty for computed codes
  Micros created_at = 0;      // imported: when; 0 for computed codes, whose batch knows

  bool expired_at(Micros now) const { return state == CouponState::issued && expires_at && *expires_at <= now; }
};

// Ids of users and subjects: 1 to 128 bytes of UTF-8 without control characters.
bool is_user_id(std::string_view id);
bool is_subject(std::string_view subject);

}  // namespace scrip
