// The part of verify that looks at coupons: one pass in the order of the table, which checks each row and counts
// what is kept beside it: the stock, the holdings and the imported codes.
#pragma once

#include <cstdint>
#include <functional>

#include "coupon/error.h"
#include "db/findings.h"
#include "db/postgres/connection.h"
#include "db/postgres/verify_stock.h"
#include "db/verify_definitions.h"

namespace scrip::postgres {

// Calls `row_done` after each row.
Result<void> verify_coupons(Connection& db, const Definition& known, const Stocks& stored, std::int64_t last_decision,
                            const std::function<void()>& row_done, Findings& findings);

}  // namespace scrip::postgres
