#include "db/sqlite/migrate.h"

#include <array>
#include <catch2/catch.hpp>
#include <thread>
#include <vector>

#include "raw_database.h"
#include "samples.h"
#include "test_folder.h"

using namespace scrip;
using sqlite::Connection;
using sqlite::Migration;

namespace {

constexpr std::array<Migration, 3> steps{{{"0001_a.sql", "CREATE TABLE a (x);"},
                                          {"0002_b.sql", "CREATE TABLE b (x); INSERT INTO b VALUES (1);"},
                                          {"0003_c.sql", "ALTER TABLE b ADD COLUMN y; UPDATE b SET y = x + 1;"}}};

std::unique_ptr<Connection> connect(const std::string& path) {
  RawDatabase make(path);
  make.execute("PRAGMA journal_mode = WAL");
  return value_of(Connection::open(path, Connection::Access::read_write));
}

}  // namespace

TEST_CASE("the program's migrations are numbered from one") {
  const auto all = sqlite::migrations();
  REQUIRE_FALSE(all.empty());
  for (std::size_t i = 0; i < all.size(); ++i) CHECK(std::stoul(all[i].name) == i + 1);
}

TEST_CASE("a database is brought from each version to the newest, and keeps its rows") {
  for (std::size_t from = 0; from <= steps.size(); ++from) {
    const TestFolder folder;
    const auto db = connect(folder.file("a.db"));
    if (from > 0) require_ok(sqlite::migrate(*db, std::span(steps).first(from)));
    CHECK(value_of(sqlite::schema_version(*db, steps)) == static_cast<std::int64_t>(from));
    require_ok(sqlite::migrate(*db, steps));
    require_ok(sqlite::migrate(*db, steps));
    RawDatabase raw(folder.file("a.db"));
    CHECK(raw.integer("PRAGMA user_version") == 3);
    CHECK(raw.integer("PRAGMA application_id") == sqlite::application_id);
    CHECK(raw.integer("SELECT y FROM b") == 2);
  }
}

TEST_CASE("a migration that fails leaves the database as it was, and is named") {
  const TestFolder folder;
  const auto db = connect(folder.file("a.db"));
  auto bad = steps;
  require_ok(sqlite::migrate(*db, std::span(bad).first(1)));
  bad[2].sql = "UPDATE b SET x = 5; UPDATE missing SET x = 1;";
  const auto done = sqlite::migrate(*db, bad);
  REQUIRE_FALSE(done);
  CHECK(done.error().message.find("0003_c.sql") != std::string::npos);
  CHECK(done.error().message.find("no such table: missing") != std::string::npos);
  RawDatabase raw(folder.file("a.db"));
  CHECK(raw.integer("PRAGMA user_version") == 1);
  CHECK(raw.text("SELECT group_concat(name) FROM sqlite_schema") == "a");
  require_ok(sqlite::migrate(*db, steps));
}

TEST_CASE("two processes that open a new database at once both succeed") {
  for (int round = 0; round < 10; ++round) {
    const TestFolder folder;
    std::vector<std::string> errors(4);
    std::vector<std::thread> threads;
    for (std::string& error : errors) {
      threads.emplace_back([&] {
        const auto store = open_sqlite(folder.file("a.db"));
        if (!store) error = store.error().message;
      });
    }
    for (std::thread& thread : threads) thread.join();
    for (const std::string& error : errors) CHECK(error == "");
  }
}
