// The part of verify that looks at coupons: one pass in the order of the table, which checks each
// row and counts what the tallies hold.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "coupon/error.h"
#include "db/sqlite/connection.h"
#include "db/sqlite/findings.h"
#include "db/sqlite/verify_definitions.h"
#include "db/sqlite/verify_postings.h"
#include "db/store.h"

namespace scrip::sqlite {

using Tallies = std::map<std::int64_t, CampaignTally>;

// Says of a computed coupon's code whether another was imported under it: then it is passed over.
using CodeIsImported = std::function<bool(const std::string& code)>;

// Calls `row` after each row. `last_decision` is the greatest id there is. Adds the postings that the
// rows call for to `sums`.
Result<void> verify_coupons(Connection& db, const Definition& known, const Tallies& stored, std::int64_t last_decision,
                            const CodeIsImported& imported, const std::function<void()>& row, PostingSums& sums,
                            Findings& findings);

}  // namespace scrip::sqlite
