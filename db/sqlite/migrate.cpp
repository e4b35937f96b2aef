#include "db/sqlite/migrate.h"

#include <string>

namespace scrip::sqlite {
namespace {

Result<void> run(Connection& db, std::span<const Migration> known) {
  const auto version = schema_version(db, known);
  if (!version) return version.error();
  for (std::size_t i = static_cast<std::size_t>(*version); i < known.size(); ++i) {
    if (auto done = db.execute(known[i].sql); !done) {
      Error error = done.error();
      error.message = "migration " + std::string(known[i].name) + ": " + error.message;
      return error;
    }
  }
  const std::string stamp = "PRAGMA application_id = " + std::to_string(application_id) +
                            "; PRAGMA user_version = " + std::to_string(known.size());
  return db.execute(stamp.c_str());
}

}  // namespace

Result<std::int64_t> schema_version(Connection& db, std::span<const Migration> known) {
  const auto tables = db.integer("SELECT count(*) FROM sqlite_schema");
  if (!tables) return tables.error();
  const auto owner = db.integer("PRAGMA application_id");
  if (!owner) return owner.error();
  const auto version = db.integer("PRAGMA user_version");
  if (!version) return version.error();
  if (*tables == 0 && *owner == 0 && *version == 0) return 0;
  if (*owner != application_id) {
    return {Code::internal, db.path() + " is an SQLite database of another program, not of Scrip; it is left alone."};
  }
  const auto newest = static_cast<std::int64_t>(known.size());
  if (*version < 0 || *version > newest) {
    return {Code::internal, "The database " + db.path() + " was written by a newer Scrip: its schema has version " +
                                std::to_string(*version) + ", this program knows versions up to " +
                                std::to_string(newest) + ". Run the newer program, or restore an older backup."};
  }
  return *version;
}

Result<void> migrate(Connection& db, std::span<const Migration> known) {
  {
    const Snapshot snapshot(db);
    if (!snapshot.begun()) return snapshot.begun();
    const auto version = schema_version(db, known);
    if (!version) return version.error();
    if (*version == static_cast<std::int64_t>(known.size())) return {};
  }
  // Asked again inside, since another process may migrate at the same time.
  if (auto begun = db.execute("BEGIN IMMEDIATE"); !begun) return begun;
  auto done = run(db, known);
  if (done) done = db.execute("COMMIT");
  if (!done && db.in_transaction()) static_cast<void>(db.execute("ROLLBACK"));
  return done;
}

}  // namespace scrip::sqlite
