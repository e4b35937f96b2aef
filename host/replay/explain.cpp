#include "replay/explain.h"

#include <algorithm>
#include <array>

#include "policy/decision_text.h"
#include "policy/host_rules.h"
#include "replay/decide_again.h"

namespace scrip {
namespace {

// What decides again: the revision's evaluator and the campaign's policy of then.
struct Court {
  std::shared_ptr<const PolicySet> set;
  std::shared_ptr<const Binding> binding;
  std::optional<Error> misfit;  // why there is no binding
};

void differ(Explanation& explanation, Difference difference, std::string why) {
  explanation.difference = difference;
  explanation.why = std::move(why);
}

bool ran_out(const Verdict& verdict) {
  return std::any_of(verdict.trace.begin(), verdict.trace.end(), [](const TraceEntry& entry) {
    return entry.kind == TraceEntry::Kind::failed && (entry.detail.find("ran longer than ") != std::string::npos ||
                                                      entry.detail.find("used more than ") != std::string::npos);
  });
}

std::string list(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& each : names) text += (text.empty() ? "" : ", ") + each;
  return text.empty() ? "none" : text;
}

// "per_user_limit: passed, now: per_user_limit: denied already_issued"
std::string first_difference(const Verdict& then, const Verdict& now) {
  std::size_t at = 0;
  const std::size_t shared = std::min(then.trace.size(), now.trace.size());
  while (at < shared && then.trace[at] == now.trace[at]) ++at;
  const auto entry = [at](const Verdict& verdict) {
    if (at >= verdict.trace.size()) return std::string("no further rule ran");
    std::string line = trace_text({verdict.trace[at]}, "");
    line.erase(0, line.find(' ') + 1);  // its number
    while (line.ends_with('\n')) line.pop_back();
    return line;
  };
  if (at == then.trace.size() && at == now.trace.size()) {
    return "then " + verdict_text(then) + ", now " + verdict_text(now);
  }
  return "then " + entry(then) + "; now " + entry(now);
}

// An issue that found no coupon although the total was not reached: the pattern had no codes left.
bool had_no_coupon(const DecodedDecision& decision) {
  return decision.hook == Hook::issue && decision.facts.coupon->code.empty();
}

Verdict made_again(const DecodedDecision& decision, const Court& court, std::vector<std::string>& counters) {
  if (court.misfit) return unbound_verdict(decision.hook, *court.misfit);
  const auto evaluator = court.set->evaluator();
  counters = evaluator->counters(*court.binding, decision.hook, decision.facts);
  Verdict verdict = decide_again(*evaluator, *court.binding, decision.hook, decision.facts);
  return verdict.allowed() && had_no_coupon(decision) ? host_verdict(sold_out()) : verdict;
}

bool are_those(const std::vector<std::string>& names, const Counters& counters) {
  return std::equal(names.begin(), names.end(), counters.begin(), counters.end(),
                    [](const std::string& each, const auto& counter) { return each == counter.first; });
}

void compare(Explanation& explanation, const DecisionRow& row, const std::vector<std::string>& counters) {
  const DecodedDecision& decision = *explanation.decision;
  const Verdict& then = decision.verdict;
  const Verdict& now = *explanation.again;
  const bool by_host = then.trace.size() == 1 && then.trace.front().rule == "host";
  if (encode_decision(decision.hook, decision.facts, now) == row.record) {
    if (!by_host && !are_those(counters, decision.facts.counters)) {
      std::vector<std::string> recorded;
      for (const auto& [counter, value] : decision.facts.counters) recorded.push_back(counter);
      differ(explanation, Difference::counters,
             "Its rules read other counters now (" + list(counters) + ") than were recorded (" + list(recorded) + ").");
    }
    return;
  }
  if (then.unstable) {
    differ(explanation, Difference::hidden_state,
           "A rule gave another answer to the same facts then, in a fresh VM: it keeps state between decisions, and"
           " its policy was put in quarantine for it.");
  } else if (ran_out(then) || ran_out(now)) {
    differ(explanation, Difference::out_of_budget,
           std::string("A rule ran out of time or memory ") + (ran_out(then) ? "then" : "now") +
               ", which depends on the machine: " + first_difference(then, now) + ".");
  } else {
    differ(explanation, Difference::verdict,
           "The same facts give another verdict: " + first_difference(then, now) +
               ". The rules keep state between decisions, or another version of Scrip made this one.");
  }
}

}  // namespace

std::string_view name(Difference difference) {
  constexpr std::array<std::string_view, 9> names{"none",
                                                  "unreadable",
                                                  "campaign_not_kept",
                                                  "revision_not_kept",
                                                  "revision_not_usable",
                                                  "counters",
                                                  "out_of_budget",
                                                  "hidden_state",
                                                  "verdict"};
  return names[static_cast<std::size_t>(difference)];
}

Result<Explanation> explain(Reader& reader, CompiledRevisions& revisions, const DecisionRow& row) {
  Explanation explanation;
  auto decoded = decode_decision(row.record);
  if (!decoded || (!decoded->facts.coupon && decoded->hook != Hook::stack)) {
    differ(explanation, Difference::unreadable, "The record of the decision is damaged.");
    return explanation;
  }
  explanation.decision = std::move(*decoded);
  DecodedDecision& decision = *explanation.decision;
  auto campaign = reader.campaign_version(decision.campaign, decision.campaign_version);
  if (!campaign) return campaign.error();

  Court court;
  std::shared_ptr<const CompiledRevisions::Revision> revision;
  if (row.revision != 0) {
    auto found = revisions.find(reader, row.revision);
    if (!found) return found.error();
    revision = std::move(*found);
    if (revision) {
      explanation.revision = revision->revision;
      court.set = revision->compiled.set;
    }
  }
  if (!*campaign) {
    differ(explanation, Difference::campaign_not_kept,
           "The definition that the campaign had then, version " + std::to_string(decision.campaign_version) +
               ", was not kept.");
    return explanation;
  }
  explanation.campaign = decision.facts.campaign = std::make_shared<const Campaign>(std::move(**campaign));
  if (court.set) {
    const bool stacked = decision.hook == Hook::stack;
    auto bound = stacked ? court.set->bind(std::string(stacking_policy), "{}")
                         : court.set->bind(explanation.campaign->policy, explanation.campaign->params);
    if (bound) {
      court.binding = std::move(*bound);
      explanation.rules = court.binding->rule_infos();
    } else {
      court.misfit = bound.error();
    }
  }

  std::vector<std::string> counters;
  if (auto decided = decided_by_host(decision.hook, decision.facts)) {
    explanation.again = std::move(decided);
  } else if (row.revision == 0) {
    explanation.again = no_policies_verdict();
  } else if (!revision) {
    differ(explanation, Difference::revision_not_kept, "The files of its revision are not in the database.");
    return explanation;
  } else if (!court.set) {
    const auto& errors = revision->compiled.errors;
    differ(explanation, Difference::revision_not_usable,
           "This version of Scrip does not accept the files of its revision: " +
               (errors.empty() ? std::string("no reason was given") : to_string(errors.front())));
    return explanation;
  } else {
    explanation.again = made_again(decision, court, counters);
  }
  compare(explanation, row, counters);
  return explanation;
}

}  // namespace scrip
