// Counters that end with a day: dropped by the ledger, and no drift before, meanwhile and after.
#include "counting_house.h"

using namespace scrip;
using namespace scrip::test;

namespace {

// Three a user and day, and one for all days.
std::vector<PolicyFile> daily_rules() {
  return {
      {"plugins/daily.lua", R"(local function name(facts)
  local t = local_time("UTC", facts.now)
  return string.format("day:u:%s@%04d-%02d-%02d", facts.user.id, t.year, t.month, t.day)
end
return plugin {
  name = "daily", version = "1.0.0", doc = "Three a day.",
  counters = function(p, facts) return { name(facts) } end,
  issue = function(p, facts)
    if facts.counter[name(facts)] >= 3 then return deny("daily", "No more today.") end
    return effect { count = { [name(facts)] = 1, all = 1 } }
  end,
})"},
      {"scripts/daily.lua", "return policy { name = \"daily\", rules = { daily {} } }"},
  };
}

// The first commit of a ledger drops what is over.
void reopen(CountingHouse& house) {
  house.ledger->stop();
  auto reopened = Ledger::open(*house.store, house.clock, {}, {});
  REQUIRE(reopened.ok());
  house.ledger = std::move(*reopened);
  house.ledger->start();
  REQUIRE(!house.activate(daily_rules()).error);
}

}  // namespace

TEST_CASE("a counter whose day is over is dropped, and nothing has drifted") {
  CountingHouse house({}, false);
  REQUIRE(!house.activate(daily_rules()).error);
  const std::int64_t campaign = house.campaign("summer", "daily", 100);
  for (int i = 0; i < 3; ++i) CHECK(CountingHouse::code(house.issue(campaign, "mina")) == "ok");
  CHECK(CountingHouse::code(house.issue(campaign, "mina")) == "daily");
  CHECK(house.counter(campaign, "day:u:mina@2026-11-21") == 3);
  house.check_books();

  // Two days are over, and a day that nobody's clock shows any more.
  house.clock.advance(3 * day);
  reopen(house);
  CHECK(house.counter(campaign, "day:u:mina@2026-11-21") == 0);
  CHECK(house.counter(campaign, "all") == 3);
  house.check_books();

  CHECK(CountingHouse::code(house.issue(campaign, "mina")) == "ok");
  CHECK(house.counter(campaign, "day:u:mina@2026-11-24") == 1);
  CHECK(house.counter(campaign, "all") == 4);
  house.check_books();
}

TEST_CASE("a counter of yesterday is kept: somewhere it is still that day") {
  CountingHouse house({}, false);
  REQUIRE(!house.activate(daily_rules()).error);
  const std::int64_t campaign = house.campaign("summer", "daily", 100);
  CHECK(CountingHouse::code(house.issue(campaign, "mina")) == "ok");
  house.clock.advance(day);
  reopen(house);
  CHECK(house.counter(campaign, "day:u:mina@2026-11-21") == 1);
  house.check_books();
}

TEST_CASE("verify still finds a counter that has drifted and is not over") {
  CountingHouse house({}, false);
  REQUIRE(!house.activate(daily_rules()).error);
  const std::int64_t campaign = house.campaign("summer", "daily", 100);
  CHECK(CountingHouse::code(house.issue(campaign, "mina")) == "ok");
  Changes slip;
  slip.counters[{campaign, "day:u:mina@2026-11-21"}] = 1;
  house.ledger->stop();
  REQUIRE(house.engine->begin().ok());
  REQUIRE(house.engine->commit(slip).ok());
  const auto drift = verify(*house.store, nullptr);
  REQUIRE(drift.ok());
  REQUIRE(drift->size() == 1);
  CHECK(drift->front().what == "campaign number 1: counter day:u:mina@2026-11-21");
  CHECK(drift->front().stored == 2);
  CHECK(drift->front().counted == 1);
}
