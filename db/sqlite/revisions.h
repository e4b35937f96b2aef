// Accepted sets of policy files, read back with their files. Called inside a Snapshot.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "coupon/error.h"
#include "db/sqlite/connection.h"
#include "db/store.h"

namespace scrip::sqlite {

Result<std::optional<RevisionRow>> find_revision(Connection& db, std::int64_t number);
Result<std::optional<RevisionRow>> find_revision(Connection& db, const std::string& revision);

}  // namespace scrip::sqlite
