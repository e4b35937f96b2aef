// Writing what a batch changed: Store::commit without the COMMIT.
#pragma once

#include "coupon/error.h"
#include "db/sqlite/connection.h"
#include "db/sqlite/runs/indexes.h"
#include "db/store.h"

namespace scrip::sqlite {

// Inside a transaction, which has to be rolled back after an error.
Result<void> apply(Connection& db, Indexes& indexes, const Changes& changes);

}  // namespace scrip::sqlite
