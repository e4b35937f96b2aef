// Orders with several coupons: written, dropped, found, checked.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "db/findings.h"
#include "db/sqlite/connection.h"
#include "db/store.h"

namespace scrip::sqlite {

Result<std::optional<StackedOrder>> find_stacked_order(Connection& db, const std::string& id);

// By id, after the given one.
Result<std::vector<StackedOrder>> list_stacked_orders(Connection& db, const std::string& after, int limit);

// In the place of one of the same id; nullopt: drops it.
Result<void> put_stacked_order(Connection& db, const std::string& id, const std::optional<StackedOrder>& order);

// Each coupon of an order is redeemed on it for its part, and each part has an order.
Result<void> verify_stacked_orders(Connection& db, Findings& findings);

}  // namespace scrip::sqlite
