// How decisions are found: one by its id, pages of them, ranges of ids, instants.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "coupon/error.h"
#include "db/sqlite/connection.h"
#include "db/sqlite/runs/lookup.h"
#include "db/store.h"

namespace scrip::sqlite {

Result<std::optional<DecisionRow>> find_decision(Connection& db, std::int64_t id);

// See Reader::decisions. Inside a Snapshot, which `lookup` reads.
Result<Reader::DecisionPage> list_decisions(Connection& db, Lookup& lookup, const Reader::DecisionFilter& filter,
                                            std::int64_t before, int limit);

// See Reader::decisions_between.
Result<std::vector<DecisionRow>> list_decisions_between(Connection& db, std::int64_t after, std::int64_t last,
                                                        std::optional<std::int64_t> campaign);

}  // namespace scrip::sqlite
