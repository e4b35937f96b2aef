// A recorded decision made again from what is kept of it: the files of its revision, the campaign's
// definition of that version, the recorded facts. Sets without hidden state give the same record, byte for
// byte; when it is another, this says why. Any thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "db/store.h"
#include "policy/decision_record.h"
#include "replay/compiled_revisions.h"

namespace scrip {

enum class Difference : std::uint8_t {
  none,
  unreadable,           // the record is damaged
  campaign_not_kept,    // the definition of that version is not in the database
  revision_not_kept,    // nor are the files of that revision
  revision_not_usable,  // this version of Scrip does not accept them
  counters,             // the rules read other counters than those that were recorded
  out_of_budget,        // a rule ran out of time or memory, then or now
  hidden_state,         // found out then: a rule kept state between decisions
  verdict,              // a rule answers otherwise to the same facts
};
std::string_view name(Difference difference);

struct Explanation {
  std::optional<DecodedDecision> decision;   // nullopt: unreadable
  std::shared_ptr<const Campaign> campaign;  // as it was then; null: not kept
  std::string revision;                      // SHA-256; empty: not kept, or no policies were in force
  std::vector<RuleInfo> rules;               // in the order they run, with their parameters
  std::optional<Verdict> again;              // nullopt: it could not be made again
  Difference difference = Difference::none;
  std::string why;  // a sentence; empty when there is no difference

  bool same() const { return difference == Difference::none; }
};

// The error is the store's.
Result<Explanation> explain(Reader& reader, CompiledRevisions& revisions, const DecisionRow& row);

}  // namespace scrip
