#include <algorithm>
#include <catch2/catch.hpp>

#include "engines.h"

using namespace scrip;

namespace {

using Keys = std::vector<std::string>;

}  // namespace

TEMPLATE_TEST_CASE("a campaign's rows are listed by serial from a given one, imported ones first", "", Sqlite,
                   Postgres) {
  const TestType engine;
  const auto store = open_shop(engine);
  Changes changes;
  for (const std::int64_t serial : {0, 1, 5, 9}) add_new(changes, issued_coupon(1, serial, "mina"));
  add_new(changes, imported_coupon(1, -1, "a"));
  add_new(changes, imported_coupon(1, -2, "b"));
  add_new(changes, issued_coupon(2, 0, "mina"));
  store_changes(*store, changes);
  const auto reader = reader_of(*store);
  constexpr std::int64_t first = std::numeric_limits<std::int64_t>::min();
  CHECK(keys_of(value_of(reader->coupons(1, first, 3))) == Keys{"1/-2", "1/-1", "1/0"});
  CHECK(keys_of(value_of(reader->coupons(1, 1, 10))) == Keys{"1/1", "1/5", "1/9"});
  CHECK(keys_of(value_of(reader->coupons(1, 6, 10))) == Keys{"1/9"});
  CHECK(value_of(reader->coupons(1, 10, 10)).empty());
  CHECK(value_of(reader->coupons(1, 0, 0)).empty());
  CHECK(value_of(reader->coupons(3, first, 10)).empty());
}

TEMPLATE_TEST_CASE("an imported coupon is found by its code however it was written", "", Sqlite, Postgres) {
  const TestType engine;
  const auto store = open_shop(engine);
  Changes changes;
  add_new(changes, imported_coupon(1, -1, "Partner-2026_x"));
  add_new(changes, issued_coupon(1, 0, "mina"));
  store_changes(*store, changes);
  const auto reader = reader_of(*store);
  const auto found = value_of(reader->imported(normalize_code("partner 2026.X")));
  REQUIRE(found);
  CHECK(found->key == CouponKey{1, -1});
  CHECK(found->imported_code == "Partner-2026_x");
  CHECK_FALSE(value_of(reader->imported("PARTNER")));
  CHECK_FALSE(value_of(reader->imported("")));
}

TEMPLATE_TEST_CASE("accounts are listed by login, page by page", "", Sqlite, Postgres) {
  const TestType engine;
  const auto store = engine.open();
  Changes changes;
  for (const char* login : {"c", "a", "B", "d", "\xED\x95\x9C"}) {
    changes.users.push_back({.login = login, .password_hash = "x"});
  }
  store_changes(*store, changes);
  const auto reader = reader_of(*store);
  const auto logins = [&](const std::string& after, int limit) {
    Keys found;
    for (const User& user : value_of(reader->users(after, limit))) found.push_back(user.login);
    return found;
  };
  CHECK(logins("", 3) == Keys{"B", "a", "c"});
  CHECK(logins("c", 3) == Keys{"d", "\xED\x95\x9C"});
  CHECK(logins("\xED\x95\x9C", 3).empty());
}

TEMPLATE_TEST_CASE("coupons that expire in an interval are listed by expiry, unused ones only", "", Sqlite, Postgres) {
  const TestType engine;
  const auto store = open_shop(engine);
  Changes changes;
  const auto add = [&](std::int64_t campaign, std::int64_t serial, std::optional<Micros> expires_at,
                       CouponState state = CouponState::issued) {
    Coupon coupon = issued_coupon(campaign, serial, "mina");
    coupon.expires_at = expires_at;
    coupon.state = state;
    add_new(changes, coupon);
  };
  add(1, 0, noon + 5);
  add(1, 1, noon);
  add(1, 2, noon + 5);
  add(2, 0, noon + 5);
  add(2, 1, noon + 4, CouponState::redeemed);
  add(2, 2, std::nullopt);
  add(2, 3, noon + 9);
  Coupon pooled = imported_coupon(1, -1, "p");  // imported with an expiry, held by nobody
  pooled.expires_at = noon + 5;
  add_new(changes, pooled);
  store_changes(*store, changes);

  const auto reader = reader_of(*store);
  const Keys all{"1/1", "1/0", "1/2", "2/0", "2/3"};
  CHECK(keys_of(value_of(reader->expiring(noon, noon + 10, std::nullopt, 10))) == all);
  CHECK(keys_of(value_of(reader->expiring(noon + 1, noon + 9, std::nullopt, 10))) == Keys{"1/0", "1/2", "2/0"});
  CHECK(value_of(reader->expiring(noon + 6, noon + 9, std::nullopt, 10)).empty());
  CHECK(keys_of(value_of(reader->expiring(0, latest_instant, std::nullopt, 2))) == Keys{"1/1", "1/0"});
  // A cursor from before the interval does not widen it.
  CHECK(keys_of(value_of(reader->expiring(noon + 5, noon + 9, Reader::ByExpiry{noon, {1, 1}}, 10))) ==
        Keys{"1/0", "1/2", "2/0"});

  for (int limit = 1; limit <= 6; ++limit) {
    Keys paged;
    std::optional<Reader::ByExpiry> after;
    for (;;) {
      const auto page = value_of(reader->expiring(noon, noon + 10, after, limit));
      if (page.empty()) break;
      for (const std::string& key : keys_of(page)) paged.push_back(key);
      after = Reader::ByExpiry{*page.back().expires_at, page.back().key};
    }
    CHECK(paged == all);
  }

  Changes redeemed;
  Coupon coupon = issued_coupon(1, 0, "mina");
  coupon.expires_at = noon + 5;
  coupon.state = CouponState::redeemed;
  coupon.redeemed_at = noon;
  add_changed(redeemed, coupon);
  store_changes(*store, redeemed);
  CHECK(keys_of(value_of(reader->expiring(noon, noon + 10, std::nullopt, 10))) == Keys{"1/1", "1/2", "2/0", "2/3"});
}

TEMPLATE_TEST_CASE("decisions are listed newest first by user, by campaign, by coupon, and by all of them", "", Sqlite,
                   Postgres) {
  const TestType engine;
  const auto store = open_shop(engine);
  struct Row {
    std::int64_t campaign;
    std::optional<std::int64_t> serial;
    std::optional<std::string> user_id;
  };
  const std::vector<Row> rows{{1, 0, "mina"}, {1, std::nullopt, "mina"}, {1, 0, "jo"},
                              {2, 0, "mina"}, {2, std::nullopt, {}},     {1, 1, "mina"},
                              {1, -1, "mina"}};
  Changes changes;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto id = static_cast<std::int64_t>(i + 1);
    changes.decisions.push_back({.id = id,
                                 .at = noon + id,
                                 .campaign = rows[i].campaign,
                                 .serial = rows[i].serial,
                                 .user_id = rows[i].user_id});
  }
  store_changes(*store, changes);
  const auto reader = reader_of(*store);
  for (const auto& user : {std::optional<std::string>(), {"mina"}, {"jo"}, {"nobody"}}) {
    for (const auto& campaign : {std::optional<std::int64_t>(), {1}, {2}, {3}}) {
      for (const auto& coupon : {std::optional<CouponKey>(), {{1, 0}}, {{1, -1}}, {{2, 5}}}) {
        CAPTURE(describe(user), describe(campaign), coupon ? coupon->serial : -99);
        std::vector<std::int64_t> expected;
        for (std::size_t i = rows.size(); i-- > 0;) {
          const Row& row = rows[i];
          if (user && row.user_id != user) continue;
          if (campaign && row.campaign != *campaign) continue;
          if (coupon && (row.campaign != coupon->campaign || row.serial != coupon->serial)) continue;
          expected.push_back(static_cast<std::int64_t>(i + 1));
        }
        for (int limit = 1; limit <= 8; limit += 7) {
          std::vector<std::int64_t> ids;
          std::int64_t before = 0;
          for (;;) {
            const auto page =
                value_of(reader->decisions({.user_id = user, .campaign = campaign, .coupon = coupon}, before, limit))
                    .rows;
            CHECK(page.size() <= static_cast<std::size_t>(limit));
            if (page.empty()) break;
            for (const DecisionRow& row : page) ids.push_back(row.id);
            before = ids.back();
          }
          CHECK(ids == expected);
        }
      }
    }
  }
}

TEMPLATE_TEST_CASE("a reader outlives its store", "", Sqlite, Postgres) {
  const TestType engine;
  std::unique_ptr<Reader> reader;
  {
    const auto store = open_shop(engine);
    reader = reader_of(*store);
  }
  CHECK(value_of(reader->tally(1)) == CampaignTally());
}
