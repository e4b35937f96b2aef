// How a batch records decisions, counts those that are not worth a record each, and drops old ones.
#include "ledger/batch.h"
#include "policy/decision_record.h"

namespace scrip {

std::int64_t Batch::record(Hook hook, const Facts& facts, const Verdict& verdict, const Coupon* coupon) {
  const std::string code = verdict.allowed() ? std::string() : verdict.code;
  // That a hold was over is no claim of anybody's.
  if (events_.decided && facts.step != HoldStep::expire) events_.decided(hook, code);
  if (!keeps_decisions()) return 0;
  state_.last_decision = store_.decision_after(state_.last_decision);
  DecisionRow row{.id = state_.last_decision,
                  .at = now_,
                  .campaign = facts.campaign->number,
                  .user_id = facts.user.id,
                  .revision = state_.judge ? state_.judge->active().number : 0,
                  .code = code,
                  .record = encode_decision(hook, facts, verdict),
                  .counts = verdict.allowed() && !verdict.counts.empty()};
  if (coupon) row.serial = coupon->key.serial;
  changes_.decisions.push_back(std::move(row));
  return state_.last_decision;
}

std::int64_t Batch::record_refusal(Hook hook, const Facts& facts, const Verdict& verdict, const Coupon* coupon) {
  const std::int64_t campaign = facts.campaign->number;
  // What failed is wanted one by one, however many.
  const bool only_counted = verdict.kind == Verdict::Kind::denied && keeps_decisions() &&
                            state_.refusals->next(now_, campaign, hook, verdict.code) > options_.recorded_refusals;
  if (!only_counted) return record(hook, facts, verdict, coupon);
  if (events_.decided) events_.decided(hook, verdict.code);
  state_.counted.add(real_time(), now_, campaign, hook, verdict.code, state_.judge ? state_.judge->active().number : 0);
  return 0;
}

void Batch::count_unrecorded(std::int64_t campaign, const Counters& changes) {
  for (const auto& [counter, by] : changes) changes_.unrecorded[CounterKey{campaign, counter}] += by;
}

void Batch::finish_decisions() {
  if (!changes_.empty() || state_.counted.is_due(real_time())) changes_.refusals = state_.counted.take();
  if (!options_.keep_decisions || now_ - *options_.keep_decisions <= state_.oldest_decision) return;
  const Loaded::OldDecisions& old = loaded_.old_decisions;
  if (old.last == 0) {
    // Nothing to do until that one is old, or what is recorded from now on.
    state_.oldest_decision = old.oldest.value_or(now_);
    return;
  }
  changes_.drop_decisions_to = old.last;
  changes_.forget_refusals_before = now_ - *options_.keep_decisions;
  for (const DecisionRow& row : old.counting) {
    // One that cannot be read was counted by nobody; scrip verify has said so.
    const auto decision = decode_decision(row.record);
    if (decision && decision->verdict.allowed()) count_unrecorded(row.campaign, decision->verdict.counts);
  }
}

}  // namespace scrip
