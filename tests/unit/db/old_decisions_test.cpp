// Decisions that are dropped, and refusals that are only counted.
#include <catch2/catch.hpp>
#include <limits>

#include "engines.h"

using namespace scrip;

namespace {

using Ids = std::vector<std::int64_t>;

// A batch a minute: a coupon of campaign 1 that its row's decision issued, and a refusal of campaign 2.
class History {
 public:
  explicit History(Store& store) : store_(store) {}

  void add() {
    Changes changes;
    Coupon coupon = issued_coupon(1, serial_, user(serial_));
    coupon.decision = ++last_;
    issue_next(changes, coupon);
    changes.decisions.push_back({.id = last_,
                                 .at = at_,
                                 .campaign = 1,
                                 .serial = serial_,
                                 .user_id = user(serial_),
                                 .record = "r" + std::to_string(last_),
                                 .counts = serial_ % 2 == 0});
    ++last_;
    changes.decisions.push_back({.id = last_, .at = at_, .campaign = 2, .user_id = user(serial_), .code = "sold_out"});
    store_changes(store_, changes);
    at_ += minute;
    ++serial_;
  }

  static std::string user(std::int64_t serial) { return "user " + std::to_string(serial); }
  Micros now() const { return at_; }
  std::int64_t last() const { return last_; }

 private:
  Store& store_;
  Micros at_ = noon;
  std::int64_t last_ = 0;
  std::int64_t serial_ = 0;
};

Loaded::OldDecisions old_ones(Store& store, Micros before) {
  return load_once(store, {.decided_before = before}).old_decisions;
}

// Those before this; the last one's id.
std::int64_t drop(Store& store, Micros before) {
  require_ok(store.begin());
  Loaded loaded;
  require_ok(store.load({.decided_before = before}, loaded));
  Changes changes;
  changes.drop_decisions_to = loaded.old_decisions.last;
  require_ok(store.commit(changes));
  return changes.drop_decisions_to;
}

Ids ids_of(const std::vector<DecisionRow>& rows) {
  Ids ids;
  for (const DecisionRow& row : rows) ids.push_back(row.id);
  return ids;
}

void check_no_drift(Store& store) {
  for (const Drift& drift : value_of(store.verify({}, {}, {}))) FAIL_CHECK(drift.what);
}

RefusalCount refusal(Micros at, std::int64_t campaign, const std::string& code, std::int64_t count) {
  return {.minute = at, .campaign = campaign, .hook = "issue", .code = code, .revision = 0, .count = count};
}

std::vector<std::string> texts(const std::vector<RefusalCount>& rows) {
  std::vector<std::string> all;
  for (const RefusalCount& row : rows) {
    all.push_back(std::to_string((row.minute - noon) / minute) + " " + std::to_string(row.campaign) + " " + row.hook +
                  " " + row.code + " " + std::to_string(row.count));
  }
  return all;
}

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("the oldest decisions are given a bounded number at a time, and only when all of a batch are old") {
  const TestFolder folder;
  const auto store = open_shop(folder.file("a.db"));
  CHECK(old_ones(*store, std::numeric_limits<Micros>::max()).last == 0);
  History history(*store);
  for (int i = 0; i < 20; ++i) history.add();
  CHECK(old_ones(*store, noon).last == 0);
  CHECK(old_ones(*store, noon + 1).last == 2);
  CHECK(old_ones(*store, noon + minute).last == 2);
  const auto old = old_ones(*store, history.now());
  CHECK(old.last == 16);
  CHECK(ids_of(old.counting) == Ids{1, 5, 9, 13});  // those that say that they counted
  CHECK(old.counting.front().record == "r1");
}

TEST_CASE("what was stored before decisions said whether they counted is all given to be looked at") {
  const TestFolder folder;
  const std::string path = folder.file("a.db");
  {
    const auto store = open_shop(path);
    History history(*store);
    for (int i = 0; i < 3; ++i) history.add();
  }
  RawDatabase(path).execute("UPDATE setting SET value = 4 WHERE name = 'last_unmarked_decision'");
  const auto store = open_store(path);
  CHECK(ids_of(old_ones(*store, noon + hour).counting) == Ids{1, 3, 5});
}

TEMPLATE_TEST_CASE("dropping decisions leaves no drift, and what is left is found as before", "", Sqlite, Postgres) {
  const TestType engine;
  const auto store = engine.open_small();
  store_changes(*store, sample_definitions());
  History history(*store);
  for (int i = 0; i < 60; ++i) history.add();
  std::int64_t dropped = 0;
  for (const Micros before : {noon + 10 * minute, noon + 31 * minute, noon + hour}) {
    for (;;) {
      const std::int64_t last = drop(*store, before);
      if (last == 0) break;
      dropped = last;
      check_no_drift(*store);
      history.add();  // postings are merged meanwhile
    }
    CAPTURE(dropped);
    const auto reader = reader_of(*store);
    CHECK_FALSE(value_of(reader->decision(dropped)));
    CHECK(value_of(reader->decision(dropped + 1)));
    CHECK(value_of(reader->decisions_between(0, dropped, std::nullopt)).empty());
    CHECK(value_of(reader->decision_before(noon)) == dropped);
    CHECK(value_of(reader->decision_before(noon + 100 * hour)) == history.last());
    // The coupons still name theirs.
    CHECK(value_of(reader->decisions({.user_id = History::user(0)}, 0, 10)).rows.empty());
    CHECK(value_of(reader->decisions({.coupon = CouponKey{1, 0}}, 0, 10)).rows.empty());
    CHECK(value_of(reader->coupon({1, 0}))->decision == 1);
    const std::int64_t kept = dropped / 2;  // the serial whose decisions are the oldest
    CHECK(ids_of(value_of(reader->decisions({.user_id = History::user(kept)}, 0, 10)).rows) ==
          Ids{dropped + 2, dropped + 1});
    CHECK(ids_of(value_of(reader->decisions({.coupon = CouponKey{1, kept}}, 0, 10)).rows) == Ids{dropped + 1});
    CHECK(ids_of(value_of(reader->decisions({}, dropped + 3, 10)).rows) == Ids{dropped + 2, dropped + 1});
    CHECK(ids_of(value_of(reader->decisions({.campaign = 2}, dropped + 4, 10)).rows) == Ids{dropped + 2});
    check_no_drift(*engine.open_small());  // as after a start
  }
}

TEMPLATE_TEST_CASE("a coupon whose row names a dropped decision is changed like others", "", Sqlite, Postgres) {
  const TestType engine;
  const auto store = open_shop(engine);
  History history(*store);
  history.add();
  history.add();
  CHECK(drop(*store, noon + 1) == 2);
  Changes changes;
  Coupon coupon = issued_coupon(1, 0, History::user(0));
  coupon.state = CouponState::redeemed;
  coupon.redeemed_at = noon + hour;
  coupon.decision = 5;
  add_changed(changes, coupon);
  changes.tallies[1].redeemed = 1;
  changes.decisions.push_back({.id = 5, .at = noon + hour, .campaign = 1, .serial = 0, .user_id = History::user(0)});
  store_changes(*store, changes);
  check_no_drift(*store);
  CHECK(ids_of(value_of(reader_of(*store)->decisions({.coupon = CouponKey{1, 0}}, 0, 10)).rows) == Ids{5});
}

TEMPLATE_TEST_CASE("the id of a decision never comes again, also when all were dropped", "", Sqlite, Postgres) {
  const TestType engine;
  {
    const auto store = open_shop(engine);
    History history(*store);
    history.add();
    CHECK(drop(*store, noon + 1) == 2);
    CHECK(value_of(store->last_decision()) == 2);
    check_no_drift(*store);
    const auto reader = reader_of(*store);
    CHECK(value_of(reader->decisions({}, 0, 10)).rows.empty());
    CHECK(value_of(reader->decision_before(noon)) == 2);
  }
  CHECK(value_of(engine.open()->last_decision()) == 2);
}

TEST_CASE("half a batch of decisions is not dropped, and a rollback brings back what was") {
  const TestFolder folder;
  const auto store = open_shop(folder.file("a.db"));
  History history(*store);
  history.add();
  Changes half;
  half.drop_decisions_to = 1;
  require_ok(store->begin());
  CHECK_FALSE(store->commit(half));
  CHECK(value_of(reader_of(*store)->decisions({}, 0, 10)).rows.size() == 2);
  check_no_drift(*store);
}

TEST_CASE("a damaged block of decisions is not dropped and ends no batch") {
  const TestFolder folder;
  const std::string path = folder.file("a.db");
  const auto store = open_shop(path);
  History history(*store);
  for (int i = 0; i < 3; ++i) history.add();
  RawDatabase(path).execute("UPDATE decision_block SET count = 7 WHERE first_id = 3");
  CHECK(drop(*store, noon + hour) == 2);
  CHECK(old_ones(*store, noon + hour).last == 0);
  history.add();
}

TEMPLATE_TEST_CASE("verify compares counters with what no decision accounts for", "", Sqlite, Postgres) {
  const TestType engine;
  const auto store = open_shop(engine);
  Changes changes;
  changes.counters[{1, "n"}] = 5;
  changes.unrecorded[{1, "n"}] = 2;
  store_changes(*store, changes);
  changes = {};
  changes.unrecorded[{1, "n"}] = 1;
  changes.unrecorded[{1, "m"}] = 4;  // of a counter that there is not
  store_changes(*store, changes);
  Texts seen;
  value_of(store->verify({}, {}, [&](const CounterKey& key, std::int64_t value, std::int64_t unrecorded) {
    seen.push_back(key.name + " " + std::to_string(value) + " " + std::to_string(unrecorded));
  }));
  // PostgreSQL's engine keeps it in the counter's row.
  CHECK(seen == (TestType::is_postgres ? Texts{"n 5 3"} : Texts{"m 0 4", "n 5 3"}));
}

TEMPLATE_TEST_CASE("what no decision accounts for goes with a counter that is over, and does not come back", "", Sqlite,
                   Postgres) {
  const TestType engine;
  const auto store = open_shop(engine);
  const CounterKey over{1, "n@2026-11-20"};
  const CounterKey in_use{1, "n@2026-11-23"};
  Changes changes;
  for (const CounterKey& key : {over, in_use}) changes.counters[key] = changes.unrecorded[key] = 3;
  store_changes(*store, changes);
  const auto left = [&] {
    return engine.text(TestType::is_postgres ? "SELECT string_agg(name || unrecorded, ',' ORDER BY name) FROM counter"
                                             : "SELECT group_concat(name || value) FROM unrecorded_count");
  };
  CHECK(left() == "n@2026-11-203,n@2026-11-233");
  Changes later;
  later.forget_counters_before = "2026-11-22";
  store_changes(*store, later);
  CHECK(left() == "n@2026-11-233");
  Changes dropped;  // as when the decisions that counted are dropped
  dropped.unrecorded[over] = dropped.unrecorded[in_use] = 2;
  store_changes(*store, dropped);
  CHECK(left() == "n@2026-11-235");
}

TEMPLATE_TEST_CASE("a page looks at a bounded number of decisions and says where to go on", "", Sqlite, Postgres) {
  const TestType engine;
  const auto store = open_shop(engine);
  constexpr std::int64_t many = 70'000;  // more than a page looks at
  Changes changes;
  for (std::int64_t id = 1; id <= many; ++id) {
    changes.decisions.push_back({.id = id,
                                 .at = noon + id * second,
                                 .campaign = 1 + id % 2,
                                 .user_id = "mina",
                                 .revision = id % 3,
                                 .code = id == 2 ? "sold_out" : "",
                                 .record = std::to_string(id % 5)});
  }
  store_changes(*store, changes);
  const auto reader = reader_of(*store);
  const auto walk = [&](const Reader::DecisionFilter& filter, int& pages) {
    Ids ids;
    pages = 0;
    std::int64_t next = 0;
    do {
      const auto page = value_of(reader->decisions(filter, next, 1'000));
      CHECK((next == 0 || page.next < next));
      for (const DecisionRow& row : page.rows) ids.push_back(row.id);
      next = page.next;
      ++pages;
    } while (next != 0 && pages < 2'000);
    return ids;
  };
  int pages = 0;
  for (const Reader::DecisionFilter& filter :
       {Reader::DecisionFilter{.code = "sold_out"},
        {.user_id = "mina", .code = "sold_out"},
        {.matches = [](std::string_view record) { return record == "never"; }}}) {
    const Ids found = walk(filter, pages);
    CHECK(found == (filter.code ? Ids{2} : Ids{}));
    CHECK(pages == 2);
  }
  const Ids some = walk({.revision = 1,
                         .since = noon + 100 * second,
                         .until = noon + 200 * second,
                         .matches = [](std::string_view record) { return record == "0"; }},
                        pages);
  CHECK(some == Ids{190, 175, 160, 145, 130, 115, 100});
  CHECK(pages == 1);
  CHECK(walk({.campaign = 2, .since = noon + 69'995 * second}, pages) == Ids{69'999, 69'997, 69'995});
  CHECK(walk({.since = noon + 100 * hour}, pages).empty());
  CHECK(walk({.until = noon}, pages).empty());
  CHECK(walk({}, pages).size() == many);
}

TEMPLATE_TEST_CASE("one decision is found by its id", "", Sqlite, Postgres) {
  const TestType engine;
  const auto store = open_shop(engine);
  History history(*store);
  for (int i = 0; i < 3; ++i) history.add();
  const auto reader = reader_of(*store);
  CHECK(value_of(reader->decision(3))->record == "r3");
  for (const std::int64_t none :
       {std::int64_t{-1}, std::int64_t{0}, std::int64_t{7}, std::numeric_limits<std::int64_t>::max()}) {
    CHECK_FALSE(value_of(reader->decision(none)));
  }
}

TEMPLATE_TEST_CASE("refusals that are only counted add up by kind and minute, and are listed the latest first", "",
                   Sqlite, Postgres) {
  const TestType engine;
  const auto store = open_shop(engine);
  for (int i = 0; i < 3; ++i) {
    Changes changes;
    changes.refusals = {refusal(noon, 1, "sold_out", 10), refusal(noon, 2, "sold_out", 1),
                        refusal(noon + i * minute, 1, "already_issued", 5)};
    store_changes(*store, changes);
  }
  const auto reader = reader_of(*store);
  const auto list = [&](const Reader::RefusalFilter& filter, std::int64_t before = 0, int limit = 10) {
    return texts(value_of(reader->refusals(filter, before, limit)));
  };
  const Texts all{"2 1 issue already_issued 5", "1 1 issue already_issued 5", "0 1 issue already_issued 5",
                  "0 2 issue sold_out 3", "0 1 issue sold_out 30"};
  CHECK(list({}) == all);
  CHECK(list({.campaign = 2}) == Texts{all[3]});
  CHECK(list({.campaign = 1, .code = "sold_out"}) == Texts{all[4]});
  CHECK(list({.hook = "redeem"}).empty());
  CHECK(list({.since = noon + minute - 1}) == all);
  CHECK(list({.since = noon + minute}) == Texts{all[0], all[1]});
  CHECK(list({.campaign = 1, .until = noon + 1}) == Texts{all[2], all[4]});
  CHECK(list({.until = noon}).empty());
  CHECK(list({.since = noon + day}).empty());
  const auto first = value_of(reader->refusals({}, 0, 2));
  CHECK(list({}, first.back().id, 2) == Texts{all[2], all[3]});
  check_no_drift(*store);

  Changes forget;
  forget.forget_refusals_before = noon + 2 * minute - 1;  // of which only the first has ended
  store_changes(*store, forget);
  CHECK(list({}) == Texts{all[0], all[1]});
}

TEMPLATE_TEST_CASE("verify finds counted refusals of nobody and of none", "", Sqlite, Postgres) {
  const TestType engine;
  const auto store = open_shop(engine);
  Changes changes;
  changes.refusals = {refusal(noon, 7, "sold_out", 10), refusal(noon, 1, "sold_out", 1)};
  store_changes(*store, changes);
  engine.execute(std::string("UPDATE refusal_count SET count = 0 WHERE ") +
                 (TestType::is_postgres ? "campaign_id" : "campaign") + " = 1");
  CHECK(value_of(store->verify({}, {}, {})).size() == 2);
}
