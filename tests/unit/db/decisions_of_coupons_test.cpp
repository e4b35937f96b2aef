#include <catch2/catch.hpp>

#include "engines.h"

using namespace scrip;

namespace {

using Ids = std::vector<std::int64_t>;

// Coupon 0 of campaign 1, mina's.
constexpr CouponKey key{1, 0};

void decide(Changes& changes, std::int64_t id, std::optional<std::int64_t> serial = key.serial) {
  changes.decisions.push_back(
      {.id = id, .at = noon, .campaign = key.campaign, .serial = serial, .user_id = "mina", .revision = 0});
}

void put(Changes& changes, std::int64_t decision, bool is_new) {
  Coupon coupon = issued_coupon(key.campaign, key.serial, "mina");
  coupon.decision = decision;
  if (is_new) {
    issue_next(changes, coupon);
  } else {
    changes.coupons[key] = {.coupon = coupon, .is_new = false};
  }
}

Ids ids_of(const std::vector<DecisionRow>& rows) {
  Ids ids;
  for (const DecisionRow& row : rows) ids.push_back(row.id);
  return ids;
}

void check(Store& store, const Ids& on_coupon, const Ids& for_user) {
  const auto reader = reader_of(store);
  CHECK(ids_of(value_of(reader->decisions({.coupon = key}, 0, 100)).rows) == on_coupon);
  CHECK(ids_of(value_of(reader->decisions({.user_id = "mina"}, 0, 100)).rows) == for_user);
  CHECK(value_of(store.verify({}, {}, {})).empty());
}

}  // namespace

TEMPLATE_TEST_CASE("a decision is found by its coupon's row, and still when the row names a later one", "", Sqlite,
                   Postgres) {
  const TestType engine;
  const auto store = open_shop(engine);
  Changes issue;
  decide(issue, 1);
  put(issue, 1, true);
  store_changes(*store, issue);
  check(*store, {1}, {1});

  Changes refusal;  // of a redemption: the row goes on naming the first
  decide(refusal, 2);
  decide(refusal, 3, std::nullopt);  // and of a claim, on no coupon
  store_changes(*store, refusal);
  check(*store, {2, 1}, {3, 2, 1});

  Changes redemption;
  decide(redemption, 4);
  put(redemption, 4, false);
  store_changes(*store, redemption);
  check(*store, {4, 2, 1}, {4, 3, 2, 1});

  Changes both;  // cancelled and redeemed again, in one commit
  decide(both, 5);
  decide(both, 6);
  put(both, 6, false);
  store_changes(*store, both);
  check(*store, {6, 5, 4, 2, 1}, {6, 5, 4, 3, 2, 1});
  const auto reader = reader_of(*store);
  CHECK(ids_of(value_of(reader->decisions({.user_id = "mina"}, 5, 2)).rows) == Ids{4, 3});
}

TEMPLATE_TEST_CASE("of a coupon that is issued and used in one commit both decisions are found", "", Sqlite, Postgres) {
  const TestType engine;
  const auto store = open_shop(engine);
  Changes changes;
  decide(changes, 1);
  decide(changes, 2);
  put(changes, 2, true);
  store_changes(*store, changes);
  check(*store, {2, 1}, {2, 1});
}

TEST_CASE("verify finds a coupon that names another's decision") {
  const TestFolder folder;
  const auto store = open_shop(folder.file("a.db"));
  Changes changes;
  decide(changes, 1);
  decide(changes, 2, 7);
  put(changes, 2, true);
  store_changes(*store, changes);
  CHECK(!value_of(store->verify({}, {}, {})).empty());
}
