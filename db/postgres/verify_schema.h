// The part of verify that looks at the schema: an index that somebody has dropped is not missed otherwise.
#pragma once

#include "coupon/error.h"
#include "db/findings.h"
#include "db/postgres/connection.h"

namespace scrip::postgres {

// Every table and index that the migrations make has to be there, and no trigger.
Result<void> verify_schema(Connection& db, Findings& findings);

}  // namespace scrip::postgres
