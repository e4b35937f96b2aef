// The outbox and the marks of notices: what a batch stores of them, and how they are read. Each call is
// one statement for each row.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "coupon/event.h"
#include "db/sqlite/connection.h"
#include "db/store.h"

namespace scrip::sqlite {

// Inside a batch: new events, attempts, marks, and a bounded number of old ones dropped.
Result<void> apply_outbox(Connection& db, const Changes& changes);

Result<std::vector<std::string>> find_marks(Connection& db, const Wanted::Reminder& reminder);

Result<std::vector<Event>> list_events(Connection& db, std::optional<EventState> state, std::int64_t before, int limit);
Result<std::vector<Event>> list_due_events(Connection& db, Micros now, int limit);
Result<std::int64_t> count_pending_events(Connection& db);

}  // namespace scrip::sqlite
