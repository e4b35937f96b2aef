// Several nodes on one database: what they tell each other, and what one of them at a time does.
#include <catch2/catch.hpp>
#include <set>

#include "nodes.h"

using namespace scrip;

TEST_CASE("a node learns what another has defined, and two that define the same are in conflict") {
  const Postgres engine;
  const auto first = open_shop(engine);
  const auto second = engine.open();
  CHECK(second->shared());
  CHECK(value_of(second->definitions()).campaigns.size() == 2);
  CHECK_FALSE(value_of(second->changed_definitions()));

  Changes changes;
  changes.campaigns = {sample_campaign(3)};
  store_changes(*first, changes);
  const auto changed = value_of(second->changed_definitions());
  REQUIRE(changed);
  CHECK(changed->campaigns.size() == 3);
  CHECK_FALSE(value_of(second->changed_definitions()));

  const auto doubled = try_changes(*second, changes);
  REQUIRE_FALSE(doubled);
  CHECK(doubled.error().code == Code::storage_conflict);
  CHECK(value_of(first->definitions()).campaigns.size() == 3);

  // A batch that goes by what was defined before is decided again.
  Changes more;
  more.campaigns = {sample_campaign(4)};
  store_changes(*first, more);
  Loaded loaded;
  require_ok(second->begin());
  const auto read = second->load({.tallies = {1}}, loaded);
  REQUIRE_FALSE(read);
  CHECK(read.error().code == Code::storage_conflict);
  second->rollback();
  REQUIRE(value_of(second->changed_definitions()));
  require_ok(second->begin());
  require_ok(second->load({.tallies = {1}}, loaded));
  second->rollback();
}

TEST_CASE("a batch that loads nothing is told of what others have defined, too, if not at once") {
  const Postgres engine;
  const auto first = open_shop(engine);
  const auto second = engine.open();
  value_of(second->definitions());
  Changes changes;
  changes.campaigns = {sample_campaign(3)};
  store_changes(*first, changes);
  std::optional<Definitions> changed;
  for (int batch = 0; !changed && batch < 1'000'000; ++batch) {
    require_ok(second->begin());
    changed = value_of(second->changed_definitions());
    second->rollback();
  }
  REQUIRE(changed);
  CHECK(changed->campaigns.size() == 3);
}

TEST_CASE("ids of decisions grow, and no two nodes give the same") {
  const Postgres engine;
  const auto first = open_shop(engine);
  const auto second = engine.open();
  std::set<std::int64_t> ids;
  for (Store* store : {first.get(), second.get()}) {
    std::int64_t last = value_of(store->last_decision());
    for (int i = 0; i < 20'000; ++i) {
      const std::int64_t next = store->decision_after(last);
      REQUIRE(next > last);
      last = next;
      ids.insert(last);
    }
    CHECK(last < (std::int64_t{1} << 53));
  }
  CHECK(ids.size() == 40'000);
}

TEST_CASE("a job is one node's, until its time is over or the node is gone") {
  const Postgres engine;
  const auto first = open_shop(engine);
  const auto second = engine.open();
  CHECK(value_of(first->lead("reminders", hour)));
  CHECK(value_of(first->lead("reminders", hour)));
  CHECK_FALSE(value_of(second->lead("reminders", hour)));
  CHECK(value_of(second->lead("retention", hour)));
  CHECK_FALSE(value_of(first->lead("retention", hour)));
  engine.execute("UPDATE job SET ends_at = 1");
  CHECK(value_of(second->lead("reminders", hour)));
  CHECK_FALSE(value_of(first->lead("reminders", hour)));
}

TEST_CASE("an event is one node's to deliver, and another's when that was given up") {
  const Postgres engine;
  const auto first = open_shop(engine);
  const auto second = engine.open();
  Changes changes;
  for (int i = 0; i < 5; ++i) changes.events.push_back({.at = noon, .data = "{}", .recorded_at = noon});
  store_changes(*first, changes);
  std::set<std::int64_t> ids;
  const auto take = [&](Store& store, Micros now, int limit) {
    std::size_t count = 0;
    for (const Event& event : value_of(store.take_due_events(now, now + minute, limit))) {
      ids.insert(event.id);
      ++count;
    }
    return count;
  };
  CHECK(take(*first, noon - 1, 10) == 0);
  CHECK(take(*first, noon, 3) == 3);
  CHECK(take(*second, noon, 10) == 2);
  CHECK(ids.size() == 5);
  CHECK(take(*first, noon + minute - 1, 10) == 0);
  CHECK(take(*second, noon + minute, 10) == 5);
  CHECK(ids.size() == 5);
}

TEST_CASE("an import is running for others when the node that reads the file is gone") {
  const Postgres engine;
  const auto other = open_shop(engine);
  {
    const auto node = engine.open();
    Changes changes;
    changes.imports["a"] = {.job = {.id = "a", .campaign = 1}, .is_new = true, .errors = {}};
    store_changes(*node, changes);
    CHECK(value_of(reader_of(*other)->running_imports()).empty());
    CHECK(value_of(reader_of(*other)->import_job("a"))->state == ImportState::running);
  }
  // As when it was not seen for a minute: it may not have had the time to say good-bye.
  engine.execute("UPDATE node SET seen_at = seen_at - 61000000 WHERE id <> 0");
  CHECK(value_of(reader_of(*other)->running_imports()).size() == 1);
}

TEST_CASE(
    "the pages of a file raise a campaign's total, and only nodes that touch it are told before the file has ended") {
  const Postgres engine;
  const auto importing = open_shop(engine);
  const auto other = engine.open();
  Campaign campaign = sample_campaign(1);
  ImportJob job{.id = "a", .campaign = 1};
  // The first coupon that is ever imported is news for all.
  for (std::int64_t page = 0; page < 4; ++page) {
    Changes changes;
    changes.imports["a"] = {.job = job, .is_new = page == 0, .errors = {}};
    const std::int64_t serial = -1 - page;
    add_new(changes, imported_coupon(1, serial, "CODE" + std::to_string(page)));
    changes.tallies[1].pooled = 1;
    ++campaign.version;
    ++*campaign.total;
    changes.campaigns = {campaign};
    store_changes(*importing, changes);
    if (page == 0) REQUIRE(value_of(other->changed_definitions()));
  }
  CHECK_FALSE(value_of(other->changed_definitions()));
  load_once(*other, {.tallies = {2}});

  Loaded loaded;
  require_ok(other->begin());
  CHECK(other->load({.tallies = {1}}, loaded).error().code == Code::storage_conflict);
  other->rollback();
  const auto changed = value_of(other->changed_definitions());
  REQUIRE(changed);
  CHECK(changed->campaigns.front().total == 1'004);
  CHECK(changed->campaigns.front().version == 5);
  load_once(*other, {.tallies = {1}});

  job.state = ImportState::done;
  Changes end;
  end.imports["a"] = {.job = job, .is_new = false, .errors = {}};
  store_changes(*importing, end);
  CHECK(value_of(other->changed_definitions()));
  CHECK(verified(*other) == nothing);
}
