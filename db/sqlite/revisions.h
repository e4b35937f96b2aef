// Accepted sets of policy files, and when they were in force. find_revision is called inside a Snapshot.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "coupon/error.h"
#include "db/sqlite/connection.h"
#include "db/store.h"

namespace scrip::sqlite {

Result<std::optional<RevisionRow>> find_revision(Connection& db, std::int64_t number);
Result<std::optional<RevisionRow>> find_revision(Connection& db, const std::string& revision);

// What a batch stores of policies: a new set, which one is active, and that it was activated.
Result<void> apply_revisions(Connection& db, const Changes& changes);

// The rest is one statement each. Without files, newest first, numbers below `before` (0: from the newest).
Result<std::vector<RevisionRow>> list_revisions(Connection& db, std::int64_t before, int limit);
// Without files, those that begin with `prefix`.
Result<std::vector<RevisionRow>> find_revisions(Connection& db, const std::string& prefix, int limit);
// Newest first.
Result<std::vector<PolicyActivation>> list_activations(Connection& db, std::int64_t revision, int limit);
Result<std::optional<PolicyActivation>> find_last_activation(Connection& db);

}  // namespace scrip::sqlite
