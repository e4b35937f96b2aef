// Holds: reading them, and writing what a batch changed of them.
//
// Of two nodes that hold, redeem or release the same coupon at once one is in conflict: each change of a hold is
// checked against the hold that was read, and raises the version of its coupon, so that who has redeemed the coupon and
// found no hold is in conflict too.
#pragma once

#include <optional>

#include "coupon/error.h"
#include "coupon/hold.h"
#include "db/postgres/batch_state.h"
#include "db/postgres/connection.h"
#include "db/postgres/exchange.h"
#include "db/store.h"

namespace scrip::postgres {

Result<std::optional<Hold>> find_hold(Connection& db, CouponKey coupon);

// Wanted::holds, and those that are over with what ends next. As ask_for_wanted(); after the coupons.
void ask_for_holds(Exchange& exchange, const Wanted& wanted, BatchState& batch, Loaded& loaded);

// As apply(); after the coupons.
void apply_holds(Exchange& exchange, const Changes& changes, const BatchState& batch, Contended& contended);

// How many of those that are over one batch ends.
inline constexpr std::int64_t holds_ended_at_once = 2'000;

}  // namespace scrip::postgres
