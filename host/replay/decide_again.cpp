#include "replay/decide_again.h"

#include "policy/host_rules.h"

namespace scrip {

Verdict decide_again(Evaluator& evaluator, const Binding& binding, Hook hook, const Facts& facts) {
  if (auto decided = decided_by_host(hook, facts)) return std::move(*decided);
  Verdict verdict = evaluator.decide(binding, hook, facts);
  if (hook == Hook::issue && verdict.allowed()) {
    if (const auto objection = sold_out_objection(facts)) return host_verdict(*objection);
  }
  return verdict;
}

}  // namespace scrip
