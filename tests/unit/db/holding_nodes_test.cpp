// Several nodes on one database that hold, redeem and end the same coupons, and redeem on the same orders, at once.
#include <atomic>
#include <catch2/catch.hpp>

#include "nodes.h"

using namespace scrip;

namespace {

constexpr std::int64_t coupons = 30;

std::string key_of(std::int64_t serial) {
  return "hold-" + std::to_string(serial);
}

Result<bool> hold(Store& store, Changes& changes, std::int64_t serial) {
  Loaded loaded;
  const CouponKey key{1, serial};
  if (auto read = store.load({.tallies = {1}, .coupons = {key}, .holds = {key}}, loaded); !read) return read.error();
  const Coupon& coupon = loaded.coupons.at(key).value();
  if (coupon.state == CouponState::redeemed || loaded.holds.at(key)) return false;
  changes.holds[key] =
      Hold{.coupon = key, .key = key_of(serial), .held_at = noon, .expires_at = noon + 1, .user_id = coupon.user_id};
  changes.tallies[1].held = 1;
  return true;
}

// With its hold or, of one that is not held, without.
Result<bool> redeem(Store& store, Changes& changes, std::int64_t serial, bool held) {
  Loaded loaded;
  const CouponKey key{1, serial};
  if (auto read = store.load({.tallies = {1}, .coupons = {key}, .holds = {key}}, loaded); !read) return read.error();
  Coupon coupon = loaded.coupons.at(key).value();
  std::optional<Hold> of = loaded.holds.at(key);
  if (coupon.state == CouponState::redeemed || of.has_value() != held || (of && of->key != key_of(serial)))
    return false;
  coupon.state = CouponState::redeemed;
  coupon.redeemed_at = noon;
  add_changed(changes, coupon);
  changes.tallies[1].redeemed = 1;
  if (!of) return true;
  of->redeemed = true;
  of->key.clear();
  changes.holds[key] = of;
  changes.tallies[1].held = -1;
  return true;
}

// Those that are over, as the ledger does: their coupons are loaded when they are known.
Result<bool> end_holds(Store& store, Changes& changes) {
  Loaded loaded;
  if (auto read = store.load({.holds_over = noon + 1}, loaded); !read) return read.error();
  Wanted wanted{.tallies = {1}, .coupons = loaded.holds_over};
  if (auto read = store.load(wanted, loaded); !read) return read.error();
  for (const CouponKey& key : loaded.holds_over) {
    changes.holds[key] = std::nullopt;
    changes.tallies[1].held -= 1;
  }
  return !loaded.holds_over.empty();
}

// All coupons of the order, or none.
Result<bool> redeem_order(Store& store, Changes& changes, const std::string& id,
                          const std::vector<std::int64_t>& serials) {
  Loaded loaded;
  Wanted wanted{.tallies = {1}, .stacked_orders = {id}};
  for (const std::int64_t serial : serials) wanted.coupons.push_back({1, serial});
  if (auto read = store.load(wanted, loaded); !read) return read.error();
  if (loaded.stacked_orders.at(id)) return false;
  StackedOrder order{.id = id, .amount = 1'000, .currency = "KRW", .redeemed_at = noon, .parts = {}};
  for (const std::int64_t serial : serials) {
    Coupon coupon = loaded.coupons.at({1, serial}).value();
    if (coupon.state == CouponState::redeemed) return false;
    coupon.state = CouponState::redeemed;
    coupon.redeemed_at = noon;
    coupon.order_id = id;
    add_changed(changes, coupon);
    changes.tallies[1].redeemed += 1;
    order.parts.push_back({{1, serial}, 0});
  }
  changes.stacked_orders[id] = order;
  return true;
}

void issue(Store& store) {
  Changes changes;
  for (std::int64_t serial = 0; serial < 2 * coupons; ++serial) issue_next(changes, issued_coupon(1, serial, "mina"));
  store_changes(store, changes);
}

void hold_all(Store& store) {
  for (std::int64_t serial = 0; serial < coupons; ++serial) {
    REQUIRE(value_of(run_batch(store, [&](Store& it, Changes& changes) { return hold(it, changes, serial); })));
  }
}

using Step = std::function<Result<bool>(Store&, Changes&, int node, std::int64_t serial)>;

// Each node goes through all coupons. How many of the steps were stored.
int count_stored(const Postgres& engine, Complaints& complaints, const Step& step) {
  std::atomic<int> stored = 0;
  on_nodes(engine, 3, [&](Store& node, int number) {
    for (std::int64_t serial = 0; serial < coupons; ++serial) {
      const auto done = run_batch(node, [&](Store& it, Changes& changes) { return step(it, changes, number, serial); });
      if (!done) complaints.add(done.error().message);
      if (done && *done) ++stored;
    }
  });
  return stored;
}

}  // namespace

TEST_CASE("of nodes that hold the same coupon at once one does") {
  const Postgres engine;
  const auto store = open_shop(engine);
  issue(*store);
  Complaints complaints;
  CHECK(count_stored(engine, complaints, [](Store& it, Changes& changes, int, std::int64_t serial) {
          return hold(it, changes, serial);
        }) == coupons);
  CHECK(complaints.all() == nothing);
  CHECK(value_of(reader_of(*store)->holding({1, "mina", std::nullopt})).redeemed == coupons);
  CHECK(value_of(reader_of(*store)->tally(1)).held == coupons);
  CHECK(verified(*store) == nothing);
}

TEST_CASE("of nodes that hold a coupon and one that redeems it without, one does") {
  const Postgres engine;
  const auto store = open_shop(engine);
  issue(*store);
  Complaints complaints;
  CHECK(count_stored(engine, complaints, [](Store& it, Changes& changes, int node, std::int64_t serial) {
          return node == 0 ? redeem(it, changes, serial, false) : hold(it, changes, serial);
        }) == coupons);
  CHECK(complaints.all() == nothing);
  const CampaignTally tally = value_of(reader_of(*store)->tally(1));
  CHECK(tally.held + tally.redeemed == coupons);
  CHECK(value_of(reader_of(*store)->holding({1, "mina", std::nullopt})).redeemed == coupons);
  CHECK(verified(*store) == nothing);
}

TEST_CASE("a hold that one node made is redeemed with its key by one of the others") {
  const Postgres engine;
  const auto store = open_shop(engine);
  issue(*store);
  hold_all(*store);
  Complaints complaints;
  CHECK(count_stored(engine, complaints, [](Store& it, Changes& changes, int, std::int64_t serial) {
          return redeem(it, changes, serial, true);
        }) == coupons);
  CHECK(complaints.all() == nothing);
  const CampaignTally tally = value_of(reader_of(*store)->tally(1));
  CHECK(tally.held == 0);
  CHECK(tally.redeemed == coupons);
  CHECK(verified(*store) == nothing);
}

TEST_CASE("holds that are over are ended once, whichever nodes end them, and not when they were redeemed before") {
  const Postgres engine;
  const auto store = open_shop(engine);
  issue(*store);
  hold_all(*store);
  Complaints complaints;
  const int batches = count_stored(engine, complaints, [](Store& it, Changes& changes, int node, std::int64_t serial) {
    if (node == 0) return redeem(it, changes, serial, true);
    return end_holds(it, changes);
  });
  CHECK(complaints.all() == nothing);
  CHECK(batches > 0);
  const CampaignTally tally = value_of(reader_of(*store)->tally(1));
  CHECK(tally.held == 0);
  CHECK(value_of(reader_of(*store)->holding({1, "mina", std::nullopt})).redeemed == tally.redeemed);
  CHECK(verified(*store) == nothing);
}

TEST_CASE("of nodes whose orders have one coupon in common one redeems, and the others' coupons stay") {
  const Postgres engine;
  const auto store = open_shop(engine);
  issue(*store);
  Complaints complaints;
  constexpr std::int64_t rounds = 10;
  CHECK(
      count_stored(engine, complaints, [](Store& it, Changes& changes, int node, std::int64_t serial) -> Result<bool> {
        if (serial >= rounds) return false;
        const std::string id = "order " + std::to_string(node) + " " + std::to_string(serial);
        return redeem_order(it, changes, id, {4 * serial, 4 * serial + 1 + node});
      }) == rounds);
  CHECK(complaints.all() == nothing);
  CHECK(value_of(reader_of(*store)->tally(1)).redeemed == 2 * rounds);
  CHECK(verified(*store) == nothing);
}

TEST_CASE("of nodes that redeem other coupons on the same order at once one does") {
  const Postgres engine;
  const auto store = open_shop(engine);
  issue(*store);
  Complaints complaints;
  constexpr std::int64_t rounds = 10;
  CHECK(
      count_stored(engine, complaints, [](Store& it, Changes& changes, int node, std::int64_t serial) -> Result<bool> {
        if (serial >= rounds) return false;
        const std::int64_t first = 6 * serial + 2 * node;
        return redeem_order(it, changes, "order " + std::to_string(serial), {first, first + 1});
      }) == rounds);
  CHECK(complaints.all() == nothing);
  CHECK(value_of(reader_of(*store)->tally(1)).redeemed == 2 * rounds);
  CHECK(verified(*store) == nothing);
}

TEST_CASE("of two nodes that look for holds that are over each finds those that the other is not ending") {
  const Postgres engine;
  const auto first = open_shop(engine);
  issue(*first);
  for (const std::int64_t serial : {0, 1, 2}) {
    REQUIRE(value_of(run_batch(*first, [&](Store& it, Changes& changes) { return hold(it, changes, serial); })));
  }
  const auto second = engine.open();
  const Wanted over{.holds_over = noon + 1};
  Loaded ending;
  require_ok(first->begin());
  require_ok(first->load(over, ending));
  CHECK(ending.holds_over.size() == 3);

  // Not even waited for; but who wants such a coupon has to see what becomes of it.
  Loaded meanwhile;
  require_ok(second->begin());
  require_ok(second->load(over, meanwhile));
  CHECK(meanwhile.holds_over.empty());
  CHECK_FALSE(meanwhile.hold_end);
  second->rollback();
  require_ok(second->begin());
  Loaded wanting;
  const auto read = second->load({.coupons = {{1, 1}}, .holds = {{1, 1}}, .holds_over = noon + 1}, wanting);
  REQUIRE_FALSE(read);
  CHECK(read.error().code == Code::storage_conflict);
  second->rollback();

  first->rollback();
  CHECK(load_once(*second, over).holds_over.size() == 3);
}

TEST_CASE("nodes that hold each other's coupons while they redeem their own do not wait in a circle") {
  const Postgres engine;
  {
    const auto store = open_shop(engine);
    issue(*store);
    Complaints complaints;
    // One redeems the even ones and holds the odd ones, the other does it the other way about; who comes first has
    // both.
    CHECK(
        count_stored(engine, complaints, [](Store& it, Changes& changes, int node, std::int64_t pair) -> Result<bool> {
          if (node == 2) return false;
          const std::int64_t mine = 2 * pair + node;
          const auto held = hold(it, changes, 2 * pair + 1 - node);
          if (!held || !*held) return held;
          return redeem(it, changes, mine, false);
        }) == coupons);
    CHECK(complaints.all() == nothing);
    const CampaignTally tally = value_of(reader_of(*store)->tally(1));
    CHECK(tally.held == coupons);
    CHECK(tally.redeemed == coupons);
    CHECK(verified(*store) == nothing);
  }
  CHECK(engine.text("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()") == "0");
}
