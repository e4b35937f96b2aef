// The schema's versions. PRAGMA user_version holds the number of migrations that a file has seen,
// PRAGMA application_id that it is a Scrip database at all.
#pragma once

#include <cstdint>
#include <span>

#include "coupon/error.h"
#include "db/sqlite/connection.h"

namespace scrip::sqlite {

// "SCRP"
inline constexpr std::int64_t application_id = 0x53435250;

struct Migration {
  const char* name;  // "0001_init.sql"
  const char* sql;
};

// All of them, in order. They are only ever appended to: a file out there may stand at any of them.
std::span<const Migration> migrations();

// How far a file has come: 0 for an empty one. Refuses what this program should not touch, a
// database of another program or of a version after `known`, and changes nothing. Inside a
// transaction, since another process may be migrating.
Result<std::int64_t> schema_version(Connection& db, std::span<const Migration> known);

// Runs the migrations that the file has not seen, all in one transaction: after an error the file
// is as it was. Harmless when two processes do it at once.
Result<void> migrate(Connection& db, std::span<const Migration> known);

}  // namespace scrip::sqlite
