// What every node keeps in memory (db/store.h: Definitions), and the version that tells it when to read it again.
#pragma once

#include <cstdint>

#include "coupon/error.h"
#include "db/postgres/connection.h"
#include "db/store.h"

namespace scrip::postgres {

struct VersionedDefinitions {
  std::int64_t version = 0;
  Definitions definitions;
};

// All in one state of the database; inside a transaction, in its own.
Result<VersionedDefinitions> read_definitions(Connection& db);

Result<std::int64_t> definition_version(Connection& db);

}  // namespace scrip::postgres
