// Holds as the store keeps them.
#include <catch2/catch.hpp>

#include "engines.h"

using namespace scrip;

namespace {

Hold hold_of(std::int64_t serial, const std::string& user, Micros expires_at) {
  return {.coupon = {1, serial},
          .key = "hold-" + std::to_string(serial),
          .held_at = noon,
          .expires_at = expires_at,
          .user_id = user,
          .subject = "work:1",
          .order = Money{2'000, "KRW"},
          .order_id = "o-1",
          .discount = Money{300, "KRW"},
          .counts = {{"budget", 300}, {std::string("n\0b", 3), -1}},
          .decision = 7};
}

void put(Changes& changes, const Hold& hold) {
  Coupon coupon = issued_coupon(1, hold.coupon.serial, *hold.user_id);
  coupon.subject = hold.subject;
  issue_next(changes, coupon);
  changes.holds[hold.coupon] = hold;
  changes.tallies[1].held += 1;
}

}  // namespace

TEMPLATE_TEST_CASE("a hold comes back as it was stored, to a batch and to a reader, and is gone when it is dropped", "",
                   Sqlite, Postgres) {
  const TestType engine;
  const auto store = open_shop(engine);
  const Hold full = hold_of(0, "mina", noon + hour);
  Hold bare{.coupon = {1, 1}, .redeemed = true, .held_at = noon, .expires_at = noon + 1, .user_id = "mina"};
  Changes changes;
  put(changes, full);
  put(changes, bare);
  store_changes(*store, changes);
  CHECK(value_of(reader_of(*store)->hold({1, 0})) == full);
  CHECK(value_of(reader_of(*store)->hold({1, 1})) == bare);
  CHECK(!value_of(reader_of(*store)->hold({1, 2})));
  const Loaded loaded = load_once(*store, {.holds = {{1, 0}, {1, 2}}});
  CHECK(loaded.holds.at({1, 0}) == full);
  CHECK(loaded.holds.at({1, 2}) == std::nullopt);

  Changes dropping;
  dropping.holds[{1, 0}] = std::nullopt;
  dropping.tallies[1].held = -1;
  store_changes(*store, dropping);
  CHECK(!value_of(reader_of(*store)->hold({1, 0})));
  CHECK(value_of(reader_of(*store)->tally(1)).held == 1);
}

TEMPLATE_TEST_CASE("a coupon that is redeemed through its hold is counted once", "", Sqlite, Postgres) {
  const TestType engine;
  const auto store = open_shop(engine);
  Changes changes;
  Hold hold = hold_of(0, "mina", noon + hour);
  put(changes, hold);
  hold.decision = 0;
  changes.holds[{1, 0}] = hold;
  store_changes(*store, changes);
  CHECK(value_of(store->verify({}, {}, {})).empty());

  Changes redeeming;
  Coupon coupon = value_of(reader_of(*store)->coupon({1, 0})).value();
  coupon.state = CouponState::redeemed;
  coupon.redeemed_at = noon + 1;
  add_changed(redeeming, coupon);
  redeeming.tallies[1].redeemed = 1;
  redeeming.tallies[1].held = -1;
  hold.redeemed = true;
  hold.key.clear();
  redeeming.holds[{1, 0}] = hold;
  store_changes(*store, redeeming);
  const auto reader = reader_of(*store);
  CHECK(value_of(reader->hold({1, 0})) == hold);
  CHECK(value_of(reader->holding({1, "mina", std::nullopt})).redeemed == 1);
  CHECK(value_of(reader->tally(1)).held == 0);
  CHECK(value_of(store->definitions()).hold_end == std::nullopt);
  CHECK(value_of(store->verify({}, {}, {})).empty());
}

TEMPLATE_TEST_CASE("a coupon that is held counts as redeemed by its user, also for its subject", "", Sqlite, Postgres) {
  const TestType engine;
  const auto store = open_shop(engine);
  Changes changes;
  put(changes, hold_of(0, "mina", noon + hour));
  put(changes, hold_of(1, "jo", noon + hour));
  store_changes(*store, changes);
  const HoldingKey all{1, "mina", std::nullopt};
  const HoldingKey subject{1, "mina", "work:1"};
  const HoldingKey other{1, "mina", "work:2"};
  const auto reader = reader_of(*store);
  const Loaded loaded = load_once(*store, {.holdings = {all, subject, other}});
  for (const HoldingKey& key : {all, subject}) {
    CHECK(value_of(reader->holding(key)).redeemed == 1);
    CHECK(loaded.holdings.at(key).redeemed == 1);
  }
  CHECK(value_of(reader->holding(other)).redeemed == 0);
  CHECK(loaded.holdings.at(other).redeemed == 0);
  // Who knows that none is in force does not look; where both are kept as one sum, it costs nothing.
  CHECK(load_once(*store, {.holdings = {all}, .some_are_held = false}).holdings.at(all).redeemed ==
        (TestType::is_postgres ? 1 : 0));
}

TEMPLATE_TEST_CASE("holds that are over are found in the order of their ends, and what ends next is told", "", Sqlite,
                   Postgres) {
  const TestType engine;
  const auto store = open_shop(engine);
  CHECK(!value_of(store->definitions()).has_holds);
  Changes changes;
  put(changes, hold_of(0, "mina", noon + 2));
  put(changes, hold_of(1, "mina", noon + 1));
  put(changes, hold_of(2, "mina", noon + 3));
  store_changes(*store, changes);
  const Definitions definitions = value_of(store->definitions());
  CHECK(definitions.has_holds);
  CHECK(definitions.hold_end == noon + 1);

  const Loaded none = load_once(*store, {.holds_over = noon});
  CHECK(none.holds_over.empty());
  CHECK(none.hold_end == noon + 1);
  const Loaded two = load_once(*store, {.holds_over = noon + 2});
  CHECK(two.holds_over == std::vector<CouponKey>{{1, 1}, {1, 0}});
  CHECK(two.hold_end == noon + 3);
  CHECK(two.holds.at({1, 0})->key == "hold-0");
  const Loaded all = load_once(*store, {.holds_over = noon + 3});
  CHECK(all.holds_over.size() == 3);
  CHECK(!all.hold_end);
}

TEMPLATE_TEST_CASE("what a hold has counted is refused when it cannot be read", "", Sqlite, Postgres) {
  const TestType engine;
  const auto store = open_shop(engine);
  Changes changes;
  put(changes, hold_of(0, "mina", noon + hour));
  store_changes(*store, changes);
  engine.execute(TestType::is_postgres ? "UPDATE hold SET counts = decode('05', 'hex')"
                                       : "UPDATE hold SET counts = x'05'");
  CHECK(reader_of(*store)->hold({1, 0}).error().code == Code::internal);
}
