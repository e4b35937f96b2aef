// A recorded decision read back, with the definition and the candidate's binding that belong to it,
// and asked about again: what a replay and a shadow have in common. Belongs to one thread each.
#pragma once

#include <functional>

#include "db/store.h"
#include "replay/candidate.h"
#include "replay/replayed.h"

namespace scrip {

// Fills in all but the candidate's verdict; `unable` says why nothing can come of it. An error is the
// store's.
Result<void> read_recorded(const DecisionRow& row, Candidate& candidate, Reader& reader, Replayed& decision);

// The candidate's verdict on the decision's facts, with the counters that it wants now; `counter` knows
// their values. The evaluator watches its reads.
void ask_candidate(Evaluator& evaluator, Replayed& decision,
                   const std::function<std::int64_t(const std::string& name)>& counter);

}  // namespace scrip
