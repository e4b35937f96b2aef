// The part of verify that looks at holds: each against its coupon, and those in force against the stock.
#pragma once

#include "coupon/error.h"
#include "db/findings.h"
#include "db/postgres/connection.h"
#include "db/verify_definitions.h"

namespace scrip::postgres {

Result<void> verify_holds(Connection& db, const Definition& known, Findings& findings);

}  // namespace scrip::postgres
