// Recounts everything: the tallies and the engine's structures (the store does that), and the
// policies' counters from the decisions that counted them.
#pragma once

#include <vector>

#include "db/store.h"

namespace scrip {

// Every difference found; empty: none. Runs beside a server.
Result<std::vector<Drift>> verify(Store& store, const Progress& progress);

}  // namespace scrip
