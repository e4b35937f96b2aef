// How a batch holds coupons, finishes what a hold began, and ends holds.
#include <algorithm>
#include <utility>

#include "ledger/batch.h"
#include "ledger/claim_facts.h"
#include "policy/host_rules.h"

namespace scrip {
const std::optional<Hold>& Batch::hold_of(CouponKey coupon) const {
  static const std::optional<Hold> none;
  const auto found = loaded_.holds.find(coupon);
  return found == loaded_.holds.end() ? none : found->second;
}

void Batch::put_hold(CouponKey coupon, std::optional<Hold> hold) {
  changes_.holds[coupon] = hold;
  loaded_.holds[coupon] = std::move(hold);
}

Result<ClaimOutcome> Batch::hold(const Actor& actor, const HoldCoupon& command) {
  auto use = find_use(actor, command.coupon);
  if (!use) return ClaimOutcome{.error = coupon_not_found()};
  Facts& facts = use->facts;
  facts.step = HoldStep::hold;
  facts.hold_until = now_ + command.ttl;
  facts.order = command.order;
  const auto judgment = judge(Hook::redeem, facts);
  if (!judgment) return judgment.error();
  if (judgment->refusal) return refuse(actor, Hook::redeem, *use, *judgment);

  const Coupon& coupon = use->coupon;
  const Verdict& verdict = judgment->verdict;
  Hold hold{.coupon = coupon.key,
            .key = command.key,
            .held_at = now_,
            .expires_at = *facts.hold_until,
            .user_id = coupon.user_id,
            .subject = coupon.subject,
            .counts = verdict.counts,
            .decision = record(Hook::redeem, facts, verdict, &coupon)};
  if (command.order) {
    hold.order = Money{command.order->amount, command.order->currency};
    hold.order_id = command.order->id;
    if (verdict.discount) hold.discount = Money{*verdict.discount, command.order->currency};
  }
  ++loaded_.tallies[coupon.key.campaign].held;
  change_holdings(coupon, {.redeemed = 1});
  count(coupon.key.campaign, verdict.counts);
  put_hold(coupon.key, hold);
  state_.has_holds = true;
  state_.hold_end = std::min(state_.hold_end, hold.expires_at);

  ClaimOutcome outcome = granted(facts, coupon);
  outcome.coupon.discount = hold.discount;
  outcome.coupon.decision = outcome.decision = hold.decision;
  outcome.hold = std::move(hold);
  return outcome;
}

// A key that is none, and an order that is another, are no decisions: nothing of them is recorded.
ClaimOutcome Batch::redeem_held(const Redeem& command, Use& use) {
  if (!use.hold || !use.hold->in_force_at(now_) || use.hold->key != *command.hold) {
    return {.error = hold_not_found()};
  }
  if (auto wrong = other_order(*use.hold, command.order)) return {.error = std::move(wrong)};
  use.facts.step = HoldStep::redeem_held;
  use.facts.order = command.order ? command.order : held_order(*use.hold);

  // As it was a redeemed one for whoever counts: apply_redemption adds it once more.
  --loaded_.tallies[use.coupon.key.campaign].held;
  change_holdings(use.coupon, {.redeemed = -1});
  const Hold& held = *use.hold;
  put_hold(use.coupon.key, Hold{.coupon = held.coupon,
                                .redeemed = true,
                                .held_at = held.held_at,
                                .expires_at = held.expires_at,
                                .user_id = held.user_id,
                                .subject = held.subject,
                                .decision = held.decision});
  return apply_redemption(use, *decided_by_host(Hook::redeem, use.facts),
                          use.facts.order ? use.facts.order->id : std::nullopt);
}

Result<ClaimOutcome> Batch::release(const Actor& actor, const Release& command) {
  auto use = find_use(actor, command.coupon);
  if (!use) return ClaimOutcome{.error = coupon_not_found()};
  const bool in_force = use->hold && use->hold->in_force_at(now_);
  if (!in_force || (command.hold ? *command.hold != use->hold->key : actor.role != Role::operator_)) {
    return ClaimOutcome{.error = hold_not_found()};
  }
  ClaimOutcome outcome;
  outcome.decision = end_hold(*use, HoldStep::release);
  outcome.coupon = use->coupon;
  outcome.code = use->facts.coupon->code;
  outcome.campaign_id = use->campaign->id;
  return outcome;
}

std::int64_t Batch::end_hold(Use& use, HoldStep step) {
  use.facts.step = step;
  use.facts.order = held_order(*use.hold);
  const Verdict verdict = *decided_by_host(Hook::cancel, use.facts);
  const std::int64_t decision = record(Hook::cancel, use.facts, verdict, &use.coupon);
  --loaded_.tallies[use.coupon.key.campaign].held;
  change_holdings(use.coupon, {.redeemed = -1});
  count(use.coupon.key.campaign, verdict.counts);
  put_hold(use.coupon.key, std::nullopt);
  return decision;
}

void Batch::want_holds_over(Wanted& wanted) const {
  for (const CouponKey& key : loaded_.holds_over) {
    const std::optional<Hold>& over = hold_of(key);
    wanted.coupons.push_back(key);
    wanted.tallies.push_back(key.campaign);
    want_holding(key.campaign, over->user_id, over->subject, wanted);
  }
}

void Batch::end_holds() {
  for (const CouponKey& key : loaded_.holds_over) {
    // Of a campaign that is not there: scrip verify has said so.
    const auto campaign = state_.catalog->campaign(key.campaign);
    if (!campaign) {
      put_hold(key, std::nullopt);
      continue;
    }
    Use use = use_of(campaign, coupon_at(key));
    end_hold(use, HoldStep::expire);
  }
  state_.hold_end = loaded_.hold_end.value_or(no_hold);
}

}  // namespace scrip
