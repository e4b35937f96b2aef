// What a batch wants to read that is of no campaign's stock: answers, users, works, imports, reminders.
#pragma once

#include "db/postgres/batch_state.h"
#include "db/postgres/exchange.h"
#include "db/store.h"

namespace scrip::postgres {

// As ask_for_wanted().
void ask_for_records(Exchange& exchange, const Wanted& wanted, BatchState& batch, Loaded& loaded);

}  // namespace scrip::postgres
