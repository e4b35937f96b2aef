// Finding decisions. As the functions of Reader that have their names.
#pragma once

#include <optional>
#include <vector>

#include "coupon/error.h"
#include "db/postgres/connection.h"
#include "db/store.h"

namespace scrip::postgres {

// The greatest id ever stored, also when it was dropped; 0: none.
Result<std::int64_t> find_last_decision(Connection& db);

Result<std::optional<DecisionRow>> find_decision(Connection& db, std::int64_t id);

// Inside a Snapshot.
Result<Reader::DecisionPage> list_decisions(Connection& db, const Reader::DecisionFilter& filter, std::int64_t before,
                                            int limit);

Result<std::vector<DecisionRow>> list_decisions_between(Connection& db, std::int64_t after, std::int64_t last,
                                                        std::optional<std::int64_t> campaign);

// See Reader::decision_before and Reader::last_decision_before. Inside a Snapshot.
Result<std::int64_t> find_decision_before(Connection& db, Micros at);
Result<std::int64_t> find_last_decision_before(Connection& db, Micros at);

}  // namespace scrip::postgres
