#include <algorithm>
#include <catch2/catch.hpp>
#include <random>

#include "engines.h"
#include "statement_watch.h"

using namespace scrip;

namespace {

Reader::ByExpiry place_of(const Coupon& coupon) {
  return {.expires_at = coupon.expires_at.value_or(latest_instant + 1), .key = coupon.key};
}

bool comes_first(const Coupon& a, const Coupon& b) {
  const auto left = place_of(a);
  const auto right = place_of(b);
  return left.expires_at != right.expires_at ? left.expires_at > right.expires_at : left.key < right.key;
}

std::vector<std::string> all_pages(Reader& reader, const std::string& user_id, int limit) {
  std::vector<std::string> keys;
  std::optional<Reader::ByExpiry> after;
  for (;;) {
    const auto page = value_of(reader.coupons_of(user_id, after, limit));
    REQUIRE(page.size() <= static_cast<std::size_t>(limit));
    if (page.empty()) return keys;
    for (const std::string& key : keys_of(page)) keys.push_back(key);
    after = place_of(page.back());
  }
}

}  // namespace

TEMPLATE_TEST_CASE("a user's coupons are listed latest expiry first, those that never expire before all", "", Sqlite,
                   Postgres) {
  const TestType engine;
  const auto store = open_shop(engine);
  Changes changes;
  const auto add = [&](std::int64_t campaign, std::int64_t serial, std::optional<Micros> expires_at,
                       const char* user_id = "mina") {
    Coupon coupon = issued_coupon(campaign, serial, user_id);
    coupon.expires_at = expires_at;
    add_new(changes, coupon);
  };
  add(1, 0, noon);
  add(1, 1, std::nullopt);
  add(1, 2, noon + day);
  add(2, 0, noon);
  add(2, 1, latest_instant);
  add(2, 2, std::nullopt);
  add(2, 3, noon + day);
  add(2, 4, noon + day, "jo");
  store_changes(*store, changes);
  const auto reader = reader_of(*store);
  const std::vector<std::string> expected{"1/1", "2/2", "2/1", "1/2", "2/3", "1/0", "2/0"};
  for (int limit = 1; limit <= 8; ++limit) CHECK(all_pages(*reader, "mina", limit) == expected);
  CHECK(value_of(reader->coupons_of("mina", std::nullopt, 0)).empty());
  CHECK(value_of(reader->coupons_of("nobody", std::nullopt, 10)).empty());
  // A cursor need not be a coupon that is still there.
  CHECK(keys_of(value_of(reader->coupons_of("mina", Reader::ByExpiry{noon + 1, {1, 500}}, 10))) ==
        std::vector<std::string>{"1/0", "2/0"});
}

TEMPLATE_TEST_CASE("pages of any size put together are the whole list, whatever the expiries", "", Sqlite, Postgres) {
  const TestType engine;
  const auto store = engine.open();
  std::mt19937 random(7);
  Changes changes;
  changes.formats.push_back({.id = 1, .shape = "########", .key = {1, 2, 3, 4}});
  for (std::int64_t campaign = 1; campaign <= 9; ++campaign) changes.campaigns.push_back(sample_campaign(campaign));
  std::vector<Coupon> held;
  for (std::int64_t serial = 0; serial < 400; ++serial) {
    Coupon coupon = issued_coupon(1 + static_cast<std::int64_t>(random() % 9), serial, "mina");
    if (const auto step = random() % 12; step != 0) coupon.expires_at = noon + static_cast<Micros>(step);
    held.push_back(coupon);
    add_new(changes, coupon);
  }
  store_changes(*store, changes);
  std::sort(held.begin(), held.end(), comes_first);
  const auto reader = reader_of(*store);
  for (const int limit : {1, 2, 7, 100, 399, 400, 1'000}) CHECK(all_pages(*reader, "mina", limit) == keys_of(held));
}

TEST_CASE("each page of a user's 10,000 coupons costs the same") {
  const TestFolder folder;
  StatementWatch watch;
  const auto store = open_store(folder.file("a.db"));
  Changes changes;
  for (std::int64_t serial = 0; serial < 10'000; ++serial) {
    Coupon coupon = issued_coupon(1 + serial % 3, serial, "mina");
    coupon.expires_at = noon + serial;
    add_new(changes, coupon);
  }
  store_changes(*store, changes);
  const auto reader = reader_of(*store);

  std::int64_t most = 0;
  std::int64_t least = std::numeric_limits<std::int64_t>::max();
  std::size_t listed = 0;
  std::optional<Reader::ByExpiry> after;
  for (;;) {
    watch.reset();
    const auto page = value_of(reader->coupons_of("mina", after, 100));
    if (page.empty()) break;
    REQUIRE(page.size() == 100);
    listed += page.size();
    most = std::max(most, watch.steps());
    least = std::min(least, watch.steps());
    after = place_of(page.back());
  }
  CHECK(listed == 10'000);
  CHECK(least > 0);
  CHECK(most < 2 * least);
}
