// How several coupons go together on one order: what the rules of the policy `stacking` say about it,
// and what they are told of each coupon. Plain data; pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "coupon/time.h"

namespace scrip {

// The policy of the active set that is asked about orders with several coupons.
inline constexpr std::string_view stacking_policy = "stacking";

// The most coupons that one order takes, whatever the rules say.
inline constexpr std::size_t most_stacked = 20;

// What a coupon's own rules see as the order's amount.
enum class StackBase : std::uint8_t {
  remaining,  // what the coupons before it have left
  original,   // the whole
};

std::string_view name(StackBase base);
std::optional<StackBase> parse_stack_base(std::string_view name);

struct StackPlan {
  std::vector<std::size_t> order;   // places in Facts::coupons, from 0: the first is applied first; empty: unsaid
  std::optional<StackBase> base;    // unsaid: remaining
  std::optional<std::int64_t> cap;  // all discounts together, minor units of the order's currency
  bool empty() const { return order.empty() && !base && !cap; }
  bool operator==(const StackPlan&) const = default;
};

// One coupon of the order, as the rules see it.
struct StackedCoupon {
  std::string code;
  std::string campaign_id;
  std::string metadata = "{}";  // the campaign's, a JSON object
  Micros issued_at = 0;
  std::optional<Micros> expires_at;
  std::int64_t discount = 0;  // what its own rules would give, were it the only one
  bool operator==(const StackedCoupon&) const = default;
};

// The metadata's "stacking_group"; "default" when it has none, or one that is no text.
std::string stacking_group(std::string_view metadata);

}  // namespace scrip
