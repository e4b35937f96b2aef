// Writing what a batch changed: Store::commit without the COMMIT.
#pragma once

#include "coupon/error.h"
#include "db/sqlite/connection.h"
#include "db/sqlite/runs/indexes.h"
#include "db/store.h"

namespace scrip::sqlite {

// Inside a transaction, which has to be rolled back after an error.
Result<void> apply(Connection& db, Indexes& indexes, const Changes& changes);

// How many idempotency records one batch drops, at most.
inline constexpr int forgotten_at_once = 1'000;

}  // namespace scrip::sqlite
