// The part of verify that looks at what users hold: each row is counted again from the user's coupons, and the sums of
// all rows are those of all coupons, so that none is missing.
#pragma once

#include <cstdint>
#include <map>
#include <utility>

#include "coupon/error.h"
#include "db/findings.h"
#include "db/postgres/connection.h"
#include "db/verify_campaign.h"
#include "db/verify_definitions.h"

namespace scrip::postgres {

// Coupons that somebody holds, by campaign.
class HeldCounts {
 public:
  struct Sum {
    Holding all;
    Holding with_subject;
  };

  void add(const StoredCoupon& row);
  const std::map<std::int64_t, Sum>& sums() const { return sums_; }

 private:
  std::map<std::int64_t, Sum> sums_;
};

Result<void> verify_holdings(Connection& db, const Definition& known, const HeldCounts& held, Findings& findings);

}  // namespace scrip::postgres
