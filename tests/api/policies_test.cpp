// The policies in force: listed, reloaded, kept when the new ones are bad; and what they decided.
#include <catch2/catch.hpp>

#include "scenario.h"

namespace scrip::test {
namespace {

const std::string one_percent = R"(return policy { name = "mine", rules = { discount { percent = 1 } } })";
const std::string two_percent = R"(return policy { name = "mine", rules = { discount { percent = 2 } } })";

std::int64_t discount(Shop& shop, const std::string& code) {
  const Reply reply = shop.post("/api/v1/coupons/" + code + "/validate", shop.user(),
                                {{"order", {{"amount", 100}, {"currency", "KRW"}}}});
  return reply.body["discount"]["amount"].get<std::int64_t>();
}

TEST_CASE("the list shows what is in force: policies with their rules, plugins with their parameters") {
  Shop shop({.scripts = {{"mine", one_percent}}});
  const Json body = shop.get("/api/v1/policies", shop.operator_()).body;
  CHECK(body["revision"].get<std::string>().size() == 64);
  CHECK(body["last_attempt"]["ok"] == true);
  CHECK(body["last_attempt"]["errors"].empty());
  std::map<std::string, Json> policies;
  for (const Json& policy : body["policies"]) policies[policy["name"].get<std::string>()] = policy;
  for (const std::string shipped :
       {"welcome", "flash_sale", "kakaopay", "toodat", "coupon_live", "campaign_rpc", "example", "stacking", "mine"}) {
    CHECK(policies.contains(shipped));
  }
  CHECK(policies["mine"]["file"] == "scripts/mine.lua");
  CHECK(policies["mine"]["rules"][0]["name"] == "discount");
  CHECK(policies["mine"]["rules"][0]["params"]["percent"] == 1);
  std::map<std::string, Json> plugins;
  for (const Json& plugin : body["plugins"]) plugins[plugin["name"].get<std::string>()] = plugin;
  for (const std::string shipped : {"event_window", "expiry", "discount", "per_user_limit", "total_limit", "daily_cap",
                                    "budget", "first_order_only", "product_filter", "segment", "cancel_window"}) {
    INFO(shipped);
    REQUIRE(plugins.contains(shipped));
    CHECK(!plugins[shipped]["version"].get<std::string>().empty());
    CHECK(plugins[shipped]["params"].is_object());
  }
}

TEST_CASE("a reload puts the edited files in force, and says what it replaced") {
  Shop shop({.scripts = {{"mine", one_percent}}});
  shop.campaign({{"id", "spring"}, {"policy", "mine"}, {"total", 10}});
  const std::string code = shop.issue("spring", "minji")["code"];
  const std::string before = shop.get("/api/v1/policies", shop.operator_()).body["revision"];
  CHECK(discount(shop, code) == 1);
  shop.write_policy("scripts/mine.lua", two_percent);
  CHECK(discount(shop, code) == 1);  // not before the reload
  const Reply reply = shop.reload();
  CHECK(reply.status == 200);
  CHECK(reply.body["previous"] == before);
  CHECK(reply.body["revision"] != before);
  CHECK(discount(shop, code) == 2);
  CHECK(shop.get("/api/v1/policies", shop.operator_()).body["revision"] == reply.body["revision"]);
  CHECK(shop.get("/api/v1/campaigns/spring", shop.operator_()).body["policy_revision"] == reply.body["revision"]);
  // The same files have the same revision.
  shop.write_policy("scripts/mine.lua", one_percent);
  CHECK(shop.reload().body["revision"] == before);
}

TEST_CASE("a reload takes no members") {
  Shop shop;
  const std::string call = "POST /api/v1/policies/reload";
  run(shop, {
                {"one that is misspelt",
                 Who::operator_,
                 call,
                 R"({"dry_run":true})",
                 400,
                 "invalid_request",
                 {},
                 {"dry_run"}},
                {"no JSON", Who::operator_, call, "now", 400, "invalid_request"},
                {"no body", Who::operator_, call, "", 200},
            });
}

TEST_CASE("a set with errors is refused with all of them, by file and line, and the old set goes on") {
  Shop shop({.scripts = {{"mine", one_percent}}});
  shop.campaign({{"id", "spring"}, {"policy", "mine"}, {"total", 10}});
  const std::string code = shop.issue("spring", "minji")["code"];
  const std::string before = shop.get("/api/v1/policies", shop.operator_()).body["revision"];

  shop.write_policy("scripts/mine.lua",
                    "return policy {\n  name = \"mine\",\n  rules = { dicsount { percent = 2 } },\n}\n");
  shop.write_policy("scripts/open.lua", "return policy {\n  name = \"open\",\n  rules = {\n");
  shop.write_policy("scripts/range.lua",
                    "return policy {\n  name = \"range\",\n  rules = {\n    discount { percent = 200 },\n  },\n}\n");
  shop.write_policy("plugins/raises.lua", "local x = nil\nreturn x.y\n");
  const Reply refused = shop.reload();
  CHECK(refused.status == 422);
  CHECK(refused.code() == "invalid_policy");
  const auto error_in = [&](const std::string& file) {
    for (const Json& error : refused.body["errors"]) {
      if (error["file"] == file) return error;
    }
    return Json();
  };
  INFO(refused.text);
  CHECK(error_in("scripts/mine.lua")["line"] == 3);
  CHECK(error_in("scripts/mine.lua")["message"].get<std::string>().find("dicsount") != std::string::npos);
  CHECK(error_in("scripts/open.lua")["line"].get<int>() >= 3);
  CHECK(error_in("scripts/range.lua")["line"] == 4);
  CHECK(error_in("plugins/raises.lua")["line"] == 2);

  CHECK(discount(shop, code) == 1);
  CHECK(shop.issue("spring", "minji")["state"] == "issued");
  const Json listed = shop.get("/api/v1/policies", shop.operator_()).body;
  CHECK(listed["revision"] == before);
  CHECK(listed["last_attempt"]["ok"] == false);
  CHECK(listed["last_attempt"]["errors"] == refused.body["errors"]);

  shop.remove_policy("scripts/open.lua");
  shop.remove_policy("scripts/range.lua");
  shop.remove_policy("plugins/raises.lua");
  shop.write_policy("scripts/mine.lua", two_percent);
  CHECK(shop.reload().status == 200);
  CHECK(discount(shop, code) == 2);
}

TEST_CASE("a set whose own tests fail is refused") {
  Shop shop({.scripts = {{"mine", one_percent}}});
  shop.write_policy("scripts/mine_test.lua", R"(return test "mine" {
  ["two per cent are off"] = function(t)
    local d = t.decide { hook = "redeem", policy = "mine", facts = { order = { amount = 100, currency = "KRW" } } }
    t.equal(d.discount, 2)
  end,
})");
  const Reply refused = shop.reload();
  CHECK(refused.code() == "invalid_policy");
  REQUIRE(!refused.body["errors"].empty());
  CHECK(refused.body["errors"][0]["file"] == "scripts/mine_test.lua");
  shop.write_policy("scripts/mine.lua", two_percent);
  CHECK(shop.reload().status == 200);
}

TEST_CASE("a set that a campaign no longer fits is refused, and names the campaign") {
  Shop shop({.scripts = {{"mine", one_percent}}});
  shop.campaign({{"id", "spring"}, {"policy", "mine"}, {"params", {{"discount", {{"percent", 5}}}}}});
  shop.write_policy("scripts/mine.lua", R"(return policy { name = "mine", rules = { discount { amount = 5 } } })");
  const Reply unfit = shop.reload();
  CHECK(unfit.status == 422);
  CHECK(unfit.text.find("spring") != std::string::npos);
  shop.remove_policy("scripts/mine.lua");
  const Reply gone = shop.reload();
  CHECK(gone.status == 422);
  CHECK(gone.text.find("spring") != std::string::npos);
}

TEST_CASE("the shipped set passes its own tests on every reload") {
  Shop shop({.lua_tests = true});
  const Reply reply = shop.reload();
  INFO(reply.text);
  CHECK(reply.status == 200);
}

TEST_CASE("with bad files on disk a restart runs the last good revision, and readiness says so", "[sqlite]") {
  Shop shop({.scripts = {{"mine", one_percent}}});
  shop.campaign({{"id", "spring"}, {"policy", "mine"}, {"total", 10}});
  const std::string code = shop.issue("spring", "minji")["code"];
  CHECK(shop.get("/readyz", "").body["status"] == "ready");
  const std::string good = shop.get("/api/v1/policies", shop.operator_()).body["revision"];

  shop.write_policy("scripts/mine.lua", "return policy {");
  shop.restart();
  const Reply ready = shop.get("/readyz", "");
  CHECK(ready.status == 200);
  CHECK(ready.body["status"] == "degraded");
  CHECK(ready.body["reason"].get<std::string>().find("scripts/mine.lua") != std::string::npos);
  CHECK(shop.get("/api/v1/policies", shop.operator_()).body["revision"] == good);
  CHECK(discount(shop, code) == 1);

  shop.write_policy("scripts/mine.lua", two_percent);
  CHECK(shop.reload().status == 200);
  CHECK(shop.get("/readyz", "").body["status"] == "ready");
}

TEST_CASE("decisions are kept with facts, verdict, revision and trace") {
  Shop shop;
  shop.campaign({{"id", "spring"}, {"policy", "welcome"}, {"total", 10}});
  shop.campaign({{"id", "summer"}, {"total", 10}});
  const std::string code = shop.issue("spring", "minji", "work:1")["code"];
  shop.post("/api/v1/campaigns/spring/issue", shop.user(), Json::object());
  shop.post("/api/v1/coupons/" + code + "/redeem", shop.user(),
            {{"order", {{"id", "o-1"}, {"amount", 20'000}, {"currency", "KRW"}}}});
  shop.issue("summer", "junho");
  const std::string revision = shop.get("/api/v1/policies", shop.operator_()).body["revision"];
  const auto listed = [&](const std::string& query) {
    return shop.get("/api/v1/decisions" + query, shop.operator_()).body["data"];
  };
  const Json all = listed("");
  REQUIRE(all.size() == 4);
  CHECK(all[0]["user_id"] == "junho");  // the latest first
  const Json& redeemed = all[1];
  CHECK(redeemed["hook"] == "redeem");
  CHECK(redeemed["campaign_id"] == "spring");
  CHECK(redeemed["coupon"] == code);
  CHECK(redeemed["revision"] == revision);
  CHECK(redeemed["facts"]["order"]["amount"] == 20'000);
  CHECK(redeemed["facts"]["subject"] == "work:1");
  CHECK(redeemed["verdict"]["discount"] == 2000);
  CHECK(!redeemed["trace"].empty());
  CHECK(shop.get("/api/v1/coupons/" + code, shop.user()).body["decision_id"] == redeemed["id"]);
  const Json& refused = all[2];
  CHECK(refused["verdict"]["result"] == "denied");
  CHECK(refused["verdict"]["code"] == "already_issued");

  CHECK(listed("?user_id=junho").size() == 1);
  CHECK(listed("?user_id=minji").size() == 3);
  CHECK(listed("?campaign=spring").size() == 3);
  CHECK(listed("?coupon=" + code).size() == 2);
  CHECK(listed("?campaign=summer&user_id=minji").empty());
  CHECK(shop.get("/api/v1/decisions?campaign=winter", shop.operator_()).status == 404);
  CHECK(shop.get("/api/v1/decisions?coupon=nonsense", shop.operator_()).status == 404);
}

TEST_CASE("a decision keeps the revision that it was made under") {
  Shop shop({.scripts = {{"mine", one_percent}}});
  shop.campaign({{"id", "spring"}, {"policy", "mine"}, {"total", 10}});
  shop.issue("spring", "minji");
  const std::string first = shop.get("/api/v1/policies", shop.operator_()).body["revision"];
  shop.write_policy("scripts/mine.lua", two_percent);
  const std::string second = shop.reload().body["revision"];
  shop.issue("spring", "minji");
  const Json all = shop.get("/api/v1/decisions", shop.operator_()).body["data"];
  REQUIRE(all.size() == 2);
  CHECK(all[0]["revision"] == second);
  CHECK(all[1]["revision"] == first);
}

}  // namespace
}  // namespace scrip::test
