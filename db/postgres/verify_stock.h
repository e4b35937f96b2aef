// The part of verify that looks at what the nodes have counted and leased of each campaign.
#pragma once

#include <cstdint>
#include <map>

#include "coupon/error.h"
#include "db/findings.h"
#include "db/postgres/connection.h"
#include "db/verify_campaign.h"
#include "db/verify_definitions.h"

namespace scrip::postgres {

using Stocks = std::map<std::int64_t, StoredStock>;  // by campaign

// Of every campaign that has a row of anything.
Result<Stocks> verify_stock(Connection& db, const Definition& known, Findings& findings);

}  // namespace scrip::postgres
