// The schema's versions. Table scrip_schema holds the number of migrations that a database has seen; it also says that
// the database is one of Scrip's.
#pragma once

#include <cstdint>
#include <span>

#include "coupon/error.h"
#include "db/postgres/connection.h"

namespace scrip::postgres {

struct Migration {
  const char* name;  // "0001_init.sql"
  const char* sql;
};

// All of them, in order. They are only ever appended to: a database out there may stand at any of them.
std::span<const Migration> migrations();

// Runs the migrations that the database has not seen, all in one transaction. Harmless when several nodes do it at
// once. Refuses a database of a version after `known`.
Result<void> migrate(Connection& db, std::span<const Migration> known);

}  // namespace scrip::postgres
