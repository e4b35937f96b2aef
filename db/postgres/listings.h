// The lists of accounts, works, imports, events and counted refusals, a page at a time. As the functions of Reader that
// have their names.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "coupon/error.h"
#include "db/postgres/connection.h"
#include "db/store.h"

namespace scrip::postgres {

Result<std::vector<User>> list_users(Connection& db, const std::string& after_login, int limit);
Result<std::vector<Work>> list_works(Connection& db, std::int64_t after, int limit);

Result<std::vector<ImportJob>> list_imports(Connection& db, std::int64_t before, int limit);
// Those that nobody goes on with: the node that read the file has stopped, or was not seen for a minute.
Result<std::vector<ImportJob>> list_running_imports(Connection& db);
Result<std::vector<ImportError>> list_import_errors(Connection& db, std::int64_t job);

Result<std::vector<Event>> list_events(Connection& db, std::optional<EventState> state, std::int64_t before, int limit);
Result<std::vector<Event>> list_due_events(Connection& db, Micros now, int limit);
Result<std::int64_t> count_pending_events(Connection& db);

Result<std::vector<RefusalCount>> list_refusals(Connection& db, const Reader::RefusalFilter& filter,
                                                std::int64_t before, int limit);

}  // namespace scrip::postgres
