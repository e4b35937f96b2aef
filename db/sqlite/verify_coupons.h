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

// The ids there are. None: `first` is greater than any.
struct DecisionRange {
  std::int64_t first = 0;
  std::int64_t last = 0;
};

// Calls `row` after each row. Adds the postings that the rows call for to `sums`.
Result<void> verify_coupons(Connection& db, const Definition& known, const Tallies& stored, DecisionRange decisions,
                            const CodeIsImported& imported, const std::function<void()>& row, PostingSums& sums,
                            Findings& findings);

}  // namespace scrip::sqlite
