// The engine that a whole test program is run with: SQLite, or PostgreSQL when the environment has
// SCRIP_TEST_STORE=postgres. ctest runs the programs of what both engines serve with each; tests that are about
// SQLite's file alone have the tag [sqlite].
#pragma once

#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "db/postgres/postgres_store.h"
#include "db/sqlite/sqlite_store.h"
#include "test_database.h"

namespace scrip::test {

inline bool on_postgres() {
  const char* const chosen = std::getenv("SCRIP_TEST_STORE");
  return chosen != nullptr && std::string_view(chosen) == "postgres";
}

// An empty database of a test's own, for as long as this lives.
class ChosenStore {
 public:
  // `file`: of SQLite's database.
  explicit ChosenStore(std::string file) : file_(std::move(file)) {
    if (on_postgres()) database_.emplace();
  }

  Result<std::unique_ptr<Store>> open() const {
    return database_ ? open_postgres(database_->url()) : open_sqlite(file_);
  }

  // As `serve --store` takes it.
  std::string name() const { return database_ ? database_->url() : "sqlite"; }

 private:
  const std::string file_;
  std::optional<postgres_test::TestDatabase> database_;
};

}  // namespace scrip::test
