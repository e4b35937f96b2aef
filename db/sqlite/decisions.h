// Decisions are kept in blocks, one for a batch or a part of it: they are written once and seldom
// read. Which blocks have decisions on a campaign is a table of its own; those for a user and on a
// coupon are found by postings (runs/posting.h).
#pragma once

#include <functional>
#include <vector>

#include "coupon/error.h"
#include "db/sqlite/connection.h"
#include "db/sqlite/runs/indexes.h"
#include "db/store.h"

namespace scrip::sqlite {

// Inside a batch. The ids go on from the last one stored, without gaps.
Result<void> add_decisions(Connection& db, Indexes& indexes, const std::vector<DecisionRow>& decisions);

// 0 when there are none.
Result<std::int64_t> last_decision(Connection& db);

// Newest first, ids below `before` (0: from the newest). Inside a Snapshot, which `lookup` reads.
Result<std::vector<DecisionRow>> list_decisions(Connection& db, Lookup& lookup, const Reader::DecisionFilter& filter,
                                                std::int64_t before, int limit);

// Every decision, in order.
Result<void> each_decision(Connection& db, const std::function<void(const DecisionRow&)>& take);

}  // namespace scrip::sqlite
