// Store::verify: recounts what is counted, and looks for rows that make no sense. Reads each table
// once, from one end to the other.
#pragma once

#include <functional>
#include <vector>

#include "coupon/error.h"
#include "db/sqlite/connection.h"
#include "db/sqlite/runs/key_hash.h"
#include "db/store.h"

namespace scrip::sqlite {

// Inside a Snapshot. An error means that the check could not be made (the disk); damage is a finding.
Result<std::vector<Drift>> verify(Connection& db, const KeyHash& hash, const Progress& progress,
                                  const std::function<void(const DecisionRow&)>& decision,
                                  const CounterVisitor& counter);

}  // namespace scrip::sqlite
