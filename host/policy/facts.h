// What the host tells a policy: a snapshot, taken inside the transaction that will store the
// outcome. Plain data; the policy sees it read-only.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "coupon/campaign.h"
#include "coupon/time.h"
#include "policy/stack_plan.h"

namespace scrip {

// `stack` is about an order with several coupons; all others are about one coupon.
enum class Hook : std::uint8_t { issue, redeem, cancel, remind, stack };
inline constexpr std::array all_hooks{Hook::issue, Hook::redeem, Hook::cancel, Hook::remind, Hook::stack};
inline constexpr std::string_view hook_list = "issue, redeem, cancel, remind, stack";

std::string_view name(Hook hook);
std::optional<Hook> parse_hook(std::string_view name);

// A redemption is made whole, or in two halves: a hold, for which the host and the rules are asked and
// which counts, and then it is redeemed by the hold's key, is released, or ends by itself. At the latter
// three nobody is asked. The hook of the first three is redeem, that of the last two cancel.
enum class HoldStep : std::uint8_t { whole, hold, redeem_held, release, expire };

std::string_view name(HoldStep step);
std::optional<HoldStep> parse_hold_step(std::string_view name);

// The second half of what a hold began.
inline bool follows_hold(HoldStep step) {
  return step == HoldStep::redeem_held || step == HoldStep::release || step == HoldStep::expire;
}

// Integers that Lua's doubles hold exactly. Larger facts are refused by the host.
inline constexpr std::int64_t max_exact = 9'007'199'254'740'992;  // 2^53

struct OrderItem {
  std::string sku;
  std::int64_t quantity = 1;
  std::int64_t amount = 0;  // minor units, of all `quantity` together
  std::vector<std::string> tags;
  bool operator==(const OrderItem&) const = default;
};

struct Order {
  std::optional<std::string> id;
  std::int64_t amount = 0;  // minor units
  std::string currency;
  std::vector<OrderItem> items;
  // The most that this coupon may take off, when it is one of several and a cap has cut them; below the
  // amount. What its rules grant above it is not given.
  std::optional<std::int64_t> most_discount;
  bool operator==(const Order&) const = default;
};

struct UserFacts {
  std::optional<std::string> id;  // nullopt: issued to nobody
  std::int64_t issued = 0;        // coupons of the campaign, redeemed ones included
  std::int64_t issued_for_subject = 0;
  std::int64_t redeemed = 0;
  std::string attributes = "{}";  // flat JSON object
  bool operator==(const UserFacts&) const = default;
};

using Counters = std::vector<std::pair<std::string, std::int64_t>>;  // name, value or change

struct CouponFacts {
  std::string code;
  Micros created_at = 0;  // of its batch
  std::optional<Micros> issued_at;
  std::optional<Micros> expires_at;
  std::optional<Micros> redeemed_at;
  std::optional<std::int64_t> discount;  // what the redemption or the hold gave, minor units of `currency`
  std::string currency;                  // empty without a discount
  std::optional<Micros> counted_at;      // when a hold counted it, in force or redeemed; nullopt: at redeemed_at
  std::optional<Micros> held_until;      // of the hold in force
  Counters counted;                      // what the hold in force has counted
  bool operator==(const CouponFacts&) const = default;
};

struct Facts {
  Micros now = 0;
  HoldStep step = HoldStep::whole;
  std::optional<Micros> hold_until;  // HoldStep::hold: until when
  std::shared_ptr<const Campaign> campaign;
  CampaignTally tally;  // facts.campaign.issued, remaining, redeemed
  UserFacts user;
  std::optional<std::string> subject;
  std::optional<CouponFacts> coupon;  // issue: the coupon about to be given
  std::optional<Order> order;         // redeem, stack
  Counters counters;                  // those that the rules declared
  // stack: the order's coupons, by campaign number and serial. `campaign` is the first one's then and
  // shown to no rule; there is no `coupon` and no counter, and `user` is who holds all of them.
  std::vector<StackedCoupon> coupons;
};

}  // namespace scrip
