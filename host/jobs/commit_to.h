// Batches of who changes a store without a ledger, since there is nothing to decide.
#pragma once

#include <cstdint>
#include <vector>

#include "db/store.h"

namespace scrip::jobs {

inline constexpr int rows_a_commit = 5'000;

// One commit, with these campaigns to itself; again while other nodes come in between.
Result<void> commit_to(Store& store, const Changes& changes, const std::vector<std::int64_t>& campaigns = {});

Result<Loaded> load_from(Store& store, const Wanted& wanted);

}  // namespace scrip::jobs
