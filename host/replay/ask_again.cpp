#include "replay/ask_again.h"

#include "policy/decision_record.h"
#include "policy/host_rules.h"
#include "replay/decide_again.h"

namespace scrip {
namespace {

// The pool may end before its total, when its pattern has no more codes. The facts do not say so.
bool ran_out_of_codes(const Replayed& decision) {
  return decision.hook == Hook::issue && decision.recorded.code == "sold_out" && !decision.recorded.trace.empty() &&
         decision.recorded.trace.back().rule == "host" && decision.facts.tally.remaining(*decision.facts.campaign) != 0;
}

}  // namespace

Result<void> read_recorded(const DecisionRow& row, Candidate& candidate, Reader& reader, Replayed& decision) {
  decision.id = row.id;
  decision.campaign = row.campaign;
  decision.serial = row.serial;
  auto record = decode_decision(row.record);
  if (!record) {
    decision.unable = "its record cannot be read";
    return {};
  }
  decision.hook = record->hook;
  decision.facts = std::move(record->facts);
  decision.recorded = std::move(record->verdict);
  auto campaign = candidate.campaign(reader, record->campaign, record->campaign_version);
  if (!campaign) return campaign.error();
  decision.unable = (*campaign)->unable;
  if (!decision.unable.empty()) return {};
  decision.facts.campaign = (*campaign)->campaign;
  decision.binding = decision.hook == Hook::stack ? candidate.stacking() : (*campaign)->binding;
  if (decision.hook == Hook::stack) {
    if (!decision.binding) decision.unable = "the candidate has no policy 'stacking'";
    return {};
  }
  if (!decision.facts.coupon) {
    decision.unable = "its record shows no coupon";
  } else if (ran_out_of_codes(decision)) {
    decision.unable = "its campaign had no codes left, which facts do not show";
  }
  if (!decision.unable.empty()) return {};
  decision.recorded_counters = std::move(decision.facts.counters);
  decision.facts.counters.clear();
  decision.recorded_coupon = *decision.facts.coupon;
  return {};
}

void ask_candidate(Evaluator& evaluator, Replayed& decision,
                   const std::function<std::int64_t(const std::string& name)>& counter) {
  decision.facts.counters.clear();
  // The rules do not come to it, and the record shows none of their counters.
  if (auto decided = decided_by_host(decision.hook, decision.facts)) {
    decision.candidate = std::move(*decided);
    decision.reads = {};
    return;
  }
  for (std::string& name : evaluator.counters(*decision.binding, decision.hook, decision.facts)) {
    const std::int64_t value = counter(name);
    decision.facts.counters.emplace_back(std::move(name), value);
  }
  decision.candidate = decide_again(evaluator, *decision.binding, decision.hook, decision.facts);
  decision.reads = evaluator.take_reads();
}

}  // namespace scrip
