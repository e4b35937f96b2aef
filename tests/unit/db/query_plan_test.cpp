#include <catch2/catch.hpp>

#include "raw_database.h"
#include "samples.h"
#include "statement_watch.h"
#include "test_folder.h"

using namespace scrip;

namespace {

// All that a batch and a reader ask, save the few lists that are read whole.
void ask_everything(Store& store) {
  load_once(store, {.tallies = {1},
                    .in_hand = {{1, 5}},
                    .holdings = {{1, "mina", std::nullopt}, {1, "mina", "s"}},
                    .coupons = {{1, 0}},
                    .holds = {{1, 0}},
                    .holds_over = noon,
                    .counters = {{1, "n"}},
                    .idempotency = {{"shop", "k"}},
                    .attributes = {"mina"},
                    .logins = {"jo"},
                    .imported = {"A"},
                    .lowest_serials = {1},
                    .imports = {"file"},
                    .reminders = {{{1, 0}, noon + day}},
                    .decided_before = noon + hour});
  value_of(store.last_decision());
  value_of(store.find_revision("r"));

  const auto reader = reader_of(store);
  const Reader::ByExpiry after{noon + 2 * day, {1, 0}};
  value_of(reader->tally(1));
  value_of(reader->holding({1, "mina", "s"}));
  value_of(reader->counter({1, "n"}));
  value_of(reader->attributes("mina"));
  value_of(reader->coupon({1, 0}));
  value_of(reader->hold({1, 0}));
  value_of(reader->imported("A"));
  value_of(reader->import_job("file"));
  value_of(reader->import_errors(1));
  value_of(reader->import_jobs(5, 10));
  value_of(reader->coupons(1, 0, 10));
  value_of(reader->imported_coupons(1, 0, 10));
  value_of(reader->coupons_of("mina", after, 10));
  value_of(reader->expiring(noon, noon + day, after, 10));
  value_of(reader->decisions({}, 0, 10));
  value_of(reader->decisions({.user_id = "mina", .campaign = 1}, 0, 10));
  value_of(reader->decisions({.campaign = 1}, 0, 10));
  value_of(reader->decisions({.user_id = "mina", .campaign = 1, .coupon = CouponKey{1, 0}}, 0, 10));
  value_of(reader->decisions({.code = "sold_out", .since = noon, .until = noon + day}, 0, 10));
  value_of(reader->decisions({.campaign = 1, .since = noon}, 0, 10));
  value_of(reader->decision(1));
  value_of(reader->refusals({.since = noon, .until = noon + day}, 0, 10));
  value_of(reader->refusals({.campaign = 1, .hook = "issue", .code = "sold_out"}, 0, 10));
  value_of(reader->decisions_between(0, 10, std::nullopt));
  value_of(reader->decisions_between(0, 10, 1));
  value_of(reader->decision_before(noon));
  value_of(reader->campaign_version(1, 1));
  value_of(reader->user("jo"));
  value_of(reader->users("a", 10));
  for (const auto state : {EventState::pending, EventState::delivered, EventState::failed, EventState::obsolete}) {
    value_of(reader->events(state, 0, 10));
  }
  value_of(reader->events(std::nullopt, 0, 10));
  value_of(reader->due_events(noon, 10));
  value_of(reader->reminders({{1, 0}, noon + day}));
  value_of(reader->revision(1));
  value_of(reader->active_revision());
  value_of(reader->revisions(0, 10));
  value_of(reader->revisions_like("r", 2));
  value_of(reader->activations(1, 10));
  value_of(reader->last_activation());
  Reader::AuditFilter filter{.since = noon};
  for (const int asked : {0, 1, 2, 3, 4}) {
    if (asked == 1) filter.action = AuditAction::campaign_edited;
    if (asked == 2) filter.subject = "ann";
    if (asked == 3) filter.target = "campaign/c";
    if (asked == 4) filter = {.target = "campaign/c"};
    value_of(reader->audit(filter, 0, 10));
    value_of(reader->audit_after(filter, 1, 10));
  }
}

void change_everything(Store& store) {
  Changes changes;
  Coupon coupon = issued_coupon(1, 0, "mina");
  coupon.expires_at = noon + day;
  issue_next(changes, coupon);
  add_new(changes, imported_coupon(1, -1, "a"));
  changes.counters[{1, "n"}] = 1;
  changes.idempotency = {{.key = {"shop", "k"}}};
  changes.decisions = {{.id = 1, .at = noon, .campaign = 1}};
  changes.attributes["mina"] = "{}";
  changes.users = {{.login = "jo", .password_hash = "x"}};
  changes.imports["file"] = {.job = {.id = "file", .campaign = 1}, .is_new = true, .errors = {{2, "bad"}}};
  changes.revision = {.number = 1, .revision = "r", .files = {{"a.lua", ""}}};
  changes.active_revision = 1;
  changes.forget_idempotency_before = noon;
  changes.events = {{.unique_key = "k", .data = "{}"}};
  changes.attempts = {{.id = 1, .state = EventState::pending}};
  changes.reminders = {{.expires_at = noon + day, .coupon = {1, 0}, .mark = "m"}};
  changes.forget_events_before = noon;
  changes.forget_reminders_before = noon;
  changes.activation = PolicyActivation{.revision = 1, .at = noon, .by = "ann"};
  changes.audit = {{.at = noon, .subject = "ann", .role = "operator", .target = "campaign/c", .new_value = "{}"}};
  changes.forget_audit_before = noon - day;
  changes.counters[{1, "n@2026-11-01"}] = 1;
  changes.forget_counters_before = "2026-11-20";
  changes.refusals = {{.minute = noon, .campaign = 1, .hook = "issue", .code = "sold_out", .count = 1}};
  changes.unrecorded[{1, "n"}] = 1;
  changes.forget_refusals_before = noon;
  store_changes(store, changes);

  Changes more;
  coupon.state = CouponState::redeemed;
  coupon.redeemed_at = noon;
  add_changed(more, coupon);
  Coupon given = imported_coupon(1, -1, "a");
  given.state = CouponState::issued;
  given.user_id = "jo";
  add_changed(more, given);
  more.drop_decisions_to = 1;
  more.decisions = {{.id = 2, .at = noon, .campaign = 1}};
  more.imports["file"] = {.job = {.id = "file", .campaign = 1, .state = ImportState::done}, .errors = {}};
  store_changes(store, more);
}

}  // namespace

TEST_CASE("no statement of a batch or a reader scans a table or sorts its rows") {
  const TestFolder folder;
  StatementWatch watch;
  const auto store = open_shop(folder.file("a.db"));
  watch.reset();
  change_everything(*store);
  ask_everything(*store);
  const auto statements = watch.statements();

  RawDatabase raw(folder.file("a.db"));
  int explained = 0;
  for (const std::string& sql : statements) {
    sqlite3_stmt* plan = nullptr;
    CAPTURE(sql);
    REQUIRE(sqlite3_prepare_v2(raw.handle(), ("EXPLAIN QUERY PLAN " + sql).c_str(), -1, &plan, nullptr) == SQLITE_OK);
    while (sqlite3_step(plan) == SQLITE_ROW) {
      const std::string step = reinterpret_cast<const char*>(sqlite3_column_text(plan, 3));
      CAPTURE(step);
      ++explained;
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
