// Several nodes on one database: what they give, count and redeem at the same time.
#include <atomic>
#include <catch2/catch.hpp>
#include <set>

#include "nodes.h"

using namespace scrip;

TEST_CASE("three nodes give a campaign's thousand coupons to a thousand users, each once, and nobody more") {
  const Postgres engine;
  const auto store = open_shop(engine);
  Complaints complaints;
  std::mutex mutex;
  std::multiset<std::int64_t> given;
  on_nodes(engine, 3, [&](Store& node, int number) {
    for (int batch = 0;; ++batch) {
      const auto user = [&](int i) {
        return "user " + std::to_string(number) + " " + std::to_string(batch) + " " + std::to_string(i);
      };
      std::vector<std::int64_t> serials;
      const auto done = run_batch(
          node, [&](Store& it, Changes& changes) { return claim(it, changes, 1 + batch % 9, user, serials); });
      if (!done) complaints.add(done.error().message);
      if (!done || !*done) return;
      const std::lock_guard lock(mutex);
      given.insert(serials.begin(), serials.end());
    }
  });
  CHECK(complaints.all() == nothing);
  CHECK(given.size() == 1'000);
  CHECK(std::set<std::int64_t>(given.begin(), given.end()).size() == 1'000);
  CHECK(value_of(reader_of(*store)->tally(1)).issued == 1'000);
  CHECK(verified(*store) == nothing);
}

TEST_CASE("a user who asks all nodes at once is given one coupon") {
  const Postgres engine;
  const auto store = open_shop(engine);
  Complaints complaints;
  std::atomic<int> given = 0;
  on_nodes(engine, 3, [&](Store& node, int) {
    for (int crowd = 0; crowd < 40; ++crowd) {
      // All nodes go through the same users, in batches of five of them.
      const auto user = [&](int i) { return "user " + std::to_string(crowd) + " " + std::to_string(i); };
      std::vector<std::int64_t> serials;
      const auto done =
          run_batch(node, [&](Store& it, Changes& changes) { return claim(it, changes, 5, user, serials); });
      if (!done) complaints.add(done.error().message);
      if (done && *done) given += static_cast<int>(serials.size());
    }
  });
  CHECK(complaints.all() == nothing);
  CHECK(given == 200);
  CHECK(value_of(reader_of(*store)->holding({1, "user 7 3", std::nullopt})).issued == 1);
  CHECK(verified(*store) == nothing);
}

TEST_CASE("a limit that a counter keeps holds over all nodes") {
  const Postgres engine;
  const auto store = open_shop(engine);
  Complaints complaints;
  std::atomic<int> counted = 0;
  on_nodes(engine, 3, [&](Store& node, int) {
    for (;;) {
      const auto done = run_batch(node, [&](Store& it, Changes& changes) -> Result<bool> {
        Loaded loaded;
        if (auto read = it.load({.counters = {{1, "window"}}}, loaded); !read) return read.error();
        const std::int64_t left = 100 - loaded.counters[{1, "window"}];
        if (left <= 0) return false;
        changes.counters[{1, "window"}] = std::min<std::int64_t>(left, 3);
        return true;
      });
      if (!done) complaints.add(done.error().message);
      if (!done || !*done) return;
      ++counted;
    }
  });
  CHECK(complaints.all() == nothing);
  CHECK(value_of(reader_of(*store)->counter({1, "window"})) == 100);
  CHECK(counted == 34);
}

TEST_CASE("of nodes that redeem the same coupon at once one does") {
  const Postgres engine;
  const auto store = open_shop(engine);
  Changes issue;
  for (std::int64_t serial = 0; serial < 30; ++serial) issue_next(issue, issued_coupon(1, serial, "mina"));
  store_changes(*store, issue);
  Complaints complaints;
  std::atomic<int> redeemed = 0;
  on_nodes(engine, 3, [&](Store& node, int) {
    for (std::int64_t serial = 0; serial < 30; ++serial) {
      const auto done = run_batch(node, [&](Store& it, Changes& changes) -> Result<bool> {
        Loaded loaded;
        if (auto read = it.load({.tallies = {1}, .coupons = {{1, serial}}}, loaded); !read) return read.error();
        Coupon coupon = loaded.coupons.at({1, serial}).value();
        if (coupon.state == CouponState::redeemed) return false;
        coupon.state = CouponState::redeemed;
        coupon.redeemed_at = noon;
        add_changed(changes, coupon);
        changes.tallies[1].redeemed = 1;
        return true;
      });
      if (!done) complaints.add(done.error().message);
      if (done && *done) ++redeemed;
    }
  });
  CHECK(complaints.all() == nothing);
  CHECK(redeemed == 30);
  CHECK(value_of(reader_of(*store)->holding({1, "mina", std::nullopt})).redeemed == 30);
  CHECK(verified(*store) == nothing);
}

TEST_CASE("an answer under a key is stored once, whichever node is asked") {
  const Postgres engine;
  const auto store = open_shop(engine);
  Complaints complaints;
  std::atomic<int> stored = 0;
  on_nodes(engine, 3, [&](Store& node, int number) {
    for (int i = 0; i < 30; ++i) {
      const IdempotencyKey key{"shop", "key " + std::to_string(i)};
      const auto done = run_batch(node, [&](Store& it, Changes& changes) -> Result<bool> {
        Loaded loaded;
        if (auto read = it.load({.idempotency = {key}}, loaded); !read) return read.error();
        if (loaded.idempotency.at(key)) return false;
        changes.idempotency.push_back({.key = key, .status = 200 + number, .body = "{}", .created_at = noon});
        return true;
      });
      if (!done) complaints.add(done.error().message);
      if (done && *done) ++stored;
    }
  });
  CHECK(complaints.all() == nothing);
  CHECK(stored == 30);
}

TEST_CASE("what a node has leased is given by the others when it has stopped") {
  const Postgres engine;
  const auto store = open_shop(engine);
  std::vector<std::int64_t> serials;
  const auto one = [](int) { return std::string("mina"); };
  {
    // It leases a share with its first coupon.
    const auto node = engine.open();
    REQUIRE(
        value_of(run_batch(*node, [&](Store& it, Changes& changes) { return claim(it, changes, 1, one, serials); })));
    require_ok(node->checkpoint());
  }
  std::int64_t given = 1;
  for (int batch = 0;; ++batch) {
    const auto user = [&](int i) { return std::to_string(batch) + " " + std::to_string(i); };
    const bool more =
        value_of(run_batch(*store, [&](Store& it, Changes& changes) { return claim(it, changes, 50, user, serials); }));
    if (!more) break;
    given += std::ssize(serials);
  }
  CHECK(given == 1'000);
  CHECK(verified(*store) == nothing);
}

TEST_CASE("nodes that count what others go by do not wait in a circle") {
  const Postgres engine;
  {
    const auto store = open_shop(engine);
    Changes both;
    both.counters = {{{1, "a"}, 1}, {{1, "b"}, 1}};
    store_changes(*store, both);
    Complaints complaints;
    on_nodes(engine, 2, [&](Store& node, int number) {
      for (int batch = 0; batch < 60; ++batch) {
        const auto user = [&](int) { return "user " + std::to_string(number) + " " + std::to_string(batch); };
        std::vector<std::int64_t> serials;
        const auto done = run_batch(node, [&](Store& it, Changes& changes) -> Result<bool> {
          auto claimed = claim(it, changes, 1, user, serials);
          if (!claimed) return claimed;
          Loaded loaded;
          if (auto read = it.load({.counters = {{1, "a"}, {1, "b"}}}, loaded); !read) return read.error();
          changes.counters[{1, number == 0 ? "a" : "b"}] = 1;
          return true;
        });
        if (!done) complaints.add(done.error().message);
      }
    });
    CHECK(complaints.all() == nothing);
    CHECK(value_of(reader_of(*store)->counter({1, "a"})) == 61);
    CHECK(value_of(reader_of(*store)->counter({1, "b"})) == 61);
    CHECK(verified(*store) == nothing);
  }
  CHECK(engine.text("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()") == "0");
}

TEST_CASE("that a campaign is sold out nodes find at the same time, each without waiting for the others") {
  const Postgres engine;
  const auto first = open_shop(engine);
  Changes changes;
  Campaign campaign = sample_campaign(1);
  campaign.version = 2;
  campaign.total = 3;
  changes.campaigns = {campaign};
  for (std::int64_t serial = 0; serial < 3; ++serial) issue_next(changes, issued_coupon(1, serial, "mina"));
  store_changes(*first, changes);
  const auto second = engine.open();
  const Wanted claim_two{.tallies = {1}, .in_hand = {{1, 2}}, .holdings = {{1, "jo", std::nullopt}}};
  for (Store* store : {first.get(), second.get()}) {
    Loaded loaded;
    require_ok(store->begin());
    require_ok(store->load(claim_two, loaded));
    CHECK(loaded.tallies[1].issued == 3);
    CHECK(loaded.estimated.contains(1));
    // Nothing of the campaign is there to be given.
    for (const Loaded::SerialRange& range : loaded.in_hand[1].ranges) CHECK(range.first == range.end);
    CHECK_FALSE(loaded.in_hand[1].ranges.empty());
  }
  first->rollback();
  second->rollback();
}

TEST_CASE("counters that rules ask for one by one come with the first load, once they were asked for before") {
  const Postgres engine;
  const auto store = open_shop(engine);
  Changes changes;
  changes.counters = {{{1, "issued:day"}, 5}, {{1, "issued:u:mina@2026-11-22"}, 1}, {{1, "issued:u:jo@2026-11-22"}, 2}};
  // By another: who has counted them has asked for them.
  const auto other = engine.open();
  store_changes(*other, changes);
  // What a batch of one claim is told, and whether it could be told without asking the database again.
  const auto counted = [&](const std::string& user, bool asks_again) {
    Loaded loaded;
    require_ok(store->begin());
    require_ok(store->load({.tallies = {1}, .holdings = {{1, user, std::nullopt}}}, loaded));
    // Nobody but a batch that asks again sees it.
    Changes more;
    more.counters = {{{1, "issued:day"}, 1}};
    store_changes(*other, more);
    const CounterKey shared{1, "issued:day"};
    const CounterKey own{1, "issued:u:" + user + "@2026-11-22"};
    require_ok(store->load({.counters = {shared}}, loaded));
    require_ok(store->load({.counters = {own}}, loaded));
    store->rollback();
    const std::int64_t now = value_of(reader_of(*store)->counter(shared));
    CHECK(loaded.counters.at(shared) == (asks_again ? now : now - 1));
    return loaded.counters.at(own);
  };
  CHECK(counted("mina", true) == 1);
  CHECK(counted("jo", false) == 2);
  CHECK(counted("nobody", false) == 0);
}

TEST_CASE("what was foreseen and changes before the batch is stored is a conflict only for who has gone by it") {
  const Postgres engine;
  const auto store = open_shop(engine);
  const auto other = engine.open();
  Changes counting;
  counting.counters = {{{1, "issued:day"}, 1}};
  store_changes(*store, counting);
  const auto claim_one = [&](const std::string& user, bool goes_by_it) {
    Loaded loaded;
    require_ok(store->begin());
    require_ok(store->load({.tallies = {1}, .in_hand = {{1, 1}}, .holdings = {{1, user, std::nullopt}}}, loaded));
    if (goes_by_it) require_ok(store->load({.counters = {{1, "issued:day"}}}, loaded));
    if (loaded.estimated.contains(1)) store_changes(*other, counting);
    Changes changes;
    issue_next(changes, issued_coupon(1, loaded.in_hand[1].ranges.front().first, user));
    return store->commit(changes);
  };
  // The first has the campaign alone, to divide its stock.
  require_ok(claim_one("a", true));
  require_ok(claim_one("b", false));
  const auto fought_over = claim_one("c", true);
  REQUIRE_FALSE(fought_over);
  CHECK(fought_over.error().code == Code::storage_conflict);
}
