// Reading what a batch needs into its working set: Store::load.
#pragma once

#include "coupon/error.h"
#include "db/sqlite/connection.h"
#include "db/sqlite/runs/lookup.h"
#include "db/store.h"

namespace scrip::sqlite {

// Inside a batch, whose `lookup` it is.
Result<void> load(Connection& db, Lookup& lookup, const Wanted& wanted, Loaded& loaded);

}  // namespace scrip::sqlite
