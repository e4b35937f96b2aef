// Store::verify: recounts what is counted, and looks for rows that make no sense. Reads each table a page at a
// time, so that no statement takes long, and all of it in one snapshot.
#pragma once

#include <functional>
#include <vector>

#include "coupon/error.h"
#include "db/postgres/connection.h"
#include "db/store.h"

namespace scrip::postgres {

// Inside a Snapshot. An error means that the check could not be made; damage is a finding.
Result<std::vector<Drift>> verify(Connection& db, const Progress& progress,
                                  const std::function<void(const DecisionRow&)>& decision,
                                  const CounterVisitor& counter);

}  // namespace scrip::postgres
