#include "counting_house.h"
#include "ledger/pool.h"

namespace scrip::test {

TEST_CASE("ten billion coupons and ten billion more are two rows and no time") {
  CountingHouse house;
  const auto campaign = house.campaign("huge", "free", 10'000'000'000);
  const Outcome more = house.run(Generate{.campaign = campaign, .count = 10'000'000'000});
  REQUIRE(!more.error);
  CHECK(more.campaign.campaign->total == 20'000'000'000);
  CHECK(house.ledger->catalog()->book().serials(campaign) == 20'000'000'000);
  CHECK(house.engine->definitions()->batches.size() == 2);
}

TEST_CASE("a total below what was given out is refused, one above generates what is lacking") {
  CountingHouse house;
  const auto campaign = house.campaign("edit", "free", 3);
  for (const char* user : {"a", "b"}) house.issue(campaign, user);
  const auto set_total = [&](std::optional<std::int64_t> total) {
    EditCampaign edit{.campaign = campaign};
    edit.total.emplace(total);
    return house.run(edit);
  };
  CHECK(CountingHouse::code(set_total(1)) == "total_below_issued");
  CHECK(CountingHouse::code(set_total(2)) == "ok");
  CHECK(CountingHouse::code(house.issue(campaign, "c")) == "sold_out");
  CHECK(CountingHouse::code(set_total(5)) == "ok");
  for (const char* user : {"c", "d", "e"}) CHECK(CountingHouse::code(house.issue(campaign, user)) == "ok");
  CHECK(CountingHouse::code(house.issue(campaign, "f")) == "sold_out");
  CHECK(CountingHouse::code(set_total(std::nullopt)) == "ok");
  CHECK(CountingHouse::code(house.issue(campaign, "f")) == "ok");
  house.check_books();
}

TEST_CASE("a pattern without room for the total is refused by name") {
  CountingHouse house;
  Campaign campaign{.id = "tight",
                    .name = "tight",
                    .policy = "free",
                    .total = 1'000'001,
                    .pattern = "######",
                    .alphabet = Alphabet::digits};
  const Outcome refused = house.run(CreateCampaign{campaign});
  REQUIRE(refused.error);
  CHECK(refused.error->fields.front().field == "code.pattern");
  campaign.total = 999'999;
  CHECK(!house.run(CreateCampaign{campaign}).error);
  // The rest of the room is shared by all campaigns of one shape.
  campaign.id = "second";
  campaign.total = 2;
  CHECK(CountingHouse::code(house.run(CreateCampaign{campaign})) == "invalid_request");
  campaign.total = 1;
  CHECK(CountingHouse::code(house.run(CreateCampaign{campaign})) == "ok");
}

TEST_CASE("the pool lists rows and free codes in one order, page by page") {
  CountingHouse house;
  const auto number = house.campaign("pool", "free", 10);
  for (const char* user : {"a", "b", "c"}) house.issue(number, user);
  REQUIRE(!house.run(Assign{.coupon = {number, 6}, .user_id = "vip", .subject = std::nullopt}).error);
  REQUIRE(!house.run(Redeem{.coupon = {number, 1}, .order = std::nullopt}).error);
  const auto catalog = house.ledger->catalog();
  const auto list = [&](CouponFilter filter, int limit) {
    std::vector<std::int64_t> serials;
    std::int64_t from = INT64_MIN;
    for (;;) {
      auto reader = house.store->reader();
      auto page =
          list_pool(**reader, catalog->book(), *catalog->campaign(number), filter, from, limit, house.clock.now());
      REQUIRE(page.ok());
      CHECK(page->coupons.size() <= static_cast<std::size_t>(limit));
      for (const auto& [coupon, code] : page->coupons) {
        serials.push_back(coupon.key.serial);
        CHECK(catalog->book().find(normalize_code(code)) == coupon.key);
      }
      if (!page->next) return serials;
      from = *page->next;
    }
  };
  using Serials = std::vector<std::int64_t>;
  for (const int limit : {1, 2, 3, 100}) {
    CHECK(list(CouponFilter::all, limit) == Serials{0, 1, 2, 3, 4, 5, 6, 7, 8, 9});
    CHECK(list(CouponFilter::available, limit) == Serials{3, 4, 5, 7, 8, 9});
    CHECK(list(CouponFilter::issued, limit) == Serials{0, 2, 6});
    CHECK(list(CouponFilter::redeemed, limit) == Serials{1});
    CHECK(list(CouponFilter::expired, limit).empty());
  }
}

TEST_CASE("accounts are made once and changed when they exist") {
  CountingHouse house;
  const User user{.login = "minji", .password_hash = "x", .role = Role::user};
  CHECK(CountingHouse::code(house.run(AddUser{user})) == "ok");
  CHECK(CountingHouse::code(house.run(AddUser{user})) == "user_exists");
  CHECK(CountingHouse::code(house.run(ChangeUser{.login = "minji", .password_hash = "y", .role = Role::operator_})) ==
        "ok");
  CHECK(CountingHouse::code(house.run(ChangeUser{.login = "nobody", .password_hash = "y", .role = std::nullopt})) ==
        "not_found");
  auto reader = house.store->reader();
  const auto stored = (*reader)->user("minji");
  REQUIRE(stored.ok());
  CHECK((*stored)->password_hash == "y");
  CHECK((*stored)->role == Role::operator_);
}

}  // namespace scrip::test
