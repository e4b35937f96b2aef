// Finding decisions. As the functions of Reader that have their names.
#pragma once

#include <optional>
#include <vector>

#include "coupon/error.h"
#include "db/postgres/connection.h"
#include "db/store.h"

namespace scrip::postgres {

Result<std::optional<DecisionRow>> find_decision(Connection& db, std::int64_t id);

// Inside a Snapshot.
Result<Reader::DecisionPage> list_decisions(Connection& db, const Reader::DecisionFilter& filter, std::int64_t before,
                                            int limit);

Result<std::vector<DecisionRow>> list_decisions_between(Connection& db, std::int64_t after, std::int64_t last,
                                                        std::optional<std::int64_t> campaign);

}  // namespace scrip::postgres
