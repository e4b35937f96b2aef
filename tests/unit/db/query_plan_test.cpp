#include <catch2/catch.hpp>

#include "db/sqlite/connection.h"
#include "db/sqlite/new_coupons.h"
#include "everything.h"
#include "statement_watch.h"
#include "test_folder.h"

using namespace scrip;

TEST_CASE("no statement of a batch or a reader scans a table or sorts its rows") {
  const TestFolder folder;
  StatementWatch watch;
  const auto store = open_shop(folder.file("a.db"));
  watch.reset();
  change_everything(*store);
  ask_everything(*store);
  const auto statements = watch.statements();

  sqlite::NewCoupons new_coupons;
  auto raw = sqlite::Connection::open(folder.file("a.db"), sqlite::Connection::Access::read_only);
  REQUIRE(raw.ok());
  REQUIRE(new_coupons.open(**raw).ok());
  int explained = 0;
  for (const std::string& sql : statements) {
    sqlite3_stmt* plan = nullptr;
    CAPTURE(sql);
    REQUIRE(sqlite3_prepare_v2((*raw)->handle(), ("EXPLAIN QUERY PLAN " + sql).c_str(), -1, &plan, nullptr) ==
            SQLITE_OK);
    while (sqlite3_step(plan) == SQLITE_ROW) {
      const std::string step = reinterpret_cast<const char*>(sqlite3_column_text(plan, 3));
      CAPTURE(step);
      ++explained;
      // Of a batch's own coupons all are wanted.
      if (step.starts_with("SCAN new_coupon ")) continue;
      // A list of all decisions is the end of the table, read backwards from a given id.
      CHECK(step.find("SCAN") == std::string::npos);
      CHECK(step.find("TEMP B-TREE") == std::string::npos);
      CHECK(step.find("AUTOMATIC") == std::string::npos);
    }
    sqlite3_finalize(plan);
  }
  CHECK(explained > 20);
}

TEST_CASE("what is asked costs the same however much others have") {
  const TestFolder folder;
  StatementWatch watch;
  const auto store = open_shop(folder.file("a.db"));
  change_everything(*store);
  ask_everything(*store);
  watch.reset();
  ask_everything(*store);
  const std::int64_t alone = watch.steps();

  Changes others;
  for (std::int64_t i = 1; i <= 5'000; ++i) {
    const std::string id = std::to_string(i);
    Coupon coupon = issued_coupon(1, i, "user " + id);
    coupon.expires_at = noon + 5 * day;
    issue_next(others, coupon);
    add_new(others, issued_coupon(2, i, "user " + id));
    others.counters[{1, id}] = 1;
    others.idempotency.push_back({.key = {"shop", id}});
    others.decisions.push_back({.id = i + 2, .at = noon, .campaign = 2, .serial = i, .user_id = "user " + id});
    others.events.push_back({.campaign = 2, .data = "{}", .recorded_at = noon + day});
    others.reminders.push_back({.expires_at = noon + 2 * day, .coupon = {2, i}, .mark = "m"});
    others.attributes["user " + id] = "{}";
    others.users.push_back({.login = "user " + id, .password_hash = "x"});
    others.audit.push_back({.at = noon + i, .subject = "user " + id, .target = "campaign/" + id});
  }
  store_changes(*store, others);
  watch.reset();
  ask_everything(*store);
  const std::int64_t among_others = watch.steps();
  CHECK(alone > 0);
  // The lists fill their page of ten.
  CHECK(among_others < alone + 2'500);
}
