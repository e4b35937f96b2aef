// Refusals that were counted and not recorded: a row for each kind and minute.
#pragma once

#include <vector>

#include "coupon/error.h"
#include "db/sqlite/connection.h"
#include "db/store.h"

namespace scrip::sqlite {

// The part of a batch that counts refusals, and drops old counts. Inside its transaction.
Result<void> apply_refusals(Connection& db, const Changes& changes);

// See Reader::refusals. Inside a Snapshot.
Result<std::vector<RefusalCount>> list_refusals(Connection& db, const Reader::RefusalFilter& filter,
                                                std::int64_t before, int limit);

}  // namespace scrip::sqlite
