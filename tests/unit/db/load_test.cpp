#include <algorithm>
#include <catch2/catch.hpp>
#include <limits>

#include "engines.h"

using namespace scrip;

namespace {

constexpr std::int64_t no_others = std::numeric_limits<std::int64_t>::max();

// Campaign 1: serials 0-2 issued in order, 3, 4, 7 and 20 assigned by hand; three imported codes.
Changes some_taken() {
  Changes changes;
  for (std::int64_t serial = 0; serial < 3; ++serial) issue_next(changes, issued_coupon(1, serial, "mina"));
  for (const std::int64_t serial : {3, 4, 7, 20}) add_new(changes, issued_coupon(1, serial, "jo"));
  changes.tallies[1].issued += 4;
  changes.tallies[1].by_hand += 4;
  for (const std::int64_t serial : {-3, -1, -2}) add_new(changes, imported_coupon(1, serial, std::to_string(-serial)));
  changes.tallies[1].pooled += 3;
  return changes;
}

// Of campaign 1: those that a batch would give, from its ranges without those that are taken.
std::vector<std::int64_t> free_serials(const Loaded& loaded, std::int64_t wanted) {
  const auto& in_hand = loaded.in_hand.at(1);
  auto ranges = in_hand.ranges;
  if (ranges.empty()) ranges = {{loaded.tallies.at(1).next_serial, no_others}};
  std::vector<std::int64_t> free;
  for (const auto& range : ranges) {
    for (std::int64_t serial = range.first; serial < range.end && std::ssize(free) < wanted; ++serial) {
      REQUIRE(serial < in_hand.taken_below);
      if (!std::binary_search(in_hand.taken.begin(), in_hand.taken.end(), serial)) free.push_back(serial);
    }
  }
  return free;
}

}  // namespace

TEMPLATE_TEST_CASE("what has no row is loaded as nothing", "", Sqlite, Postgres) {
  const TestType engine;
  const auto store = open_shop(engine);
  const HoldingKey holding{1, "mina", std::nullopt};
  const HoldingKey subject_holding{1, "mina", "work:1"};
  const Loaded loaded = load_once(*store, {.tallies = {1, 1, 9},
                                           .in_hand = {{1, 5}},
                                           .holdings = {holding, subject_holding, holding},
                                           .coupons = {{1, 5}},
                                           .counters = {{1, "n"}},
                                           .idempotency = {{"shop", "k"}},
                                           .attributes = {"mina"},
                                           .logins = {"jo"}});
  CHECK(loaded.tallies.size() == 2);
  CHECK(loaded.tallies.at(1) == CampaignTally());
  CHECK(loaded.tallies.at(9) == CampaignTally());
  CHECK(loaded.in_hand.at(1).taken.empty());
  CHECK(loaded.in_hand.at(1).taken_below == no_others);
  CHECK(loaded.in_hand.at(1).pooled.empty());
  CHECK(loaded.holdings.size() == 2);
  CHECK(loaded.holdings.at(holding).issued == 0);
  CHECK(loaded.holdings.at(subject_holding).redeemed == 0);
  CHECK(loaded.coupons.at({1, 5}) == std::nullopt);
  CHECK(loaded.counters.at({1, "n"}) == 0);
  CHECK(loaded.idempotency.at({"shop", "k"}) == std::nullopt);
  CHECK(loaded.attributes.at("mina") == "{}");
  CHECK(loaded.users.at("jo") == std::nullopt);
}

TEMPLATE_TEST_CASE("a second load leaves alone what the batch has changed since the first", "", Sqlite, Postgres) {
  const TestType engine;
  const auto store = open_shop(engine);
  store_changes(*store, some_taken());
  const HoldingKey holding{1, "mina", std::nullopt};
  Wanted wanted{.tallies = {1},
                .in_hand = {{1, 1}},
                .holdings = {holding},
                .coupons = {{1, 0}, {1, 900}},
                .counters = {{1, "n"}},
                .idempotency = {{"shop", "k"}},
                .attributes = {"mina"},
                .logins = {"jo"}};
  Loaded loaded;
  require_ok(store->begin());
  if (TestType::is_postgres) {
    // What is fought over is locked from the first: a batch that comes to want it later is begun again.
    wanted.exact = {1, 2};
  }
  require_ok(store->load(wanted, loaded));
  CHECK(loaded.holdings.at(holding).issued == 3);
  loaded.tallies.at(1).issued = 100;
  loaded.in_hand.at(1).taken = {77};
  loaded.holdings.at(holding).issued = 100;
  loaded.coupons.at({1, 0})->user_id = "changed";
  loaded.coupons.at({1, 900}) = issued_coupon(1, 900, "new");
  loaded.counters.at({1, "n"}) = 100;
  loaded.idempotency.at({"shop", "k"}) = IdempotencyRecord{.status = 100};
  loaded.attributes.at("mina") = "changed";
  loaded.users.at("jo") = User{.login = "changed"};

  wanted.tallies.push_back(2);
  wanted.in_hand.emplace_back(2, 1);
  wanted.holdings.push_back({2, "mina", std::nullopt});
  wanted.coupons.push_back({1, 3});
  require_ok(store->load(wanted, loaded));
  store->rollback();
  CHECK(loaded.tallies.at(1).issued == 100);
  CHECK(loaded.in_hand.at(1).taken == std::vector<std::int64_t>{77});
  CHECK(loaded.holdings.at(holding).issued == 100);
  CHECK(loaded.coupons.at({1, 0})->user_id == "changed");
  CHECK(loaded.coupons.at({1, 900})->user_id == "new");
  CHECK(loaded.counters.at({1, "n"}) == 100);
  CHECK(loaded.idempotency.at({"shop", "k"})->status == 100);
  CHECK(loaded.attributes.at("mina") == "changed");
  CHECK(loaded.users.at("jo")->login == "changed");
  CHECK(loaded.tallies.contains(2));
  CHECK(loaded.in_hand.contains(2));
  CHECK(loaded.holdings.contains({2, "mina", std::nullopt}));
  CHECK(loaded.coupons.at({1, 3})->user_id == "jo");
}

TEST_CASE("in hand are the serials assigned by hand, until enough free ones lie between them") {
  const Sqlite engine;
  const auto store = open_shop(engine);
  store_changes(*store, some_taken());
  struct Row {
    std::vector<std::pair<std::int64_t, std::int64_t>> wanted;
    std::vector<std::int64_t> taken;
    std::int64_t taken_below;
    std::vector<std::string> pooled;
  };
  const std::vector<Row> table{
      {{{1, 1}}, {3, 4, 7}, 8, {"1/-1"}},  // 5 and 6 are free before 7
      {{{1, 2}}, {3, 4, 7}, 8, {"1/-1", "1/-2"}},
      {{{1, 3}}, {3, 4, 7, 20}, 21, {"1/-1", "1/-2", "1/-3"}},  // 5, 6 and 8
      {{{1, 1}, {1, 2}}, {3, 4, 7, 20}, 21, {"1/-1", "1/-2", "1/-3"}},
      {{{1, 500}}, {3, 4, 7, 20}, no_others, {"1/-1", "1/-2", "1/-3"}},
      {{{1, 0}}, {}, 3, {}},
  };
  for (const Row& row : table) {
    const Loaded loaded = load_once(*store, {.in_hand = row.wanted});
    REQUIRE(loaded.in_hand.size() == 1);
    CHECK(loaded.in_hand.at(1).taken == row.taken);
    CHECK(loaded.in_hand.at(1).taken_below == row.taken_below);
    CHECK(keys_of(loaded.in_hand.at(1).pooled) == row.pooled);
  }
}

TEMPLATE_TEST_CASE("what is in hand names enough serials that nobody has, the lowest first", "", Sqlite, Postgres) {
  const TestType engine;
  const auto store = open_shop(engine);
  store_changes(*store, some_taken());
  for (const std::int64_t wanted : {1, 2, 3, 10, 16, 500}) {
    CAPTURE(wanted);
    const Loaded loaded = load_once(*store, {.tallies = {1}, .in_hand = {{1, wanted}}});
    const auto free = free_serials(loaded, wanted);
    std::vector<std::int64_t> expected;
    for (std::int64_t serial = 5; std::ssize(expected) < wanted; ++serial) {
      if (serial != 7 && serial != 20) expected.push_back(serial);
    }
    CHECK(free == expected);
    CHECK(loaded.in_hand.at(1).pooled.size() == static_cast<std::size_t>(std::min<std::int64_t>(wanted, 3)));
  }
}

TEMPLATE_TEST_CASE("the pool gives the oldest imported coupon first, and never one that somebody holds", "", Sqlite,
                   Postgres) {
  const TestType engine;
  const auto store = open_shop(engine);
  Changes changes;
  for (const auto& [serial, created_at] : {std::pair{-1, 10}, {-2, 10}, {-3, 20}, {-4, 30}}) {
    Coupon coupon = imported_coupon(1, serial, std::to_string(serial));
    coupon.created_at = noon + created_at;
    add_new(changes, coupon);
    changes.tallies[1].pooled += 1;
  }
  add_new(changes, imported_coupon(2, -1, "other"));
  changes.tallies[2].pooled += 1;
  store_changes(*store, changes);
  CHECK(keys_of(load_once(*store, {.in_hand = {{1, 9}}}).in_hand.at(1).pooled) ==
        std::vector<std::string>{"1/-1", "1/-2", "1/-3", "1/-4"});

  Changes given;
  Coupon coupon = imported_coupon(1, -2, "-2");
  coupon.state = CouponState::issued;
  coupon.user_id = "mina";
  coupon.issued_at = noon;
  add_changed(given, coupon);
  given.tallies[1] = {.issued = 1, .pooled = -1};
  store_changes(*store, given);
  CHECK(keys_of(load_once(*store, {.in_hand = {{1, 2}}}).in_hand.at(1).pooled) ==
        std::vector<std::string>{"1/-1", "1/-3"});
}

TEMPLATE_TEST_CASE("a holding counts the user's coupons of the campaign, and of one subject when asked", "", Sqlite,
                   Postgres) {
  const TestType engine;
  const auto store = open_shop(engine);
  Changes changes;
  std::int64_t serial = 0;
  const auto add = [&](const char* user, std::optional<std::string> subject, CouponState state) {
    Coupon coupon = issued_coupon(1, serial++, user);
    coupon.subject = std::move(subject);
    coupon.state = state;
    if (state == CouponState::redeemed) coupon.redeemed_at = noon;
    add_new(changes, coupon);
  };
  add("mina", std::nullopt, CouponState::issued);
  add("mina", "work:1", CouponState::issued);
  add("mina", "work:1", CouponState::redeemed);
  add("mina", "work:2", CouponState::redeemed);
  add("jo", "work:1", CouponState::issued);
  Coupon nobodys = issued_coupon(1, serial++, "");
  nobodys.user_id.reset();
  add_new(changes, nobodys);
  add_new(changes, issued_coupon(2, 0, "mina"));
  store_changes(*store, changes);

  struct Row {
    HoldingKey key;
    std::int64_t issued, redeemed;
  };
  const std::vector<Row> table{
      {{1, "mina", std::nullopt}, 4, 2}, {{1, "mina", "work:1"}, 2, 1},   {{1, "mina", "work:2"}, 1, 1},
      {{1, "mina", "work:3"}, 0, 0},     {{1, "jo", std::nullopt}, 1, 0}, {{2, "mina", std::nullopt}, 1, 0},
      {{1, "", std::nullopt}, 0, 0},
  };
  Wanted wanted;
  for (const Row& row : table) wanted.holdings.push_back(row.key);
  const Loaded loaded = load_once(*store, wanted);
  const auto reader = reader_of(*store);
  for (const Row& row : table) {
    CAPTURE(row.key.user_id, row.key.campaign, describe(row.key.subject));
    CHECK(loaded.holdings.at(row.key).issued == row.issued);
    CHECK(loaded.holdings.at(row.key).redeemed == row.redeemed);
    CHECK(value_of(reader->holding(row.key)).issued == row.issued);
    CHECK(value_of(reader->holding(row.key)).redeemed == row.redeemed);
  }
}

TEST_CASE("what a batch has loaded stays true until its end, whoever else wants to write") {
  const TestFolder folder;
  const auto store = open_shop(folder.file("a.db"));
  SqliteOptions impatient;
  impatient.busy_timeout = std::chrono::milliseconds(0);
  const auto other = open_store(folder.file("a.db"), impatient);

  require_ok(store->begin());
  Loaded loaded;
  require_ok(store->load({.tallies = {1}}, loaded));
  const auto begun = other->begin();
  REQUIRE_FALSE(begun);
  CHECK(begun.error().code == Code::storage_unavailable);
  CHECK(begun.error().retry_after_s > 0);
  CHECK(begun.error().message.find("locked") != std::string::npos);
  store->rollback();

  Changes changes;
  changes.users = {{.login = "root", .password_hash = "x"}};
  store_changes(*other, changes);
  CHECK(load_once(*store, {.logins = {"root"}}).users.at("root"));
}
