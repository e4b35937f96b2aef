// The counters of policies: what a batch adds to them, and the end of those that have one (see
// coupon/counter_day.h).
#pragma once

#include <string>

#include "db/sqlite/connection.h"
#include "db/store.h"

namespace scrip::sqlite {

// Inside a batch: what was counted, and a bounded number of those that are over dropped.
Result<void> apply_counters(Connection& db, const Changes& changes);

// What of the counters no decision accounts for; not of those that are over. After apply_counters.
Result<void> apply_unrecorded(Connection& db, const Changes& changes);

// As Store::counters_over_before.
Result<std::string> counters_over_before(Connection& db);

}  // namespace scrip::sqlite
