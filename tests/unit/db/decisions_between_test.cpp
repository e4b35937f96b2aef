#include <catch2/catch.hpp>

#include "engines.h"

using namespace scrip;

namespace {

constexpr int per_batch = 600;  // more than two blocks

DecisionRow decision(std::int64_t id, Micros at, std::int64_t campaign) {
  return {.id = id, .at = at, .campaign = campaign, .revision = 1, .record = "r" + std::to_string(id)};
}

// Three batches, a minute apart; the second is of campaign 2, the others of campaign 1.
template <class Engine>
std::unique_ptr<Store> open_history(const Engine& engine) {
  auto store = open_shop(engine);
  std::int64_t id = 0;
  for (int batch = 0; batch < 3; ++batch) {
    Changes changes;
    for (int i = 0; i < per_batch; ++i)
      changes.decisions.push_back(decision(++id, noon + batch * minute, batch == 1 ? 2 : 1));
    store_changes(*store, changes);
  }
  return store;
}

// All ids of the wanted campaign after `after`, read in ranges of a size.
std::vector<std::int64_t> walk(Reader& reader, std::int64_t after, std::optional<std::int64_t> campaign, int size) {
  std::vector<std::int64_t> ids;
  for (; after < 3 * per_batch; after += size) {
    for (const DecisionRow& row : value_of(reader.decisions_between(after, after + size, campaign))) {
      CHECK(row.record == "r" + std::to_string(row.id));
      ids.push_back(row.id);
    }
  }
  return ids;
}

std::vector<std::int64_t> range(std::int64_t first, std::int64_t last) {
  std::vector<std::int64_t> ids;
  for (std::int64_t id = first; id <= last; ++id) ids.push_back(id);
  return ids;
}

}  // namespace

TEMPLATE_TEST_CASE("decisions are read from the oldest on, each once, whatever the size of a range", "", Sqlite,
                   Postgres) {
  const TestType engine;
  const auto store = open_history(engine);
  const auto reader = reader_of(*store);
  // Around the size of SQLite's blocks, and far from it.
  for (const int size : {97, 255, 256, 257, 10'000}) {
    CHECK(walk(*reader, 0, std::nullopt, size) == range(1, 3 * per_batch));
    CHECK(walk(*reader, 300, std::nullopt, size) == range(301, 3 * per_batch));
    CHECK(walk(*reader, 3 * per_batch, std::nullopt, size).empty());
    CHECK(walk(*reader, 0, 2, size) == range(per_batch + 1, 2 * per_batch));
    CHECK(walk(*reader, 700, 2, size) == range(701, 2 * per_batch));
    CHECK(walk(*reader, 2 * per_batch, 2, size).empty());
    CHECK(walk(*reader, 0, 7, size).empty());
  }
}

TEMPLATE_TEST_CASE("the decision before an instant is found", "", Sqlite, Postgres) {
  const TestType engine;
  const auto store = open_history(engine);
  const auto reader = reader_of(*store);
  const std::vector<std::pair<Micros, std::int64_t>> cases{{noon - minute, 0},
                                                           {noon, 0},
                                                           {noon + 1, per_batch},
                                                           {noon + minute, per_batch},
                                                           {noon + minute + 1, 2 * per_batch},
                                                           {noon + 2 * minute, 2 * per_batch},
                                                           {noon + hour, 3 * per_batch}};
  for (const auto& [at, before] : cases) CHECK(value_of(reader->decision_before(at)) == before);

  const TestType empty;
  CHECK(value_of(reader_of(*open_shop(empty))->decision_before(noon)) == 0);
}

TEMPLATE_TEST_CASE("each definition that a campaign had is kept, also those that one commit passes through", "", Sqlite,
                   Postgres) {
  const TestType engine;
  const auto store = open_shop(engine);
  Changes changes;
  Campaign campaign = sample_campaign(1);
  for (campaign.version = 2; campaign.version <= 4; ++campaign.version) {
    campaign.total = 1'000 * campaign.version;
    changes.campaigns.push_back(campaign);
  }
  store_changes(*store, changes);
  const auto reader = reader_of(*store);
  for (std::int64_t version = 1; version <= 4; ++version) {
    const auto kept = value_of(reader->campaign_version(1, version));
    REQUIRE(kept);
    CHECK(kept->version == version);
    CHECK(kept->total == 1'000 * version);
  }
  CHECK_FALSE(value_of(reader->campaign_version(1, 5)));
  CHECK_FALSE(value_of(reader->campaign_version(9, 1)));
  CHECK(value_of(store->definitions()).campaigns.front().version == 4);
}

TEMPLATE_TEST_CASE("decisions on both sides of a clock that was set back are found by their instants", "", Sqlite,
                   Postgres) {
  const TestType engine;
  auto store = open_shop(engine);
  // Batches of a block and a bit, at these minutes; one of them is set back within itself.
  constexpr int size = 300;
  std::vector<Micros> instants;  // by id
  const auto add = [&](std::vector<Micros> minutes) {
    Changes changes;
    for (const Micros at : minutes) {
      for (int i = 0; i < size; ++i) {
        instants.push_back(noon + at * minute);
        changes.decisions.push_back(decision(std::ssize(instants), instants.back(), 1));
      }
    }
    store_changes(*store, changes);
  };
  // What a walk through pages finds, newest first, and what there is.
  const auto check = [&](std::int64_t oldest) {
    const auto reader = reader_of(*store);
    for (Micros since = -1; since <= 8; ++since) {
      for (Micros until = since; until <= 8; ++until) {
        CAPTURE(since, until);
        std::vector<std::int64_t> expected;
        for (std::int64_t id = std::ssize(instants); id >= oldest; --id) {
          const Micros at = instants[static_cast<std::size_t>(id - 1)];
          if (at >= noon + since * minute && at < noon + until * minute) expected.push_back(id);
        }
        std::vector<std::int64_t> found;
        std::int64_t before = 0;
        do {
          const auto page = value_of(
              reader->decisions({.since = noon + since * minute, .until = noon + until * minute}, before, 500));
          for (const DecisionRow& row : page.rows) found.push_back(row.id);
          before = page.next;
        } while (before != 0);
        REQUIRE(found == expected);
        if (expected.empty()) continue;
        CHECK(value_of(reader->decision_before(noon + since * minute)) < expected.back());
        CHECK(value_of(reader->last_decision_before(noon + until * minute)) >= expected.front());
      }
    }
  };
  for (const Micros at : {0, 1, 4}) add({at});
  check(1);
  add({2});
  check(1);
  add({2, 1, 3});
  add({6});
  store.reset();
  store = engine.open();
  check(1);
  add({7});
  check(1);
  // With the decisions before the last turn the doubt goes, too.
  // A bounded number goes at a time.
  for (int time = 0; time < 2; ++time) {
    Changes changes;
    changes.drop_decisions_to = 7 * size;
    store_changes(*store, changes);
  }
  check(7 * size + 1);
  const auto reader = reader_of(*store);
  CHECK(value_of(reader->decision_before(noon + 3 * minute)) == 7 * size);
  CHECK(value_of(reader->decision_before(noon + 7 * minute)) == 8 * size);
}

TEST_CASE("a batch that was rolled back leaves no trace in the order of decisions") {
  const Sqlite engine;
  auto store = open_shop(engine);
  const auto add = [](std::int64_t id, Micros at) {
    Changes changes;
    changes.decisions.push_back(decision(id, at, 1));
    return changes;
  };
  const auto turn = [&] { return engine.text("SELECT value FROM setting WHERE name = 'decision_turn'"); };
  const std::string none = turn();
  Changes first = add(1, noon);
  first.decisions.push_back(decision(2, noon, 1));
  store_changes(*store, first);
  {
    Changes failing = add(3, noon + hour);
    failing.drop_decisions_to = 1;  // a part of a block; dropped after the decision is added
    REQUIRE(store->begin());
    REQUIRE_FALSE(store->commit(failing));
  }
  store_changes(*store, add(3, noon + minute));
  CHECK(turn() == none);
  // While a clock that was set back is noticed, also when that was before the store was opened.
  store_changes(*store, add(4, noon));
  CHECK(turn() == "4");
  store.reset();
  store = engine.open();
  store_changes(*store, add(5, noon - minute));
  CHECK(turn() == "5");
}
