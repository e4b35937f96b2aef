// The outbox as an operator sees it, with real passes of the jobs.
#include <catch2/catch.hpp>

#include "rows.h"
#include "scenario.h"

namespace scrip::test {
namespace {

std::vector<std::string> types(const Json& list) {
  std::vector<std::string> types;
  for (const Json& event : list["data"]) types.push_back(event["type"]);
  return types;
}

using Types = std::vector<std::string>;

TEST_CASE("events are the operator's, newest first, by state and in pages") {
  Shop shop;
  shop.campaign({{"id", "two"}, {"total", 2}});
  shop.issue("two", "minji");
  shop.issue("two", "jisoo");
  run(shop,
      {
          {.name = "nobody", .call = "GET /api/v1/events", .status = 401, .code = "unauthenticated"},
          {.name = "a user", .who = Who::user, .call = "GET /api/v1/events", .status = 403, .code = "forbidden"},
          {.name = "the shop", .who = Who::service, .call = "GET /api/v1/events", .status = 403, .code = "forbidden"},
          {.name = "a state that there is not",
           .who = Who::operator_,
           .call = "GET /api/v1/events?state=lost",
           .status = 400,
           .code = "invalid_request",
           .fields = {"state"}},
          {.name = "a parameter that there is not",
           .who = Who::operator_,
           .call = "GET /api/v1/events?type=x",
           .status = 400,
           .code = "invalid_request",
           .fields = {"type"}},
      });
  const auto list = [&](const std::string& query) { return shop.get("/api/v1/events" + query, shop.operator_()).body; };
  CHECK(types(list("")) == Types{"campaign.sold_out", "policy.reloaded"});
  const Json sold_out = list("?limit=1");
  CHECK(sold_out["has_more"] == true);
  CHECK(has(sold_out["data"][0], Json{{"campaign_id", "two"},
                                      {"created_at", "2026-11-21T01:00:00Z"},
                                      {"data", {{"campaign_id", "two"}, {"total", 2}, {"issued", 2}}},
                                      {"state", "pending"},
                                      {"failed_attempts", 0},
                                      {"last_error", nullptr}}));
  CHECK(types(list("?limit=1&cursor=" + sold_out["next_cursor"].get<std::string>())) == Types{"policy.reloaded"});
  CHECK(types(list("?state=delivered")).empty());
  REQUIRE(shop.node().deliveries().round().ok());
  CHECK(types(list("?state=delivered")) == Types{"campaign.sold_out", "policy.reloaded"});
  CHECK(types(list("?state=pending")).empty());
  CHECK(types(list("?state=failed")).empty());
  CHECK(shop.metric("scrip_outbox_pending") == 0);
  CHECK(shop.metric("scrip_outbox_delivered_total{kind=\"campaign.sold_out\",outcome=\"delivered\"}") == 1);
}

TEST_CASE("the holder of a Kakaopay coupon is told three days before its end, once, also after a restart") {
  Shop shop({.timezone = "Asia/Seoul"});
  shop.campaign({{"id", "kakao"}, {"policy", "kakaopay"}, {"timezone", "Asia/Seoul"}});
  const Json held = shop.issue("kakao", "minji");
  const Json used = shop.issue("kakao", "jisoo");
  REQUIRE(shop.post("/api/v1/coupons/" + used["code"].get<std::string>() + "/redeem", shop.service(), Json::object())
              .status == 200);
  const auto pass = [&] {
    auto made = shop.node().reminders().pass();
    REQUIRE(made.ok());
    return made->notices;
  };
  CHECK(pass() == 0);
  shop.clock().advance(4 * day);
  CHECK(pass() == 1);
  CHECK(pass() == 0);
  shop.restart();
  CHECK(pass() == 0);
  const Json events = shop.get("/api/v1/events?limit=1", shop.operator_()).body;
  const Json& event = events["data"][0];
  CHECK(event["type"] == "coupon.expiring");
  CHECK(event["campaign_id"] == "kakao");
  CHECK(event["data"]["notice"] == "쿠폰이 3일 후 만료됩니다.");
  CHECK(event["data"]["mark"] == "expiry:3");
  CHECK(event["data"]["coupon"]["code"] == held["code"]);
  CHECK(event["data"]["coupon"]["user_id"] == "minji");
  // Why he was told can be looked up.
  const Json decisions = shop.get("/api/v1/decisions?user_id=minji&limit=1", shop.operator_()).body;
  CHECK(decisions["data"][0]["hook"] == "remind");
  CHECK(decisions["data"][0]["trace"][0]["note"] == "쿠폰이 3일 후 만료됩니다.");
  CHECK(shop.drift().empty());
}

TEST_CASE("a reload is an event, a refused one is not") {
  Shop shop;
  shop.write_policy("scripts/mine.lua", "return policy { name = \"mine\", rules = {} }");
  REQUIRE(shop.reload().status == 200);
  const auto reloads = [&] { return types(shop.get("/api/v1/events", shop.operator_()).body).size(); };
  CHECK(reloads() == 2);
  shop.write_policy("scripts/mine.lua", "return policy {");
  REQUIRE(shop.reload().status == 422);
  CHECK(reloads() == 2);
}

}  // namespace
}  // namespace scrip::test
