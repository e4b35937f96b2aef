#include "db/postgres/migrate.h"

#include <string>

#include "db/postgres/pipeline.h"

namespace scrip::postgres {
namespace {

constexpr int attempts = 5;

Result<std::int64_t> version_of(Connection& db, const char* sql, std::span<const Migration> known) {
  auto rows = query(db, sql);
  if (!rows) return rows.error();
  const std::int64_t version = rows->integer().value_or(0);
  const auto newest = static_cast<std::int64_t>(known.size());
  if (version < 0 || version > newest) {
    return {Code::internal, "The database was written by a newer Scrip: its schema has version " +
                                std::to_string(version) + ", this program knows versions up to " +
                                std::to_string(newest) + ". Run the newer program, or restore an older backup."};
  }
  return version;
}

// Inside a transaction.
Result<void> run(Connection& db, std::span<const Migration> known) {
  // Of large tables one may take hours.
  if (auto set = db.execute("SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0"); !set) return set;
  // Held to the end: who comes at the same time waits, and finds everything done.
  const auto version = version_of(db, "SELECT version FROM scrip_schema WHERE id = 1 FOR UPDATE", known);
  if (!version) return version.error();
  for (std::size_t i = static_cast<std::size_t>(*version); i < known.size(); ++i) {
    if (auto done = db.execute(known[i].sql); !done) {
      Error error = done.error();
      error.message = "migration " + std::string(known[i].name) + ": " + error.message;
      return error;
    }
  }
  auto stamped = query(db, "UPDATE scrip_schema SET version = $1 WHERE id = 1",
                       std::move(Params().add(static_cast<std::int64_t>(known.size()))));
  return stamped ? Result<void>() : Result<void>(stamped.error());
}

Result<void> try_once(Connection& db, std::span<const Migration> known) {
  auto there = query(db,
                     "SELECT count(*) FROM pg_catalog.pg_tables WHERE tablename = 'scrip_schema'"
                     " AND schemaname = current_schema()");
  if (!there) return there.error();
  if (there->integer() != 0) {
    const auto version = version_of(db, "SELECT version FROM scrip_schema WHERE id = 1", known);
    if (!version) return version.error();
    if (*version == static_cast<std::int64_t>(known.size())) return {};
  }
  auto made = db.execute(
      "CREATE TABLE IF NOT EXISTS scrip_schema (id smallint PRIMARY KEY, version bigint NOT NULL);"
      " INSERT INTO scrip_schema (id, version) VALUES (1, 0) ON CONFLICT (id) DO NOTHING");
  if (!made) return made;
  auto done = db.execute("BEGIN");
  if (done) done = run(db, known);
  if (done) done = db.execute("COMMIT");
  if (!done && db.in_transaction()) static_cast<void>(db.execute("ROLLBACK"));
  return done;
}

}  // namespace

Result<void> migrate(Connection& db, std::span<const Migration> known) {
  Result<void> done;
  // Two who make the same table at the same moment: one of them is refused, with one of several errors.
  for (int attempt = 0; attempt < attempts; ++attempt) {
    done = try_once(db, known);
    if (done || db.broken() || done.error().code == Code::internal) break;
  }
  return done;
}

}  // namespace scrip::postgres
