// How a batch decides redemptions and their taking back. What the rules say (judge) and what is done then
// (apply_...) are apart: a hold does the one without the other.
#include <utility>

#include "ledger/batch.h"
#include "ledger/claim_facts.h"
#include "policy/host_rules.h"

namespace scrip {

Batch::Use Batch::use_of(const std::shared_ptr<const Campaign>& campaign, Coupon coupon) {
  std::optional<Hold> hold = hold_of(coupon.key);
  Facts facts = facts_for(campaign, coupon, coupon.user_id, coupon.subject, hold ? &*hold : nullptr);
  return {.campaign = campaign, .coupon = std::move(coupon), .hold = std::move(hold), .facts = std::move(facts)};
}

std::optional<Batch::Use> Batch::find_use(const Actor& actor, const CouponRef& ref) {
  const auto key = resolve(ref);
  const auto campaign = key ? state_.catalog->campaign(key->campaign) : nullptr;
  if (!campaign) return std::nullopt;
  Coupon coupon = coupon_at(*key);
  if (!may_see(actor, coupon)) return std::nullopt;
  return use_of(campaign, std::move(coupon));
}

Result<Batch::Judgment> Batch::judge(Hook hook, Facts& facts) {
  if (auto objection = host_objection(hook, facts)) {
    return Judgment{.verdict = host_verdict(*objection), .refusal = std::move(objection)};
  }
  auto verdict = ask(hook, facts);
  if (!verdict) return verdict.error();
  Judgment judgment{.verdict = std::move(*verdict), .refusal = {}};
  if (!judgment.verdict.allowed()) judgment.refusal = refusal(judgment.verdict);
  return judgment;
}

ClaimOutcome Batch::refuse(const Actor& actor, Hook hook, const Use& use, const Judgment& judgment) {
  return refuse(actor, hook, use.facts, judgment.verdict, *judgment.refusal, &use.coupon);
}

ClaimOutcome Batch::apply_redemption(Use& use, const Verdict& verdict, std::optional<std::string> order_id) {
  Coupon& coupon = use.coupon;
  coupon.state = CouponState::redeemed;
  coupon.redeemed_at = now_;
  coupon.order_id = std::move(order_id);
  if (use.facts.order && verdict.discount) coupon.discount = Money{*verdict.discount, use.facts.order->currency};
  coupon.decision = record(Hook::redeem, use.facts, verdict, &coupon);
  ++loaded_.tallies[coupon.key.campaign].redeemed;
  store_coupon(coupon);
  change_holdings(coupon, {.redeemed = 1});
  count(coupon.key.campaign, verdict.counts);
  tell_claim(EventKind::coupon_redeemed, use.facts, coupon);
  return granted(use.facts, coupon);
}

ClaimOutcome Batch::apply_cancellation(Use& use, const Verdict& verdict) {
  Coupon& coupon = use.coupon;
  coupon.state = CouponState::issued;
  coupon.redeemed_at.reset();
  coupon.discount.reset();
  coupon.order_id.reset();
  coupon.decision = record(Hook::cancel, use.facts, verdict, &coupon);
  --loaded_.tallies[coupon.key.campaign].redeemed;
  store_coupon(coupon);
  if (use.hold) put_hold(coupon.key, std::nullopt);
  change_holdings(coupon, {.redeemed = -1});
  count(coupon.key.campaign, verdict.counts);
  tell_claim(EventKind::coupon_cancelled, use.facts, coupon);
  return granted(use.facts, coupon);
}

Result<ClaimOutcome> Batch::redeem(const Actor& actor, const Redeem& command) {
  auto use = find_use(actor, command.coupon);
  if (!use) return ClaimOutcome{.error = coupon_not_found()};
  // Who redeems a second time, with the key of the hold again, is told that it was redeemed.
  if (command.hold && use->coupon.state != CouponState::redeemed) return redeem_held(command, *use);
  use->facts.order = command.order;
  const auto judgment = judge(Hook::redeem, use->facts);
  if (!judgment) return judgment.error();
  if (judgment->refusal) return refuse(actor, Hook::redeem, *use, *judgment);
  return apply_redemption(*use, judgment->verdict, command.order ? command.order->id : std::nullopt);
}

Result<ClaimOutcome> Batch::cancel(const Actor& actor, const Cancel& command) {
  auto use = find_use(actor, command.coupon);
  if (!use) return ClaimOutcome{.error = coupon_not_found()};
  // Not recorded: no fact shows it.
  const auto whole = stacked_order_of(use->coupon);
  if (!whole) return whole.error();
  if (*whole) return ClaimOutcome{.error = part_of_order(**whole)};
  const auto judgment = judge(Hook::cancel, use->facts);
  if (!judgment) return judgment.error();
  if (judgment->refusal) return refuse(actor, Hook::cancel, *use, *judgment);
  return apply_cancellation(*use, judgment->verdict);
}

}  // namespace scrip
