// The oldest decisions, which go when they are older than they are kept.
#pragma once

#include "db/postgres/batch_state.h"
#include "db/postgres/exchange.h"
#include "db/store.h"

namespace scrip::postgres {

// A bounded number of those before an instant; locked, but for those that another node is about to drop.
void ask_for_old_decisions(Exchange& exchange, Micros before, BatchState& batch, Loaded::OldDecisions& old);

}  // namespace scrip::postgres
