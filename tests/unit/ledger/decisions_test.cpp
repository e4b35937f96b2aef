// Which decisions are recorded, which are only counted, and how long they are kept.
#include <map>

#include "counting_house.h"

namespace scrip::test {
namespace {

constexpr Micros keep = 10 * day;

std::vector<DecisionRow> recorded(CountingHouse& house) {
  auto reader = house.store->reader();
  REQUIRE(reader.ok());
  std::vector<DecisionRow> rows;
  std::int64_t next = 0;
  do {
    auto page = (*reader)->decisions({}, next, 1'000);
    REQUIRE(page.ok());
    rows.insert(rows.end(), page->rows.begin(), page->rows.end());
    next = page->next;
  } while (next != 0);
  return rows;
}

// code -> how many; "" for those that were allowed.
using Counts = std::map<std::string, std::int64_t>;

Counts recorded_codes(CountingHouse& house) {
  Counts counts;
  for (const DecisionRow& row : recorded(house)) ++counts[row.code];
  return counts;
}

std::vector<RefusalCount> counted(CountingHouse& house) {
  CHECK(!house.run(StoreCounted{}).error);
  auto reader = house.store->reader();
  REQUIRE(reader.ok());
  auto rows = (*reader)->refusals({}, 0, 1'000);
  REQUIRE(rows.ok());
  return *rows;
}

Counts counted_codes(CountingHouse& house) {
  Counts counts;
  for (const RefusalCount& row : counted(house)) counts[row.code] += row.count;
  return counts;
}

// As often from several threads at once; what each was answered.
Counts crowd(CountingHouse& house, std::int64_t campaign, int threads, int each, const std::string& user = "") {
  std::vector<std::thread> running;
  std::vector<Counts> answers(static_cast<std::size_t>(threads));
  for (int i = 0; i < threads; ++i) {
    running.emplace_back([&, i] {
      for (int k = 0; k < each; ++k) {
        const std::string name = user.empty() ? std::to_string(i) + "/" + std::to_string(k) : user;
        const Outcome outcome = house.issue(campaign, name);
        const std::string code = CountingHouse::code(outcome);
        ++answers[static_cast<std::size_t>(i)][code == "ok" ? "" : code];
      }
    });
  }
  for (std::thread& thread : running) thread.join();
  Counts all;
  for (const Counts& part : answers) {
    for (const auto& [code, count] : part) all[code] += count;
  }
  return all;
}

Counts sum(Counts one, const Counts& other) {
  for (const auto& [code, count] : other) one[code] += count;
  return one;
}

TEST_CASE("of a crowd that is refused every refusal is either recorded or counted") {
  CountingHouse house;
  const std::int64_t one = house.campaign("one", "one", 1'000);
  const std::int64_t few = house.campaign("few", "free", 5);
  Counts answers;
  for (int second_of = 0; second_of < 3; ++second_of) {
    answers = sum(answers, crowd(house, one, 8, 60, "mina"));
    answers = sum(answers, crowd(house, few, 8, 40));
    house.clock.advance(second);
  }
  CHECK(answers.at("already_issued") == 3 * 480 - 1);
  CHECK(answers.at("sold_out") == 3 * 320 - 5);
  const Counts of_record = recorded_codes(house);
  const Counts of_count = counted_codes(house);
  CHECK(sum(of_record, of_count) == answers);
  // A hundred a second of each kind.
  CHECK(of_record == Counts{{"", 6}, {"already_issued", 300}, {"sold_out", 300}});
  for (const RefusalCount& row : counted(house)) {
    CHECK(row.hook == "issue");
    CHECK(row.revision == 1);
    CHECK(row.minute % minute == 0);
    CHECK(row.campaign == (row.code == "sold_out" ? few : one));
  }
  CHECK(counted(house).size() == 2);
  house.check_books();
}

TEST_CASE("each campaign, hook and code of a second has a hundred of its own, and each revision its own count") {
  CountingHouse house({.recorded_refusals = 2});
  const std::int64_t one = house.campaign("one", "one", 1'000);
  const std::int64_t other = house.campaign("other", "one", 1'000);
  const Outcome given = house.issue(one, "mina");
  house.issue(other, "mina");
  const CouponKey key = given.claim.coupon.key;
  for (int i = 0; i < 5; ++i) {
    house.issue(one, "mina");
    house.issue(other, "mina");
    house.run(Cancel{.coupon = key});
    house.run(Assign{.coupon = key, .user_id = "jo", .subject = std::nullopt});
    if (i == 3) house.activate({{"scripts/one.lua", "return policy { name = \"one\", rules = {} }"}});
  }
  // With the second set "one" has no rules: the last round's issues are allowed.
  CHECK(recorded_codes(house) == Counts{{"", 4}, {"already_issued", 4}, {"not_redeemed", 2}, {"already_assigned", 2}});
  CHECK(counted_codes(house) == Counts{{"already_issued", 4}, {"not_redeemed", 3}, {"already_assigned", 3}});
  std::map<std::string, int> rows;
  for (const RefusalCount& row : counted(house)) ++rows[row.hook + " " + row.code];
  CHECK(rows == std::map<std::string, int>{
                    {"issue already_issued", 2}, {"cancel not_redeemed", 2}, {"issue already_assigned", 2}});
  house.clock.advance(second);
  house.run(Cancel{.coupon = key});
  CHECK(recorded_codes(house)["not_redeemed"] == 3);
}

TEST_CASE(
    "counted refusals are stored by the next commit, by a ledger that stops, and by one with nothing else to do") {
  CountingHouse house({.recorded_refusals = 1});
  const std::int64_t one = house.campaign("one", "one", 1'000);
  const auto stored = [&] {
    auto reader = house.store->reader();
    REQUIRE(reader.ok());
    auto rows = (*reader)->refusals({}, 0, 10);
    REQUIRE(rows.ok());
    std::int64_t all = 0;
    for (const RefusalCount& row : *rows) all += row.count;
    return all;
  };
  house.issue(one, "mina");
  for (int i = 0; i < 3; ++i) house.issue(one, "mina");
  house.issue(one, "jo");
  CHECK(stored() == 2);
  house.issue(one, "mina");
  const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (stored() < 3 && std::chrono::steady_clock::now() < patience) std::this_thread::yield();
  CHECK(stored() == 3);
  house.issue(one, "mina");
  house.ledger->stop();
  CHECK(stored() == 4);
}

TEST_CASE("what failed is recorded one by one however much of it there is") {
  CountingHouse house({.recorded_refusals = 2});
  const std::int64_t broken = house.campaign("broken", "broken", 1'000);
  for (int i = 0; i < 4; ++i) CHECK(CountingHouse::code(house.issue(broken, "mina")) == "policy_error");
  CHECK(recorded_codes(house) == Counts{{"policy_error", 4}});
  CHECK(counted(house).empty());
}

TEST_CASE("a refusal that is only counted has no decision, and the coupon's is not touched") {
  CountingHouse house({.recorded_refusals = 1});
  const std::int64_t one = house.campaign("one", "one", 1'000);
  const Outcome given = house.issue(one, "mina");
  CHECK(given.claim.decision == 1);
  CHECK(house.issue(one, "mina").claim.decision == 2);
  CHECK(house.issue(one, "mina").claim.decision == 0);
  CHECK(house.issue(one, "jo").claim.decision == 3);
}

TEST_CASE(
    "refusals that could not be stored are not recorded, and those that are only counted wait for the next commit") {
  CountingHouse house({.recorded_refusals = 2});
  const std::int64_t one = house.campaign("one", "one", 1'000);
  house.issue(one, "mina");
  Counts answers;
  Counts stored;
  for (int i = 0; i < 10; ++i) {
    if (i % 3 == 1) {
      house.store->fail(FaultStore::Step::commit, 1, 1'000);
      ++stored[CountingHouse::code(house.run(StoreCounted{}))];
    }
    ++answers[CountingHouse::code(house.issue(one, "mina"))];
    house.store->heal();
  }
  // The second was to be recorded; before it there was nothing to store.
  CHECK(answers == Counts{{"already_issued", 9}, {"storage_unavailable", 1}});
  CHECK(stored == Counts{{"ok", 1}, {"storage_unavailable", 2}});
  CHECK(sum(recorded_codes(house), counted_codes(house)) == Counts{{"", 1}, {"already_issued", 9}});
  house.check_books();
}

TEST_CASE("decisions are dropped when they are old, and the counters still add up before, meanwhile and after") {
  CountingHouse house({.keep_decisions = keep, .recorded_refusals = 3});
  const std::int64_t capped = house.campaign("capped", "capped", 1'000);
  const std::int64_t free = house.campaign("free", "free", 10'000);
  for (int i = 0; i < 5; ++i) house.issue(capped, "user " + std::to_string(i));
  for (int i = 0; i < 60; ++i) house.issue(free, "user " + std::to_string(i));
  CHECK(house.counter(capped, "cap") == 3);
  CHECK(recorded(house).size() == 65);
  house.check_books();

  house.clock.advance(keep);
  house.issue(free, "late");  // not old yet: just as old as is kept
  CHECK(recorded(house).size() == 66);
  house.clock.advance(1);
  std::size_t last = 66;
  for (int i = 0; i < 20; ++i) {
    // Each commit drops some; so does the ledger when it has nothing to do, hence no exact number.
    house.issue(free, "later " + std::to_string(i));
    const std::size_t now = recorded(house).size();
    CHECK(now <= last + 1);
    last = now;
    house.check_books();
  }
  for (const DecisionRow& row : recorded(house)) CHECK(row.at >= house.clock.now() - keep);
  CHECK(last == 21);
  CHECK(house.counter(capped, "cap") == 3);
  CHECK(CountingHouse::code(house.issue(capped, "one more")) == "capped");
}

TEST_CASE("with nothing else to do old decisions are dropped all the same") {
  CountingHouse house({.keep_decisions = keep});
  const std::int64_t free = house.campaign("free", "free", 1'000);
  for (int i = 0; i < 30; ++i) house.issue(free, "user " + std::to_string(i));
  house.ledger->stop();
  house.clock.advance(keep + 1);
  auto again = Ledger::open(*house.store, house.clock, {.keep_decisions = keep}, {});
  REQUIRE(again.ok());
  house.ledger = std::move(*again);
  house.ledger->start();
  const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (!recorded(house).empty() && std::chrono::steady_clock::now() < patience) std::this_thread::yield();
  CHECK(recorded(house).empty());
  house.check_books();
}

TEST_CASE("counted refusals go with the decisions of their time") {
  CountingHouse house({.keep_decisions = keep, .recorded_refusals = 1});
  const std::int64_t one = house.campaign("one", "one", 1'000);
  for (int i = 0; i < 5; ++i) house.issue(one, "mina");
  CHECK(counted_codes(house) == Counts{{"already_issued", 3}});
  house.clock.advance(keep + hour);
  house.issue(one, "jo");
  house.issue(one, "late");
  CHECK(counted(house).empty());
  house.check_books();
}

TEST_CASE("a server that keeps no decisions records none, and its counters still add up") {
  CountingHouse house({.keep_decisions = 0, .recorded_refusals = 1});
  const std::int64_t capped = house.campaign("capped", "capped", 1'000);
  for (int i = 0; i < 6; ++i) {
    const Outcome outcome = house.issue(capped, "user " + std::to_string(i));
    CHECK(outcome.claim.decision == 0);
    CHECK(outcome.claim.coupon.decision == 0);
  }
  CHECK(recorded(house).empty());
  CHECK(counted(house).empty());
  CHECK(house.counter(capped, "cap") == 3);
  CHECK(house.tally(capped).issued == 3);
  house.check_books();
}

TEST_CASE("recording may be ended and begun again on the same store") {
  CountingHouse house({.keep_decisions = std::nullopt});
  const std::int64_t capped = house.campaign("capped", "capped", 1'000);
  const Outcome given = house.issue(capped, "mina");
  const auto start_again = [&](std::optional<Micros> kept) {
    house.ledger->stop();
    auto again = Ledger::open(*house.store, house.clock, {.keep_decisions = kept}, {});
    REQUIRE(again.ok());
    house.ledger = std::move(*again);
    house.ledger->start();
    house.activate(rules());
  };
  start_again(0);
  house.clock.advance(1);
  house.issue(capped, "jo");
  const Outcome redeemed = house.run(Redeem{.coupon = given.claim.coupon.key, .order = std::nullopt});
  CHECK(!redeemed.error);
  CHECK(redeemed.claim.coupon.decision == 0);
  CHECK(recorded(house).empty());
  house.check_books();
  start_again(keep);
  const Outcome third = house.issue(capped, "kim");
  CHECK(third.claim.decision == 2);  // no id comes again
  CHECK(CountingHouse::code(house.issue(capped, "lee")) == "capped");
  CHECK(recorded_codes(house) == Counts{{"", 1}, {"capped", 1}});
  CHECK(house.counter(capped, "cap") == 3);
  house.check_books();
}

}  // namespace
}  // namespace scrip::test
