// The part of verify that looks at coupons: one pass in the order of the table, which checks each
// row and counts what the tallies hold.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "coupon/error.h"
#include "db/sqlite/connection.h"
#include "db/sqlite/verify_postings.h"
#include "db/store.h"
#include "db/verify_campaign.h"

namespace scrip::sqlite {

using Tallies = std::map<std::int64_t, CampaignTally>;

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
