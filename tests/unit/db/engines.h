// The two engines behind db/store.h, for the tests of what both do alike:
//
//   TEMPLATE_TEST_CASE("a coupon is stored", "", Sqlite, Postgres) {
//     const TestType engine;
//     const auto store = open_shop(engine);
//
// An engine is an empty database of the test's own for as long as it lives; stores opened on it go before it.
#pragma once

#include <memory>
#include <string>

#include "db/postgres/postgres_store.h"
#include "db/sqlite/sqlite_store.h"
#include "raw_database.h"
#include "raw_postgres.h"
#include "samples.h"
#include "test_database.h"
#include "test_folder.h"

namespace scrip {

class Sqlite {
 public:
  static constexpr bool is_postgres = false;

  std::unique_ptr<Store> open(const SqliteOptions& options = {}) const { return open_store(place(), options); }
  // With indexes so small that every batch merges something, and a log that is written back all the time.
  std::unique_ptr<Store> open_small() const {
    return open({.log_pages_when_idle = 10,
                 .log_pages_at_most = 20,
                 .runs = {.recent_postings = 16, .recent_batches = 2, .fan_in = 2}});
  }

  // What of a tally is kept as it was given.
  static CampaignTally kept(const CampaignTally& tally) { return tally; }

  // What an error names.
  std::string place() const { return folder_.file("a.db"); }

  // As somebody does who has the database in hand. The first column of the first row.
  void execute(const std::string& sql) const { RawDatabase(place()).execute(sql); }
  std::string text(const std::string& sql) const { return RawDatabase(place()).text(sql); }

 private:
  const TestFolder folder_;
};

class Postgres {
 public:
  static constexpr bool is_postgres = true;

  // Each store is a node.
  std::unique_ptr<Store> open() const {
    auto store = open_postgres(database_.url());
    if (!store) FAIL(store.error().message);
    return std::move(*store);
  }
  std::unique_ptr<Store> open_small() const { return open(); }

  // What the serials say is derived from the coupons (next_serial) and from the nodes' shares (by_hand).
  static CampaignTally kept(CampaignTally tally) {
    tally.next_serial = 0;
    tally.by_hand = 0;
    return tally;
  }

  std::string place() const { return "PostgreSQL"; }
  const std::string& url() const { return database_.url(); }
  const std::string& name() const { return database_.name(); }

  void execute(const std::string& sql) const { postgres_test::RawPostgres(url()).execute(sql); }
  std::string text(const std::string& sql) const { return postgres_test::RawPostgres(url()).text(sql); }

 private:
  const postgres_test::TestDatabase database_;
};

// With the sample definitions.
template <class Engine>
std::unique_ptr<Store> open_shop(const Engine& engine) {
  auto store = engine.open();
  store_changes(*store, sample_definitions());
  return store;
}

}  // namespace scrip
