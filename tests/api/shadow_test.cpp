// Shadows through the API: what they saw, and that nobody who claims sees them.
#include <catch2/catch.hpp>
#include <map>
#include <thread>

#include "crowd.h"
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

// Sixteen callers at once, each with calls of its own users in an order of its own; what each call was
// answered, but for what no two runs have in common (codes, numbers of decisions).
using Answers = std::map<std::string, std::vector<Json>>;
Answers rush(Shop& shop) {
  std::vector<Answers> each(16);
  crowd(16, [&](int caller) {
    for (int i = 0; i < 12; ++i) {
      const std::string user = "u" + std::to_string(caller) + "-" + std::to_string(i % 3);
      const auto keep = [&](const Reply& reply) {
        Json body = reply.body;
        for (const char* member : {"code", "decision_id"}) {
          if (reply.status < 400) body.erase(member);
        }
        each[static_cast<std::size_t>(caller)][user].push_back({{"status", reply.status}, {"body", body}});
      };
      const Reply issued = shop.post("/api/v1/campaigns/spring/issue", shop.service(), {{"user_id", user}});
      keep(issued);
      if (issued.status != 201) continue;
      const std::string coupon = "/api/v1/coupons/" + issued.body["code"].get<std::string>();
      const Json order{{"order", {{"amount", 1'000 * (i + 1)}, {"currency", "KRW"}}}};
      keep(shop.post(coupon + "/redeem", shop.service(), order));
      if (i % 2 == 0) keep(shop.post(coupon + "/cancel", shop.service(), Json::object()));
      keep(shop.post(coupon + "/redeem", shop.service(), order));
    }
  });
  Answers all;
  for (Answers& one : each) all.merge(one);
  return all;
}

std::string plugin(const std::string& name, const std::string& body) {
  return "return plugin { name = \"" + name +
         "\", version = \"1.0.0\", doc = \"A rule.\", issue = function(p, facts) " + body +
         " end, redeem = function(p, facts) " + body + " end }\n";
}

}  // namespace

TEST_CASE("a crowd is answered as without it while shadow rules refuse all, fail and never end, and a set watches",
          "[concurrent]") {
  const std::string enforced = "per_user_limit { max = 2 }, discount { percent = 10 }, expiry { days = 7 }";
  const auto policy = [](const std::string& rules) {
    return "return policy { name = \"mine\", rules = { " + rules + " } }\n";
  };
  const Json campaign{{"id", "spring"}, {"policy", "mine"}, {"total", 1'000}};
  Shop plain({.scripts = {{"mine", policy(enforced)}}});
  plain.campaign(campaign);
  const Answers expected = rush(plain);

  Shop shop;
  shop.write_policy("plugins/wall.lua", plugin("wall", "return deny('wall', 'No.')"));
  shop.write_policy("plugins/bad.lua", plugin("bad", "error('out of order')"));
  shop.write_policy("plugins/lost.lua", plugin("lost", "if facts.user.id == 'u3-0' then while true do end end"));
  shop.write_policy("scripts/mine.lua",
                    policy(enforced + ", daily_cap { max = 1, shadow = true }, wall { shadow = true }, "
                                      "bad { shadow = true }, lost { shadow = true }"));
  REQUIRE(shop.reload().status == 200);
  shop.campaign(campaign);
  const Json files = Json::array({{{"name", "scripts/mine.lua"}, {"text", none}}});
  REQUIRE(shop.post(shadow, shop.operator_(), {{"files", files}}).status == 201);
  CHECK(rush(shop) == expected);

  // They did watch: what passed them by is counted, and with what they saw it is all that was decided.
  std::size_t decisions = 0;
  for (const auto& [user, answers] : expected) decisions += answers.size();
  for (const char* of : {"rules", "candidate"}) {
    for (;;) {
      const Json state = shop.get(shadow, shop.operator_()).body[of];
      const auto looked_at = state["report"]["decisions"].get<std::int64_t>();
      if (looked_at + state["missed"].get<std::int64_t>() >= static_cast<std::int64_t>(decisions)) {
        CHECK(looked_at + state["missed"].get<std::int64_t>() == static_cast<std::int64_t>(decisions));
        CHECK(state["report"]["flips"]["newly_refused"] > 0);
        break;
      }
      std::this_thread::yield();
    }
  }
  // Nothing of what they counted or failed at is the campaign's.
  const Json seen = shop.get("/api/v1/campaigns/spring", shop.operator_()).body;
  const Json without = plain.get("/api/v1/campaigns/spring", plain.operator_()).body;
  CHECK(seen["issued"] == without["issued"]);
  CHECK(seen["redeemed"] == without["redeemed"]);
  CHECK(shop.drift().empty());
}

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
