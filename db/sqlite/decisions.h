// Decisions are kept in blocks, one for a batch or a part of it: they are written once and seldom
// read. Which blocks have decisions on a campaign is a table of its own. The one that a coupon's row
// names is found by it; others for a user and on a coupon by postings (runs/posting.h).
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "coupon/error.h"
#include "db/sqlite/connection.h"
#include "db/sqlite/decision_order.h"
#include "db/sqlite/runs/indexes.h"
#include "db/store.h"

namespace scrip::sqlite {

// What a decision is found by, unless the row of its coupon names it: then that is how.
struct DecisionPlace {
  std::int64_t id = 0;
  std::optional<CouponKey> coupon;
  std::optional<std::string> user_id;
};
void post_decision(Indexes& indexes, const DecisionPlace& place);

// Inside a batch. The ids go on from the last one stored, without gaps. `named` are those that a
// coupon's row names after the batch: nearly all, in a rush of claims.
Result<void> add_decisions(Connection& db, Indexes& indexes, NewestDecision& newest,
                           const std::vector<DecisionRow>& decisions, const std::unordered_set<std::int64_t>& named);

// The oldest decisions, a bounded number, if they are older than that. Whole blocks: what a batch decided
// at one instant goes together.
Result<void> load_old_decisions(Connection& db, Micros before, Loaded::OldDecisions& old);

// Drops all up to an id that load_old_decisions gave.
Result<void> drop_decisions(Connection& db, Indexes& indexes, std::int64_t last);

// Every decision, in order.
Result<void> each_decision(Connection& db, const std::function<void(const DecisionRow&)>& take);

}  // namespace scrip::sqlite
