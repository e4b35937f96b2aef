// What the statements of the PostgreSQL engine cost in a database in which others have a lot: the plans that the
// server has used, with the rows that each step of them has seen.
#include <algorithm>
#include <catch2/catch.hpp>
#include <fstream>
#include <regex>

#include "engines.h"
#include "everything.h"
#include "shared_server.h"

using namespace scrip;

namespace {

// Thousands of rows in every table that grows, none of the sample campaigns 1 and 2, of their users or of their time.
void fill(const Postgres& engine) {
  postgres_test::RawPostgres raw(engine.url());
  raw.execute(
      "INSERT INTO campaign SELECT 1000 + i, 1, 'other' || i, '', 'welcome', '{}', NULL, '####', 'base32', 1, NULL,"
      " NULL, 'UTC', '{}', 'active', 0 FROM generate_series(1, 1000) i;"
      "INSERT INTO campaign_version SELECT * FROM campaign WHERE campaign_id > 1000;"
      "INSERT INTO code_batch SELECT 1000 + i, 1000 + i, 1, 0, 0, 100, 0 FROM generate_series(1, 1000) i;"
      "INSERT INTO stock SELECT 1000 + i, n, 20, 20, 0, 0, true FROM generate_series(1, 1000) i,"
      " generate_series(1, 3) n;"
      "INSERT INTO frontier SELECT 1000 + i, 100 FROM generate_series(1, 1000) i;"
      "INSERT INTO lease SELECT 1000 + i, 30 * n, 30 * n + 30, 30 * n + 20, n FROM generate_series(1, 1000) i,"
      " generate_series(0, 2) n;"
      "INSERT INTO coupon SELECT 1000 + i % 1000, i / 1000, 1, 1, 'other' || i % 3000, 's', 1, 1000000 + i, 0, NULL,"
      " NULL, NULL, NULL, NULL, 0 FROM generate_series(1, 20000) i;"
      "INSERT INTO coupon SELECT 1000 + i % 1000, -1 - i / 1000, 1, 0, NULL, NULL, 0, 1000000 + i, 0, NULL, NULL, NULL,"
      " NULL, 'code' || i, 1 FROM generate_series(1, 20000) i;"
      "INSERT INTO imported_code SELECT 'C0DE' || i, 1000 + i % 1000, -1 - i / 1000 FROM generate_series(1, 20000) i;"
      "INSERT INTO holding SELECT 1000 + i % 1000, 'other' || i, '', 1, 0 FROM generate_series(1, 20000) i;"
      "INSERT INTO hold SELECT 1000 + i % 1000, i / 1000, i % 2, 'k' || i, 0, 1900000000000000 + i, 'other' || i % "
      "3000,"
      " 's', NULL, NULL, NULL, NULL, '', 0 FROM generate_series(1, 20000) i;"
      "INSERT INTO stacked_order SELECT 'other' || i, 1, 'KRW', 1 FROM generate_series(1, 20000) i;"
      "INSERT INTO stacked_order_coupon SELECT 'other' || i, 0, 1000 + i % 1000, i / 1000, 0"
      " FROM generate_series(1, 20000) i;"
      "INSERT INTO counter SELECT 1000 + i % 1000, 'n' || i || '@2027-01-01', 1, 0, '2027-01-01'"
      " FROM generate_series(1, 20000) i;"
      "INSERT INTO decision SELECT 1000 + i % 1000, (1900000000000000 - 1735689600000000 + i * 1000) / 1000 << 13,"
      " 1900000000000000 + i * 1000, i / 1000, 'other' || i % 3000, 0, '', '', false"
      " FROM generate_series(1, 20000) AS n (n), CAST(n AS bigint) AS i;"
      "INSERT INTO refusal_count SELECT 1000 + i % 1000, 1900000000000000 + i, 'issue', 'sold_out', 0, 1000000 + i, 1"
      " FROM generate_series(1, 20000) i;"
      "INSERT INTO idempotency SELECT 'other', 'k' || i, '', 200, '', 1900000000000000 + i"
      " FROM generate_series(1, 20000) i;"
      "INSERT INTO user_attributes SELECT 'other' || i, '{}' FROM generate_series(1, 20000) i;"
      "INSERT INTO account SELECT 'other' || i, 'x', 'user', 0 FROM generate_series(1, 20000) i;"
      "INSERT INTO work SELECT 1000 + i, 'w', 0, 0 FROM generate_series(1, 20000) i;"
      "INSERT INTO import_job SELECT 'other' || i, 1000000 + i, 1001, 'done', 0, 0, 0, 0, NULL, 0, 0, '', 1, 1"
      " FROM generate_series(1, 20000) i;"
      "INSERT INTO import_error SELECT 1000000 + i, 1, 'bad' FROM generate_series(1, 20000) i;"
      "INSERT INTO outbox SELECT 1000000 + i, 'coupon.issued', 0, 1001, NULL, '{}', 1900000000000000 + i, i % 3, 0,"
      " 1900000000000000 + i, CASE WHEN i % 3 = 0 THEN NULL ELSE 1900000000000000 + i END, ''"
      " FROM generate_series(1, 20000) i;"
      "INSERT INTO reminder SELECT 1000 + i % 1000, i, 1900000000000000 + i, 'm' FROM generate_series(1, 20000) i;"
      "INSERT INTO audit SELECT 1000000 + i, 1900000000000000 + i, 'other', 'operator', 'campaign.created',"
      " 'campaign/other', '', '' FROM generate_series(1, 20000) i;"
      "INSERT INTO policy_revision SELECT 1000 + i, 'other' || i, 0, '' FROM generate_series(1, 2000) i;"
      "INSERT INTO policy_file SELECT 1000 + i, 'f', '' FROM generate_series(1, 2000) i;"
      "INSERT INTO policy_activation SELECT 1000000 + i, 1000 + i, 0, '', 'start', '', ''"
      " FROM generate_series(1, 2000) i;");
  raw.execute("VACUUM ANALYZE");
}

// Plans that the server has logged of a database: the query, then a line a step.
std::vector<std::string> plans_of(const std::string& database) {
  std::vector<std::string> plans;
  std::ifstream log(postgres_test::shared_log());
  bool inside = false;
  for (std::string line; std::getline(log, line);) {
    if (!line.starts_with('\t')) {
      inside = line.starts_with(database + " ") && line.find("  plan:") != std::string::npos;
      if (inside) plans.emplace_back();
    } else if (inside) {
      plans.back() += line + "\n";
    }
  }
  return plans;
}

// Of the sessions that begin from now on.
void log_plans(const Postgres& engine) {
  postgres_test::RawPostgres raw(engine.url());
  for (const char* const setting : {"session_preload_libraries = 'auto_explain'", "auto_explain.log_min_duration = 0",
                                    "auto_explain.log_analyze = on", "auto_explain.log_timing = off"}) {
    raw.execute("ALTER DATABASE " + engine.name() + " SET " + setting);
  }
}

// The most rows that a step of a plan has seen, those that it threw away included.
std::int64_t most_rows(const std::string& plan) {
  static const std::regex seen("actual rows=(\\d+) loops=(\\d+)|Rows Removed by [A-Za-z ]+: (\\d+)");
  std::int64_t most = 0;
  for (auto at = std::sregex_iterator(plan.begin(), plan.end(), seen); at != std::sregex_iterator(); ++at) {
    const std::smatch& match = *at;
    const std::int64_t rows = match[3].matched ? std::stoll(match[3]) : std::stoll(match[1]) * std::stoll(match[2]);
    most = std::max(most, rows);
  }
  return most;
}

// What a batch asks only when several of its statements come to the same rows, or rules have asked before.
void ask_together(Store& store) {
  Changes issuing;
  issue_next(issuing, issued_coupon(1, 1, "mina"));
  store_changes(store, issuing);
  Changes changes;
  Coupon given = imported_coupon(1, -1, "a");
  given.state = CouponState::issued;
  given.user_id = "mina";
  add_changed(changes, given);
  changes.holds[{1, 1}] = Hold{.coupon = {1, 1}, .key = "h", .held_at = noon, .expires_at = noon, .user_id = "mina"};
  changes.counters[{1, "n"}] = 1;
  changes.unrecorded[{1, "n@2026-11-21"}] = 1;
  store_changes(store, changes);
  for (int batch = 0; batch < 2; ++batch) {
    Loaded loaded;
    require_ok(store.begin());
    require_ok(store.load({.tallies = {1}, .holdings = {{1, "mina", std::nullopt}}, .holds_over = noon}, loaded));
    require_ok(store.load({.counters = {{1, "n"}}}, loaded));
    store.rollback();
  }
  // Of a user who is looked up and has a coupon.
  Loaded loaded;
  require_ok(store.begin());
  require_ok(store.load({.tallies = {1}, .in_hand = {{1, 1}}, .holdings = {{1, "mina", std::nullopt}}}, loaded));
  Changes claim;
  issue_next(claim, issued_coupon(1, loaded.in_hand[1].ranges.front().first, "mina"));
  require_ok(store.commit(claim));
}

// Read whole, and no longer for that: a row a node, a campaign or a setting.
bool is_small(const std::string& table) {
  static const std::vector<std::string> small{"node", "definition_version", "setting", "job", "turn", "code_format"};
  return std::find(small.begin(), small.end(), table) != small.end();
}

}  // namespace

TEST_CASE("no statement of a batch or of a reader on PostgreSQL sees more than it gives, however much others have") {
  const Postgres engine;
  open_shop(engine);
  fill(engine);
  const std::string& database = engine.name();
  // What a node reads whole when it starts is not meant.
  auto store = engine.open();
  value_of(store->definitions());
  log_plans(engine);
  store = engine.open();
  value_of(store->definitions());
  const std::size_t before = plans_of(database).size();
  change_everything(*store);
  ask_everything(*store);
  ask_together(*store);

  const auto plans = plans_of(database);
  static const std::regex scan("Seq Scan on (\\w+)");
  for (std::size_t i = before; i < plans.size(); ++i) {
    CAPTURE(plans[i]);
    // Pages of decisions for which there is no index look at a bounded number of them.
    const bool bounded = plans[i].find("LIMIT 1 OFFSET") != std::string::npos;
    CHECK(most_rows(plans[i]) <= (bounded ? 65'536 : 100));
    for (auto at = std::sregex_iterator(plans[i].begin(), plans[i].end(), scan); at != std::sregex_iterator(); ++at) {
      CHECK(is_small((*at)[1]));
    }
  }
  CHECK(plans.size() - before > 60);
  // One that is never sent is never looked at.
  for (const char* const hot :
       {"FOR UPDATE OF c SKIP LOCKED", "ORDER BY c.campaign_id, c.serial FOR UPDATE OF c",
        "ORDER BY c.campaign_id, c.name FOR UPDATE OF c", "FROM campaign WHERE campaign_id = ANY", "INSERT INTO coupon",
        "UPDATE coupon", "UPDATE holding", "INSERT INTO holding"}) {
    CAPTURE(hot);
    CHECK(std::any_of(plans.begin() + static_cast<std::ptrdiff_t>(before), plans.end(),
                      [&](const std::string& plan) { return plan.find(hot) != std::string::npos; }));
  }
}

TEST_CASE("what is over is dropped on PostgreSQL in statements that see what they drop, however much is over") {
  const Postgres engine;
  open_shop(engine);
  // Planned when there is next to nothing, as on a new database.
  engine.execute("VACUUM ANALYZE");
  log_plans(engine);
  const auto store = engine.open();
  const auto forget = [&] {
    Changes changes;
    changes.forget_idempotency_before = noon;
    changes.forget_events_before = noon;
    changes.forget_reminders_before = noon;
    changes.forget_audit_before = noon;
    changes.forget_counters_before = "2026-11-22";
    changes.forget_refusals_before = noon;
    store_changes(*store, changes);
  };
  forget();
  engine.execute(
      "INSERT INTO counter SELECT 1, 'n' || i || '@2026-01-01', 1, 0, '2026-01-01' FROM generate_series(1, 5000) i;"
      "INSERT INTO idempotency SELECT 'shop', 'k' || i, '', 200, '', i FROM generate_series(1, 5000) i;"
      "INSERT INTO refusal_count SELECT 1, i, 'issue', 'sold_out', 0, i, 1 FROM generate_series(1, 5000) i;"
      "INSERT INTO outbox SELECT i, 'coupon.issued', 0, 1, NULL, '{}', i, 1, 0, i, i, '' FROM generate_series(1, 5000) "
      "i;"
      "INSERT INTO reminder SELECT 1, i, i, 'm' FROM generate_series(1, 5000) i;"
      "INSERT INTO audit SELECT i, i, 'jo', 'operator', 'campaign.created', 'campaign/c', '', ''"
      " FROM generate_series(1, 5000) i;");
  const std::size_t before = plans_of(engine.name()).size();
  forget();
  const auto plans = plans_of(engine.name());
  int dropping = 0;
  for (std::size_t i = before; i < plans.size(); ++i) {
    CAPTURE(plans[i]);
    CHECK(most_rows(plans[i]) <= 1'000);
    if (plans[i].find("Delete on") != std::string::npos) ++dropping;
  }
  CHECK(dropping == 6);
  CHECK(engine.text("SELECT count(*) FROM counter") == "4000");
}
