// Orders with several coupons: found, written, dropped, checked. Of two nodes that redeem on the same order at once, or
// cancel it, one is in conflict.
#pragma once

#include <optional>
#include <string>

#include "coupon/error.h"
#include "coupon/stacked_order.h"
#include "db/findings.h"
#include "db/postgres/batch_state.h"
#include "db/postgres/connection.h"
#include "db/postgres/exchange.h"
#include "db/store.h"

namespace scrip::postgres {

Result<std::optional<StackedOrder>> find_stacked_order(Connection& db, const std::string& id);

// As ask_for_wanted(); after the coupons.
void ask_for_stacked_orders(Exchange& exchange, const Wanted& wanted, BatchState& batch, Loaded& loaded);

// As apply().
void apply_stacked_orders(Exchange& exchange, const Changes& changes, const BatchState& batch);

// Each coupon of an order is redeemed on it for its part, and each part has an order.
Result<void> verify_stacked_orders(Connection& db, Findings& findings);

}  // namespace scrip::postgres
