// What redeem would say, with nothing written: the same objections, facts and policy as the
// ledger's, on a reader's snapshot. Any thread.
#pragma once

#include <optional>

#include "db/store.h"
#include "ledger/catalog.h"
#include "ledger/command.h"
#include "ledger/judges.h"

namespace scrip {

struct Validation {
  std::optional<Error> objection;  // set: redeem would refuse with it
  std::optional<Money> discount;
  std::string trace;  // JSON array
};

// An error is coupon_not_found (also when the actor may not see it), or the store's.
Result<Validation> validate(Reader& reader, const Catalog& catalog, Judges& judges,
                            const std::shared_ptr<const ActivePolicies>& active, const Actor& actor, CouponKey key,
                            const std::optional<Order>& order, Micros now);

}  // namespace scrip
