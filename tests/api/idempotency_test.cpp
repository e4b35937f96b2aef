// The Idempotency-Key: the first answer is kept in the commit that made it true, and given again.
#include <catch2/catch.hpp>

#include "rows.h"
#include "scenario.h"

namespace scrip::test {
namespace {

Reply keyed(Shop& shop, const std::string& token, const std::string& path, const std::string& key,
            const std::string& body = "") {
  return shop.call(
      {.method = "POST", .path = path, .token = token, .body = body, .headers = {{"Idempotency-Key", key}}});
}

TEST_CASE("the same key gets the same answer, and the claim is made once") {
  Shop shop;
  shop.campaign({{"id", "spring"}, {"total", 100}});
  const std::string issue = "/api/v1/campaigns/spring/issue";
  const Reply first = keyed(shop, shop.user(), issue, "\"k-1\"");
  CHECK(first.status == 201);
  CHECK(first.header("idempotent-replayed").empty());
  const Rows before = rows_of(shop);
  for (const std::string spelling : {"\"k-1\"", "k-1"}) {
    const Reply again = keyed(shop, shop.user(), issue, spelling);
    CHECK(again.status == 201);
    CHECK(again.text == first.text);
    CHECK(again.header("idempotent-replayed") == "true");
    CHECK(again.header("content-type") == first.header("content-type"));
  }
  CHECK(changes(before, rows_of(shop)).empty());
  CHECK(keyed(shop, shop.user(), issue, "\"k-2\"").body["code"] != first.body["code"]);
}

TEST_CASE("issue, assign, hold, release, redeem and cancel take a key each") {
  Shop shop;
  shop.campaign({{"id", "spring"}, {"total", 100}});
  const std::string code =
      shop.get("/api/v1/campaigns/spring/coupons?state=available&limit=1", shop.operator_()).body["data"][0]["code"];
  const std::string coupon = "/api/v1/coupons/" + code;
  const std::vector<std::pair<std::string, std::string>> calls{
      {coupon + "/assign", R"({"user_id":"minji"})"},
      {coupon + "/redeem", ""},
      {coupon + "/cancel", ""},
      {coupon + "/hold", R"({"ttl":60})"},
      {"/api/v1/campaigns/spring/issue", R"({"user_id":"a"})"}};
  for (const auto& [path, body] : calls) {
    INFO(path);
    const Reply first = keyed(shop, shop.service(), path, "key of " + path, body);
    CHECK(first.status / 100 == 2);
    const Rows before = rows_of(shop);
    const Reply again = keyed(shop, shop.service(), path, "key of " + path, body);
    CHECK(again.status == first.status);
    CHECK(again.text == first.text);
    CHECK(again.header("idempotent-replayed") == "true");
    CHECK(changes(before, rows_of(shop)).empty());
  }
}

TEST_CASE("a key with another body, or for another call, is refused") {
  Shop shop;
  shop.campaign({{"id", "spring"}, {"total", 100}});
  shop.campaign({{"id", "summer"}, {"total", 100}});
  const std::string issue = "/api/v1/campaigns/spring/issue";
  CHECK(keyed(shop, shop.service(), issue, "k", R"({"user_id":"a"})").status == 201);
  const Rows before = rows_of(shop);
  const std::vector<std::pair<std::string, std::string>> others{
      {issue, R"({"user_id":"b"})"},
      {"/api/v1/campaigns/summer/issue", R"({"user_id":"a"})"},
  };
  for (const auto& [path, body] : others) {
    const Reply reused = keyed(shop, shop.service(), path, "k", body);
    CHECK(reused.status == 422);
    CHECK(reused.code() == "idempotency_key_reused");
  }
  CHECK(changes(before, rows_of(shop)).empty());
}

TEST_CASE("refusals are given again as well") {
  Shop shop;
  shop.campaign({{"id", "spring"}, {"total", 0}});
  const std::string issue = "/api/v1/campaigns/spring/issue";
  const Reply first = keyed(shop, shop.user(), issue, "k");
  CHECK(first.code() == "sold_out");
  shop.post("/api/v1/campaigns/spring/coupons", shop.operator_(), {{"count", 5}});
  const Rows before = rows_of(shop);
  const Reply again = keyed(shop, shop.user(), issue, "k");
  CHECK(again.status == 409);
  CHECK(again.text == first.text);
  CHECK(again.header("content-type") == "application/problem+json");
  CHECK(again.header("idempotent-replayed") == "true");
  CHECK(changes(before, rows_of(shop)).empty());
  CHECK(keyed(shop, shop.user(), issue, "k2").status == 201);
}

TEST_CASE("what is refused before it comes to a claim is given again under its key") {
  Shop shop;
  const std::string issue = "/api/v1/campaigns/spring/issue";
  const Reply unknown = keyed(shop, shop.user(), issue, "k");
  CHECK(unknown.code() == "campaign_not_found");
  shop.campaign({{"id", "spring"}, {"total", 100}});
  const Reply again = keyed(shop, shop.user(), issue, "k");
  CHECK(again.text == unknown.text);
  CHECK(again.header("idempotent-replayed") == "true");
  CHECK(keyed(shop, shop.user(), issue, "k", R"({"subject":"work:1"})").code() == "idempotency_key_reused");

  const Reply anothers = keyed(shop, shop.user(), issue, "k2", R"({"user_id":"somebody-else"})");
  CHECK(anothers.code() == "forbidden");
  CHECK(keyed(shop, shop.user(), issue, "k2", R"({"user_id":"somebody-else"})").text == anothers.text);
  CHECK(keyed(shop, shop.user(), "/api/v1/coupons/0000-0000-0000-0000/redeem", "k3").code() == "coupon_not_found");
}

TEST_CASE("keys belong to the token's subject") {
  Shop shop;
  shop.campaign({{"id", "spring"}, {"total", 100}});
  const std::string issue = "/api/v1/campaigns/spring/issue";
  const Reply minji = keyed(shop, shop.user("minji"), issue, "k");
  const Reply junho = keyed(shop, shop.user("junho"), issue, "k");
  CHECK(junho.status == 201);
  CHECK(junho.header("idempotent-replayed").empty());
  CHECK(junho.body["user_id"] == "junho");
  CHECK(junho.body["code"] != minji.body["code"]);
}

TEST_CASE("a failure of ours is not kept") {
  Shop shop;
  shop.write_policy("plugins/breaks.lua",
                    R"(return plugin { name = "breaks", version = "1.0.0", priority = 1, doc = "Breaks.", params = {},
    issue = function(p, facts) return facts.user.attributes.x.y end })");
  shop.write_policy("scripts/broken.lua", R"(return policy { name = "broken", rules = { breaks {} } })");
  REQUIRE(shop.reload().status == 200);
  shop.campaign({{"id", "spring"}, {"total", 100}, {"policy", "broken"}});
  const std::string issue = "/api/v1/campaigns/spring/issue";
  CHECK(keyed(shop, shop.user(), issue, "k").code() == "policy_error");
  shop.call({.method = "PATCH",
             .path = "/api/v1/campaigns/spring",
             .token = shop.operator_(),
             .body = R"({"policy":"campaign_rpc"})"});
  const Reply again = keyed(shop, shop.user(), issue, "k");
  CHECK(again.status == 201);
  CHECK(again.header("idempotent-replayed").empty());
}

TEST_CASE("kept answers outlive the server") {
  Shop shop;
  shop.campaign({{"id", "spring"}, {"total", 100}});
  const Reply first = keyed(shop, shop.user(), "/api/v1/campaigns/spring/issue", "k");
  shop.restart();
  const Reply again = keyed(shop, shop.user(), "/api/v1/campaigns/spring/issue", "k");
  CHECK(again.text == first.text);
  CHECK(again.header("idempotent-replayed") == "true");
}

TEST_CASE("a key is 1 to 255 characters, quoted or bare") {
  Shop shop;
  shop.campaign({{"id", "spring"}, {"total", 100}});
  const std::string issue = "/api/v1/campaigns/spring/issue";
  CHECK(keyed(shop, shop.user(), issue, std::string(255, 'k')).status == 201);
  CHECK(keyed(shop, shop.user(), issue, "\"" + std::string(255, 'q') + "\"").status == 201);
  const Rows before = rows_of(shop);
  for (const std::string& key : {std::string(256, 'k'), "\"" + std::string(256, 'q') + "\"", std::string("\"\""),
                                 std::string("\"open"), std::string("a\"b"), std::string("tab\tbed")}) {
    INFO(key);
    const Reply reply = keyed(shop, shop.user(), issue, key);
    CHECK(reply.status == 400);
    CHECK(reply.code() == "invalid_request");
  }
  CHECK(changes(before, rows_of(shop)).empty());
}

}  // namespace
}  // namespace scrip::test
