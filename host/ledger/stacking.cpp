#include "ledger/stacking.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "coupon/apportion.h"
#include "policy/host_rules.h"

namespace scrip {
namespace {

std::int64_t sum_of(const std::vector<StackedDecision>& parts) {
  return std::accumulate(parts.begin(), parts.end(), std::int64_t{0},
                         [](std::int64_t sum, const StackedDecision& part) { return sum + part.discount(); });
}

class Decider {
 public:
  Decider(const std::vector<Facts>& coupons, const StackingOptions& options, const AskStacked& ask)
      : coupons_(coupons), options_(options), ask_(ask), amount_(coupons.front().order->amount) {}

  Result<Stacking> run() {
    if (auto asked = ask_alone(); !asked) return asked.error();
    if (stacking_.refused) return std::move(stacking_);
    if (options_.has_policy || coupons_.size() > 1) {
      if (auto asked = ask_stack(); !asked) return asked.error();
      if (stacking_.refused) return std::move(stacking_);
    }
    if (auto asked = ask_in_turn({}); !asked) return asked.error();
    if (stacking_.refused) return std::move(stacking_);
    const std::int64_t most = std::min(plan().cap.value_or(amount_), amount_);
    if (sum_of(stacking_.parts) <= most) return std::move(stacking_);
    std::vector<std::int64_t> given;
    for (const StackedDecision& part : stacking_.parts) given.push_back(part.discount());
    if (auto asked = ask_in_turn(apportion(most, given)); !asked) return asked.error();
    return std::move(stacking_);
  }

 private:
  const StackPlan& plan() const {
    static const StackPlan none;
    return stacking_.stack ? stacking_.stack->verdict.stack : none;
  }

  // False: it was refused.
  Result<bool> decide(StackedDecision& decision, const OrderEffects& effects) {
    auto verdict = Result<Verdict>(Verdict());
    if (const auto objection = host_objection(decision.hook, decision.facts)) {
      verdict = host_verdict(*objection);
    } else {
      verdict = ask_(decision.hook, decision.facts, effects);
    }
    if (!verdict) return verdict.error();
    decision.verdict = std::move(*verdict);
    if (decision.verdict.allowed()) return true;
    if (!stacking_.refused) stacking_.refused = decision;
    return false;
  }

  Result<void> ask_alone() {
    const OrderEffects none;
    for (std::size_t place = 0; place < coupons_.size(); ++place) {
      StackedDecision& alone = stacking_.alone.emplace_back();
      alone.place = place;
      alone.facts = coupons_[place];
      const auto allowed = decide(alone, none);
      if (!allowed) return allowed.error();
      if (!*allowed && !options_.all_alone) return {};
    }
    return {};
  }

  Result<void> ask_stack() {
    StackedDecision stack{.hook = Hook::stack};
    const Facts& first = coupons_.front();
    Facts& facts = stack.facts;
    facts.now = first.now;
    facts.campaign = first.campaign;
    facts.order = first.order;
    const auto same_holder = [&first](const Facts& each) { return each.user.id == first.user.id; };
    if (std::all_of(coupons_.begin(), coupons_.end(), same_holder)) {
      facts.user.id = first.user.id;
      facts.user.attributes = first.user.attributes;
    }
    for (const StackedDecision& alone : stacking_.alone) {
      const Facts& of = alone.facts;
      facts.coupons.push_back({.code = of.coupon->code,
                               .campaign_id = of.campaign->id,
                               .metadata = of.campaign->metadata,
                               .issued_at = of.coupon->issued_at.value_or(0),
                               .expires_at = of.coupon->expires_at,
                               .discount = alone.discount()});
    }
    if (options_.has_policy) {
      if (auto decided = decide(stack, {}); !decided) return decided.error();
    } else {
      stack.verdict = host_verdict(not_combinable());
      stacking_.refused = stack;
    }
    stacking_.stack = std::move(stack);
    return {};
  }

  // Asks in the order of application. With limits, by that order, each gives that at most, and is told the
  // amounts that it was told without.
  Result<void> ask_in_turn(const std::vector<std::int64_t>& limits) {
    const std::vector<StackedDecision> uncut = std::exchange(stacking_.parts, {});
    OrderEffects effects;
    std::int64_t left = amount_;
    for (std::size_t turn = 0; turn < coupons_.size(); ++turn) {
      StackedDecision part;
      part.place = plan().order.empty() ? turn : plan().order[turn];
      part.facts = coupons_[part.place];
      Order& order = *part.facts.order;
      if (limits.empty()) {
        if (plan().base != StackBase::original) order.amount = left;
      } else {
        order.amount = uncut[turn].facts.order->amount;
        order.most_discount = limits[turn];
      }
      effects.put_into(part.facts);
      const auto allowed = decide(part, effects);
      if (!allowed) return allowed.error();
      if (!*allowed) return {};
      left -= part.discount();
      effects.add(part.facts, part.verdict.counts, 1);
      stacking_.parts.push_back(std::move(part));
    }
    return {};
  }

  const std::vector<Facts>& coupons_;
  const StackingOptions& options_;
  const AskStacked& ask_;
  const std::int64_t amount_;
  Stacking stacking_;
};

}  // namespace

std::int64_t Stacking::discount() const {
  return sum_of(parts);
}

Result<Stacking> decide_stacking(const std::vector<Facts>& coupons, const StackingOptions& options,
                                 const AskStacked& ask) {
  return Decider(coupons, options, ask).run();
}

}  // namespace scrip
