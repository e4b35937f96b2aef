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
