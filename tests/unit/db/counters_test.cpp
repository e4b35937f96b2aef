// The rows of counters, and the end of those that have one.
#include <catch2/catch.hpp>
#include <map>

#include "engines.h"

using namespace scrip;

namespace {

std::map<std::string, std::int64_t> counters_of(Store& store) {
  std::map<std::string, std::int64_t> found;
  value_of(
      store.verify({}, {}, [&](const CounterKey& key, std::int64_t value, std::int64_t) { found[key.name] = value; }));
  return found;
}

void forget(Store& store, const std::string& before) {
  Changes changes;
  changes.forget_counters_before = before;
  store_changes(store, changes);
}

using Counts = std::map<std::string, std::int64_t>;

}  // namespace

TEMPLATE_TEST_CASE("counters whose last day is over are dropped, and no others", "", Sqlite, Postgres) {
  const TestType engine;
  const auto store = open_shop(engine);
  Changes changes;
  for (const char* name : {"all", "window:2026-11-19", "day@2026-11-19", "day@2026-11-20", "day@2026-11-21",
                           "odd@2026-11-19 ", "short@2026-1-19"}) {
    changes.counters[{1, name}] = 1;
  }
  changes.counters[{2, "day@2026-11-19"}] = 5;
  store_changes(*store, changes);
  CHECK(value_of(store->counters_over_before()).empty());

  forget(*store, "2026-11-20");
  CHECK(counters_of(*store) == Counts{{"all", 1},
                                      {"window:2026-11-19", 1},
                                      {"day@2026-11-20", 1},
                                      {"day@2026-11-21", 1},
                                      {"odd@2026-11-19 ", 1},
                                      {"short@2026-1-19", 1}});
  CHECK(value_of(store->counters_over_before()) == "2026-11-20");
}

TEMPLATE_TEST_CASE("what is counted in the commit that drops is kept, unless it is over itself", "", Sqlite, Postgres) {
  const TestType engine;
  const auto store = open_shop(engine);
  Changes changes;
  changes.counters[{1, "day@2026-11-19"}] = 1;
  changes.counters[{1, "day@2026-11-20"}] = 1;
  changes.forget_counters_before = "2026-11-20";
  store_changes(*store, changes);
  CHECK(counters_of(*store) == Counts{{"day@2026-11-20", 1}});
}

TEMPLATE_TEST_CASE("the day before which counters may be gone only moves on", "", Sqlite, Postgres) {
  const TestType engine;
  const auto store = open_shop(engine);
  forget(*store, "2026-11-20");
  forget(*store, "2026-10-01");  // the clock was set back
  CHECK(value_of(store->counters_over_before()) == "2026-11-20");
  forget(*store, "2027-01-01");
  CHECK(value_of(store->counters_over_before()) == "2027-01-01");
}

TEMPLATE_TEST_CASE("a commit drops a bounded number of counters, the oldest first, and the next ones the rest", "",
                   Sqlite, Postgres) {
  const TestType engine;
  const auto store = open_shop(engine);
  constexpr int users = 1'200;
  Changes changes;
  for (int i = 0; i < users; ++i) {
    changes.counters[{1, "u" + std::to_string(i) + (i % 2 == 0 ? "@2026-11-01" : "@2026-11-02")}] = 1;
  }
  store_changes(*store, changes);
  forget(*store, "2026-11-20");
  const Counts left = counters_of(*store);
  CHECK(left.size() == 200);
  for (const auto& [name, value] : left) CHECK(name.ends_with("@2026-11-02"));
  forget(*store, "2026-11-20");
  CHECK(counters_of(*store).empty());
}

TEMPLATE_TEST_CASE("a counter that is counted again after its end starts anew, and goes again", "", Sqlite, Postgres) {
  const TestType engine;
  const auto store = open_shop(engine);
  Changes changes;
  changes.counters[{1, "day@2026-11-01"}] = 7;
  store_changes(*store, changes);
  forget(*store, "2026-11-20");
  changes.counters[{1, "day@2026-11-01"}] = 2;
  store_changes(*store, changes);
  CHECK(counters_of(*store) == Counts{{"day@2026-11-01", 2}});
  forget(*store, "2026-11-20");
  CHECK(counters_of(*store).empty());
}
