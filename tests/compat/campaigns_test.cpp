// The campaigns of the reference services, and when they are made.
#include <catch2/catch.hpp>

#include "rows.h"
#include "wire.h"

namespace scrip::test {
namespace {

std::vector<std::pair<std::string, std::int64_t>> numbers(Shop& shop) {
  std::vector<std::pair<std::string, std::int64_t>> found;
  for (const auto& [number, campaign] : shop.node().ledger().catalog()->campaigns()) {
    found.emplace_back(campaign->id, number);
  }
  return found;
}

using Numbers = std::vector<std::pair<std::string, std::int64_t>>;
const Numbers theirs{{"toodat", 1}, {"kakaopay", 2}, {"coupon-live", 3}};

TEST_CASE("the first start makes the campaigns under their clients' numbers") {
  Shop shop(with_compat());
  CHECK(numbers(shop) == theirs);
  const auto shown = [&](const std::string& id) { return shop.get("/api/v1/campaigns/" + id, shop.operator_()).body; };
  CHECK(has(shown("toodat"), {{"policy", "toodat"},
                              {"total", 100},
                              {"remaining", 100},
                              {"code", {{"pattern", "########"}, {"alphabet", "alnum"}}}}));
  CHECK(has(shown("kakaopay"), {{"policy", "kakaopay"},
                                {"total", 0},
                                {"code", {{"pattern", "kakaopay-####-####-####-####"}, {"alphabet", "base32"}}}}));
  CHECK(has(shown("coupon-live"), {{"policy", "coupon_live"}, {"total", 100'000}, {"remaining", 100'000}}));
}

TEST_CASE("a later start makes none twice, whatever has become of them") {
  Shop shop(with_compat());
  REQUIRE(shop.call({.method = "PATCH",
                     .path = "/api/v1/campaigns/toodat",
                     .token = shop.operator_(),
                     .body = R"({"status":"ended","name":"Last year's","total":7})"})
              .status == 200);
  shop.campaign({{"id", "demo"}, {"total", 1}});
  const Rows before = rows_of(shop);
  shop.restart();
  CHECK(changes(before, rows_of(shop)).empty());
  shop.options().compat = false;
  shop.restart();
  CHECK(changes(before, rows_of(shop)).empty());
  shop.options().compat = true;
  shop.restart();
  CHECK(changes(before, rows_of(shop)).empty());
}

TEST_CASE("a store that has campaigns keeps their numbers, and the wires get those that come next") {
  Shop shop;
  shop.campaign({{"id", "spring"}, {"total", 1}});
  shop.campaign({{"id", "kakaopay"}, {"total", 1}, {"name", "ours"}});
  shop.options().compat = true;
  shop.restart();
  const Numbers wanted{{"spring", 1}, {"kakaopay", 2}, {"toodat", 3}, {"coupon-live", 4}};
  CHECK(numbers(shop) == wanted);
  CHECK(shop.get("/api/v1/campaigns/kakaopay", shop.operator_()).body["name"] == "ours");
  CHECK(shop.post("/v1/coupons/issue", shop.service(), {{"userId", 1}, {"couponId", 4}}).status == 200);
}

TEST_CASE("a wire whose policy is not there keeps nobody from starting") {
  Shop shop;
  shop.remove_policy("scripts/toodat.lua");
  shop.remove_policy("scripts/toodat_test.lua");
  shop.options().compat = true;
  shop.restart();
  CHECK(numbers(shop) == Numbers{{"kakaopay", 1}, {"coupon-live", 2}});
}

TEST_CASE("without --compat there are no wires and no campaigns") {
  Shop shop;
  CHECK(numbers(shop).empty());
  for (const std::string call :
       {"POST /user/signup", "POST /user/login", "GET /user/jwt_test", "POST /coupon", "PUT /coupon", "GET /coupon",
        "GET /coupon/bind_list", "POST /coupon/use", "POST /coupon/cancel/x", "GET /coupon/expired-today",
        "POST /account/signup/", "POST /account/login/", "POST /account/logout/", "GET /work/", "POST /couponuser/",
        "POST /v1/coupons/issue"}) {
    INFO(call);
    const std::size_t space = call.find(' ');
    const Reply reply = shop.call({.method = call.substr(0, space),
                                   .path = call.substr(space + 1),
                                   .token = shop.operator_(),
                                   .body = call.starts_with("GET") ? "" : "{}"});
    CHECK(reply.status == 404);
    CHECK(reply.code() == "not_found");
  }
}

}  // namespace
}  // namespace scrip::test
