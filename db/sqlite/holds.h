// Holds: reading them, what they add to a user's count, and writing what a batch changed of them.
#pragma once

#include <optional>
#include <vector>

#include "coupon/error.h"
#include "coupon/hold.h"
#include "db/findings.h"
#include "db/sqlite/connection.h"
#include "db/store.h"
#include "db/verify_definitions.h"

namespace scrip::sqlite {

Result<std::optional<Hold>> find_hold(Connection& db, CouponKey coupon);

// By coupon, after the given one; nullopt: from the first.
Result<std::vector<Hold>> list_holds(Connection& db, const std::optional<CouponKey>& after, int limit);

// How many coupons of a user are held.
Result<std::int64_t> count_held(Connection& db, const HoldingKey& key);

// Those that are over, and what ends next.
Result<void> load_holds_over(Connection& db, Micros now, Loaded& loaded);

// The earliest end of a hold in force; nullopt: there is none.
Result<std::optional<Micros>> first_hold_end(Connection& db);
Result<bool> has_holds(Connection& db);

Result<void> apply_holds(Connection& db, const Changes& changes);

// Checks every hold against its coupon, and counts those in force against the tallies.
Result<void> verify_holds(Connection& db, const Definition& known,
                          const std::vector<std::pair<std::int64_t, CampaignTally>>& tallies, Findings& findings);

// How many of those that are over one batch ends.
inline constexpr int holds_ended_at_once = 2'000;

}  // namespace scrip::sqlite
