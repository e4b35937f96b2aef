// Writing what a batch changed: Store::commit without the COMMIT.
#pragma once

#include "coupon/error.h"
#include "db/sqlite/connection.h"
#include "db/sqlite/decision_order.h"
#include "db/sqlite/new_coupons.h"
#include "db/sqlite/runs/indexes.h"
#include "db/store.h"

namespace scrip::sqlite {

// What a writer keeps from batch to batch beside its connection.
struct Writing {
  Indexes& indexes;
  NewCoupons& new_coupons;
  NewestDecision& newest_decision;
};

// Inside a transaction, which has to be rolled back after an error.
Result<void> apply(Connection& db, Writing writing, const Changes& changes);

}  // namespace scrip::sqlite
