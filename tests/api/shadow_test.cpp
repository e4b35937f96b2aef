// Shadows through the API: what they saw, and that nobody who claims sees them.
#include <catch2/catch.hpp>
#include <thread>

#include "scenario.h"

namespace scrip::test {
namespace {

const std::string shadow = "/api/v1/policies/shadow";
const std::string shady =
    "return policy { name = \"mine\", rules = { per_user_limit { max = 2 }, per_user_limit { max = 1, as = \"one\", "
    "shadow = true } } }\n";
const std::string none =
    "return policy { name = \"mine\", rules = { per_user_limit { max = 2 }, daily_cap { max = 1 } } }\n";

// What both shadows have seen when all of `count` decisions have been looked at.
Json seen(Shop& shop, const char* of, std::int64_t count) {
  for (;;) {
    Json both = shop.get(shadow, shop.operator_()).body;
    if (both[of].is_object() && both[of]["report"]["decisions"] >= count) return both[of];
    std::this_thread::yield();
  }
}

}  // namespace

TEST_CASE("a rule in the shadow refuses nobody, and what it would have refused is told") {
  Shop shop({.scripts = {{"mine", shady}}});
  CHECK(shop.get(shadow, shop.operator_()).body["candidate"].is_null());
  shop.campaign({{"id", "spring"}, {"policy", "mine"}, {"total", 100}});
  for (const char* user : {"ann", "bob", "ann"}) shop.issue("spring", user);
  const Json rules = seen(shop, "rules", 3);
  CHECK(rules["by"].is_null());
  CHECK(rules["report"]["flips"]["newly_refused"] == 1);
  CHECK(rules["report"]["groups"][0]["rule"] == "one");
  CHECK(rules["report"]["groups"][0]["code"] == "already_issued");
  CHECK(rules["report"]["groups"][0]["samples"][0]["user_id"] == "ann");
  CHECK(shop.metric("scrip_shadow_decisions_total{outcome=\"newly_refused\",shadow=\"rules\"}") == 1);
  CHECK(shop.metric("scrip_shadow_decisions_total{outcome=\"same\",shadow=\"rules\"}") == 2);
  // The trace of a decision knows only what was enforced.
  const Json decisions = shop.get("/api/v1/decisions", shop.operator_()).body;
  for (const Json& decision : decisions["data"]) {
    for (const Json& entry : decision["trace"]) CHECK(entry["rule"] != "one");
  }
  const Json policies = shop.get("/api/v1/policies", shop.operator_()).body;
  bool shown = false;
  for (const Json& policy : policies["policies"]) {
    for (const Json& rule : policy["rules"]) shown = shown || (rule["name"] == "one" && rule.value("shadow", false));
  }
  CHECK(shown);
}

TEST_CASE("a whole set is cast as a shadow beside the one in force, and ended") {
  Shop shop({.scripts = {{"mine", shady}}});
  shop.campaign({{"id", "spring"}, {"policy", "mine"}, {"total", 100}});
  const Json files = Json::array({{{"name", "scripts/mine.lua"}, {"text", none}}});
  const Reply cast = shop.post(shadow, shop.operator_(), {{"files", files}});
  INFO(cast.text);
  REQUIRE(cast.status == 201);
  CHECK(cast.body["candidate"]["by"] == "admin");
  shop.issue("spring", "ann");
  shop.issue("spring", "bob");
  shop.issue("spring", "cho");
  const Json candidate = seen(shop, "candidate", 3);
  CHECK(candidate["report"]["flips"]["newly_refused"] == 2);
  CHECK(candidate["report"]["groups"][0]["code"] == "daily_cap_reached");
  const Reply ended = shop.call({.method = "DELETE", .path = shadow, .token = shop.operator_()});
  CHECK(ended.status == 200);
  CHECK(ended.body["candidate"]["report"]["decisions"] == 3);
  CHECK(shop.get(shadow, shop.operator_()).body["candidate"].is_null());
  CHECK(shop.drift().empty());
}

TEST_CASE("what cannot be a shadow is refused") {
  Shop shop({.scripts = {{"mine", shady}, {"gone", "return policy { name = \"gone\", rules = {} }"}}});
  shop.campaign({{"id", "spring"}, {"policy", "gone"}, {"total", 100}});
  shop.remove_policy("scripts/gone.lua");
  const std::string cast = "POST " + shadow;
  run(shop,
      {{"a user", Who::user, cast, "{}", 403, "forbidden"},
       {"the shop", Who::service, "GET " + shadow, "", 403, "forbidden"},
       {"an unknown member", Who::operator_, cast, R"({"since":1})", 400, "invalid_request", {}, {"since"}},
       {"an empty set", Who::operator_, cast, R"({"base":"none"})", 400, "invalid_request", {}, {"files"}},
       {"a set with a mistake", Who::operator_, cast,
        R"({"files":[{"name":"scripts/mine.lua","text":"return policy { name = \"mine\", rules = { expiry { shadow = 1 } } }"}]})",
        422, "invalid_policy"},
       {"a set that a campaign does not fit", Who::operator_, cast, "{}", 422, "invalid_policy"},
       {"ending none", Who::operator_, "DELETE " + shadow, "", 404, "not_found"}});
}

}  // namespace scrip::test
