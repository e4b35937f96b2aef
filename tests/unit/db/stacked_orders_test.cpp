// Orders with several coupons, and what verify says of them.
#include <catch2/catch.hpp>

#include "engines.h"

using namespace scrip;

namespace {

const StackedOrder order{
    .id = "A-1", .amount = 20'000, .currency = "KRW", .redeemed_at = noon + 1, .parts = {{{1, 1}, 300}, {{1, 0}, 0}}};

// Two coupons that are redeemed on the order.
Changes sold() {
  Changes changes;
  for (const std::int64_t serial : {0, 1}) {
    Coupon coupon = issued_coupon(1, serial, "mina");
    coupon.state = CouponState::redeemed;
    coupon.redeemed_at = noon + 1;
    coupon.order_id = order.id;
    if (serial == 1) coupon.discount = Money{300, "KRW"};
    issue_next(changes, coupon);
  }
  changes.tallies[1].redeemed = 2;
  changes.stacked_orders[order.id] = order;
  return changes;
}

std::vector<std::string> verified(Store& store) {
  std::vector<std::string> texts;
  for (const Drift& drift : value_of(store.verify({}, {}, {}))) texts.push_back(drift.what);
  return texts;
}

using Texts = std::vector<std::string>;

}  // namespace

TEMPLATE_TEST_CASE("an order is read back with its coupons as they were applied, until it is dropped", "", Sqlite,
                   Postgres) {
  const TestType engine;
  const auto store = open_shop(engine);
  store_changes(*store, sold());
  CHECK(value_of(reader_of(*store)->stacked_order("A-1")) == order);
  CHECK(load_once(*store, {.stacked_orders = {"A-1", "A-2"}}).stacked_orders ==
        std::unordered_map<std::string, std::optional<StackedOrder>>{{"A-1", order}, {"A-2", std::nullopt}});
  CHECK(verified(*store).empty());

  Changes again;
  again.stacked_orders["A-1"] = order;
  again.stacked_orders["A-1"]->parts.pop_back();
  store_changes(*store, again);
  CHECK(value_of(reader_of(*store)->stacked_order("A-1"))->parts.size() == 1);

  Changes dropped;
  dropped.stacked_orders["A-1"] = std::nullopt;
  store_changes(*store, dropped);
  CHECK(!value_of(reader_of(*store)->stacked_order("A-1")));
  CHECK(verified(*store).empty());
}

TEMPLATE_TEST_CASE("verify finds orders whose coupons say otherwise", "", Sqlite, Postgres) {
  const auto [damage, expected] = GENERATE(table<std::string, Texts>({
      {"UPDATE stacked_order_coupon SET discount = 301 WHERE place = 0",
       {"order A-1: coupon 1 of campaign 1 has another discount"}},
      {"UPDATE coupon SET order_id = 'A-2' WHERE discount_amount = 300",
       {"order A-1: coupon 1 of campaign 1 is not redeemed on it"}},
      {TestType::is_postgres ? "UPDATE stacked_order_coupon SET serial = serial + 7 WHERE place = 1"
                             : "UPDATE stacked_order_coupon SET coupon = coupon + 7 WHERE place = 1",
       {"order A-1: coupon 7 of campaign 1 is not redeemed on it"}},
      {"DELETE FROM stacked_order",
       {"order A-1: coupon 1 of campaign 1 is of no order", "order A-1: coupon 0 of campaign 1 is of no order"}},
      {"DELETE FROM stacked_order_coupon", {"order A-1 has no coupon"}},
  }));
  const TestType engine;
  const auto store = open_shop(engine);
  store_changes(*store, sold());
  engine.execute(damage);
  INFO(damage);
  CHECK(verified(*store) == expected);
}
