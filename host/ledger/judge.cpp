#include "ledger/judge.h"

#include <utility>

#include "policy/host_rules.h"

namespace scrip {

Evaluator& Judge::evaluator() {
  if (!evaluator_) evaluator_ = active_->set->evaluator();
  return *evaluator_;
}

void Judge::watch_reads() {
  if (!std::exchange(watching_, true)) evaluator().watch_reads();
  static_cast<void>(evaluator().take_reads());
}

ReadFacts Judge::take_reads() {
  return evaluator().take_reads();
}

const Judge::Bound& Judge::bind(const Campaign& campaign) {
  Bound& bound = bound_[campaign.number];
  if (bound.version == campaign.version) return bound;
  bound = Bound{.version = campaign.version};
  auto binding = active_->set->bind(campaign.policy, campaign.params);
  if (binding) {
    bound.binding = *binding;
    return bound;
  }
  bound.misfit = binding.error();
  return bound;
}

const Judge::Bound& Judge::bind_stacking() {
  if (stacking_) return *stacking_;
  stacking_.emplace();
  auto binding = active_->set->bind(std::string(stacking_policy), "{}");
  if (binding) {
    stacking_->binding = *binding;
  } else {
    stacking_->misfit = binding.error();
  }
  return *stacking_;
}

Result<Verdict> Judge::decide(Hook hook, Facts& facts, const ReadCounter& read, About about) {
  const std::string_view policy = asked_policy(hook, facts);
  if (active_->quarantine.holds(policy)) {
    return Verdict{.kind = Verdict::Kind::quarantined,
                   .code = "policy_quarantined",
                   .sentence = "This cannot be decided right now. Please try again later."};
  }
  const Bound& bound = hook == Hook::stack ? bind_stacking() : bind(*facts.campaign);
  if (!bound.binding) return unbound_verdict(hook, bound.misfit);
  facts.counters.clear();
  for (std::string& counter : evaluator().counters(*bound.binding, hook, facts)) {
    auto value = read(counter);
    if (!value) return value.error();
    facts.counters.emplace_back(std::move(counter), *value);
  }
  Verdict verdict = evaluator().decide(*bound.binding, hook, facts);
  // Reminders are asked for by the thousand, and at night: a mistake in one must not end the claims.
  if ((hook == Hook::remind || about == About::supposition) && !verdict.unstable) return verdict;
  if (verdict.kind == Verdict::Kind::failed) {
    if (verdict.unstable) {
      active_->quarantine.suspect(policy);
    } else {
      active_->quarantine.failed(policy);
    }
  } else {
    active_->quarantine.succeeded(policy);
  }
  return verdict;
}

Result<std::optional<Window>> Judge::window(const std::shared_ptr<const Campaign>& campaign, Micros at) {
  if (active_->quarantine.holds(campaign->policy)) {
    return {Code::policy_quarantined, "This cannot be decided right now. Please try again later."};
  }
  const Bound& bound = bind(*campaign);
  if (!bound.binding) return {Code::policy_error, misfit_verdict(bound.misfit).trace.front().detail};
  Facts facts;
  facts.now = at;
  facts.campaign = campaign;
  return evaluator().window(*bound.binding, facts);
}

std::vector<Reminding> Judge::reminding(const Campaign& campaign) {
  const Bound& bound = bind(campaign);
  if (!bound.binding) return {};
  return evaluator().reminding(*bound.binding);
}

Error refusal(const Verdict& verdict) {
  Error error;
  error.trace = trace_json(verdict.trace);
  switch (verdict.kind) {
    case Verdict::Kind::quarantined:
      error.code = Code::policy_quarantined;
      error.message = verdict.sentence;
      break;
    case Verdict::Kind::failed:
      error.code = Code::policy_error;
      error.message = "This cannot be decided right now. Please try again later.";
      break;
    case Verdict::Kind::denied:
    case Verdict::Kind::allowed:
      error.code = Code::denied;
      error.denied_as = verdict.code;
      error.message = verdict.sentence;
      error.detail = verdict.detail;
      break;
  }
  return error;
}

}  // namespace scrip
