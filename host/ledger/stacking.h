// How an order with several coupons is decided, with nothing stored meanwhile: by the ledger, which then
// stores what came of it, and by validate, which does not.
//
// Every coupon is first asked about alone, on the whole order. The policy `stacking` then says whether
// they go together, in which order, from what each is computed, and how much comes off at most. Then
// they are asked in that order, each on facts in which those before it have been redeemed. If that comes
// to more than may come off, what may is apportioned to them in proportion (coupon/apportion.h), and they
// are asked once more with their parts as a limit: so each decision says itself what its coupon gives,
// and rules that count money (budget, quota) count that.
//
// Pure but for the asking. It never depends on the order in which the caller names the coupons.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <vector>

#include "coupon/error.h"
#include "ledger/order_effects.h"
#include "policy/facts.h"
#include "policy/verdict.h"

namespace scrip {

// A verdict with the facts that it is about.
struct StackedDecision {
  Hook hook = Hook::redeem;
  std::size_t place = 0;  // the coupon's among those that were given; not of `stack`
  Facts facts;
  Verdict verdict;

  std::int64_t discount() const { return verdict.discount.value_or(0); }
};

struct Stacking {
  std::vector<StackedDecision> alone;      // as the coupons were given; without the rest after a refusal
  std::optional<StackedDecision> stack;    // when the policy was asked
  std::vector<StackedDecision> parts;      // in the order of application; complete unless refused
  std::optional<StackedDecision> refused;  // nothing happens, and this is why

  // What comes off in all: the sum of the parts. Precondition: not refused.
  std::int64_t discount() const;
};

// The verdict of a policy, on facts whose counters it fills in with the effects added.
using AskStacked = std::function<Result<Verdict>(Hook hook, Facts& facts, const OrderEffects& effects)>;

struct StackingOptions {
  bool has_policy = true;  // else a single coupon goes without one, and several do not go together
  bool all_alone = false;  // ask about all of them, also after one was refused
};

// `coupons` are the facts of a redemption of each, by campaign number and serial, each with the whole
// order; 1 to most_stacked. The error is the asking's.
Result<Stacking> decide_stacking(const std::vector<Facts>& coupons, const StackingOptions& options,
                                 const AskStacked& ask);

}  // namespace scrip
