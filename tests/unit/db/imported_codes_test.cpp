// Codes that were imported: found by their text, also from sorted runs, and checked.
#include <catch2/catch.hpp>

#include "engines.h"

using namespace scrip;

namespace {

std::string code_of(std::int64_t i) {
  return "Partner-" + std::to_string(i);
}

// Few entries a run, so that most are in runs and some are merged.
SqliteOptions small_runs() {
  SqliteOptions options;
  options.runs.recent_postings = 32;
  return options;
}

void import(Store& store, std::int64_t campaign, std::int64_t first, std::int64_t last) {
  Changes changes;
  for (std::int64_t i = first; i <= last; ++i) add_new(changes, imported_coupon(campaign, -i, code_of(i)));
  changes.tallies[campaign].pooled += last - first + 1;
  store_changes(store, changes);
}

std::vector<std::string> verified(Store& store) {
  std::vector<std::string> texts;
  for (const Drift& drift : value_of(store.verify({}, {}, {}))) texts.push_back(drift.what);
  return texts;
}

}  // namespace

TEMPLATE_TEST_CASE("imported codes are found one by one and by the batch, over a start, and others are not", "", Sqlite,
                   Postgres) {
  const TestType engine;
  {
    const auto store = engine.open_small();
    store_changes(*store, sample_definitions());
    CHECK_FALSE(value_of(store->definitions()).has_imports);
    for (std::int64_t first = 1; first < 1'000; first += 50) import(*store, 2, first, first + 49);
  }
  const auto store = engine.open_small();
  CHECK(value_of(store->definitions()).has_imports);
  const auto reader = reader_of(*store);
  Wanted wanted{.lowest_serials = {1, 2}};
  for (std::int64_t i = 1; i <= 1'100; ++i) wanted.imported.push_back(normalize_code(code_of(i)));
  Loaded loaded = load_once(*store, wanted);
  CHECK(loaded.lowest_serials[1] == 0);
  CHECK(loaded.lowest_serials[2] == -1'000);
  for (std::int64_t i = 1; i <= 1'100; ++i) {
    const std::string code = normalize_code(code_of(i));
    const auto alone = value_of(reader->imported(code));
    REQUIRE(alone.has_value() == (i <= 1'000));
    REQUIRE(loaded.imported[code].has_value() == (i <= 1'000));
    if (!alone) continue;
    REQUIRE(alone->key == CouponKey{2, -i});
    REQUIRE(*loaded.imported[code] == alone->key);
    REQUIRE(loaded.coupons.at(alone->key)->imported_code == code_of(i));
  }
  CHECK(verified(*store).empty());
}

TEMPLATE_TEST_CASE("the code of an imported coupon does not change", "", Sqlite, Postgres) {
  const TestType engine;
  const auto store = open_shop(engine);
  import(*store, 2, 1, 1);
  Changes changes;
  Coupon coupon = imported_coupon(2, -1, "Another");
  coupon.state = CouponState::issued;
  coupon.issued_at = noon;
  add_changed(changes, coupon);
  // SQLite's index could not follow, so it refuses; PostgreSQL's engine never writes a code again.
  CHECK(try_changes(*store, changes).ok() == TestType::is_postgres);
  CHECK(value_of(reader_of(*store)->coupon({2, -1}))->imported_code == code_of(1));
  CHECK(value_of(reader_of(*store)->imported("PARTNER1")));
}

TEST_CASE("verify finds a code that two coupons have, and one that is not found") {
  const TestFolder folder;
  const auto store = open_shop(folder.file("a.db"), small_runs());
  import(*store, 2, 1, 100);
  SECTION("two coupons") {
    Changes changes;
    add_new(changes, imported_coupon(1, -1, "PARTNER 7"));
    changes.tallies[1].pooled += 1;
    store_changes(*store, changes);
    CHECK(verified(*store) == std::vector<std::string>{"the code PARTNER 7 was imported twice"});
  }
  SECTION("an index that lacks it") {
    RawDatabase(folder.file("a.db"))
        .execute("DELETE FROM posting_chunk WHERE id IN (SELECT max(id) FROM posting_chunk)");
    CHECK(!verified(*open_store(folder.file("a.db"), small_runs())).empty());
  }
}

TEMPLATE_TEST_CASE("a job is stored with its errors, and one of the same id takes its place", "", Sqlite, Postgres) {
  const TestType engine;
  const auto store = open_shop(engine);
  Changes first;
  first.imports["a"] = {.job = {.id = "a", .campaign = 1, .bytes_total = 100, .started_at = noon},
                        .is_new = true,
                        .errors = {{3, "bad"}, {2, "worse"}}};
  first.imports["b"] = {.job = {.id = "b", .campaign = 2}, .is_new = true, .errors = {{7, "b's"}}};
  store_changes(*store, first);
  const auto reader = reader_of(*store);
  // Where there are other nodes, those that nobody goes on with.
  CHECK(value_of(reader->running_imports()).size() == (TestType::is_postgres ? 0 : 2));
  ImportJob job = value_of(reader->import_job("a")).value();
  CHECK(job.bytes_total == 100);
  CHECK(value_of(reader->import_errors(job.number)).front().message == "worse");

  Changes more;
  job.state = ImportState::failed;
  job.why = "it broke";
  job.rows = 5;
  job.ended_at = noon + 1;
  more.imports["a"] = {.job = job, .errors = {{4, "later"}}};
  store_changes(*store, more);
  const ImportJob failed = value_of(reader->import_job("a")).value();
  CHECK(failed.number == job.number);
  CHECK(failed.state == ImportState::failed);
  CHECK(failed.why == "it broke");
  CHECK(failed.rows == 5);
  CHECK(failed.ended_at == noon + 1);
  CHECK(value_of(reader->import_errors(job.number)).size() == 3);
  CHECK(value_of(reader->running_imports()).size() == (TestType::is_postgres ? 0 : 1));

  Changes again;
  again.imports["a"] = {.job = {.id = "a", .campaign = 1}, .is_new = true};
  store_changes(*store, again);
  const auto jobs = value_of(reader->import_jobs(0, 10));
  REQUIRE(jobs.size() == 2);
  CHECK(jobs[0].id == "a");  // the newest
  CHECK(jobs[0].rows == 0);
  CHECK(value_of(reader->import_errors(jobs[0].number)).empty());
  CHECK(value_of(reader->import_errors(jobs[1].number)).size() == 1);
  CHECK(value_of(reader->import_jobs(jobs[0].number, 10)).size() == 1);
  CHECK_FALSE(value_of(reader->import_job("c")));
}
