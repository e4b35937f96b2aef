// What would be: validate for redeem and for issue, as things are and as somebody supposes them.
#include <catch2/catch.hpp>

#include "rows.h"
#include "scenario.h"

namespace scrip::test {
namespace {

const std::string issue = "POST /api/v1/campaigns/spring/issue/validate";
const std::string order = R"("order":{"amount":20000,"currency":"KRW"})";

// A sale from 10:00 to 11:00 in Seoul, two a user and no more than two a day over all, for the tier gold
// when it is redeemed.
ShopOptions sale() {
  return {.scripts = {{"sale", R"(return policy { name = "sale", rules = {
    event_window { timezone = "Asia/Seoul", daily = { "10:00/1h" } },
    per_user_limit { max = 2 },
    daily_cap { max = 2 },
    segment { attribute = "tier", any_of = { "gold" }, on = "redeem" },
    discount { percent = 10 },
    expiry { days = 7 },
    budget { max = 5000, currency = "KRW" } } })"}}};
}

struct Opened {
  explicit Opened(ShopOptions options = sale(), const std::string& policy = "sale") : shop(std::move(options)) {
    shop.campaign({{"id", "spring"}, {"policy", policy}, {"total", 10}, {"timezone", "Asia/Seoul"}});
  }
  Shop shop;
};

std::vector<std::string> rules_of(const Json& trace) {
  std::vector<std::string> rules;
  for (const Json& entry : trace) rules.push_back(entry["rule"]);
  return rules;
}

}  // namespace

TEST_CASE("issue/validate says what issue would do, and writes nothing") {
  Opened at;
  const Json good{{"valid", true}, {"expires_at", "2026-11-28T01:00:00Z"}};
  const auto no = [](const std::string& code) { return Json{{"valid", false}, {"code", code}}; };
  run(at.shop, {{"a user about itself", Who::user, issue, "{}", 200, "", good},
                {"without a body", Who::user, issue, "", 200, "", good},
                {"by its own name", Who::user, issue, R"({"user_id":"minji"})", 200, "", good},
                {"about another", Who::user, issue, R"({"user_id":"junho"})", 403, "forbidden"},
                {"the shop about anybody", Who::service, issue, R"({"user_id":"junho","subject":"s"})", 200, "", good},
                {"and about nobody", Who::operator_, issue, "{}", 200, "", good},
                {"without a token", Who::nobody, issue, "{}", 401, "unauthenticated"},
                {"no such campaign", Who::user, "POST /api/v1/campaigns/autumn/issue/validate", "{}", 404,
                 "campaign_not_found"}});
  at.shop.issue("spring", "minji");
  at.shop.issue("spring", "minji");
  run(at.shop, {{"has all", Who::user, issue, "{}", 200, "", no("already_issued")},
                {"the day's are gone", Who::other_user, issue, "{}", 200, "", no("daily_cap_reached")}});
  at.shop.clock().set(opening + hour);
  run(at.shop, {{"too late", Who::other_user, issue, "{}", 200, "", no("outside_event_window")}});
}

TEST_CASE("issue/validate and issue agree, whatever the host or a rule has against it") {
  struct Row {
    std::string name, campaign, code;
  };
  for (const Row& row : std::vector<Row>{
           {"good", R"({"total":1})", ""},
           {"none left", R"({"total":0})", "sold_out"},
           {"not yet", R"({"total":1,"starts_at":"2026-11-22T00:00:00Z"})", "campaign_not_active"},
           {"over", R"({"total":1,"starts_at":"2026-11-01T00:00:00Z","ends_at":"2026-11-02T00:00:00Z"})",
            "campaign_not_active"},
           {"a rule", R"({"total":1,"params":{"expiry":{"days":7,"at":"2026-11-20T00:00:00Z"}}})", "coupon_expired"},
       }) {
    Opened at;
    CAPTURE(row.name);
    Json body = Json::parse(row.campaign);
    body["id"] = "autumn";
    body["policy"] = "sale";
    at.shop.campaign(body);
    const std::string path = "/api/v1/campaigns/autumn/issue";
    const Reply said = at.shop.post(path + "/validate", at.shop.user(), Json::object());
    REQUIRE(said.status == 200);
    CHECK(said.body["valid"] == row.code.empty());
    CHECK(said.body.value("code", "") == row.code);
    const Reply done = at.shop.post(path, at.shop.user(), Json::object());
    CHECK(done.code() == row.code);
    if (row.code.empty()) {
      CHECK(said.body["expires_at"] == done.body["expires_at"]);
    } else {
      CHECK(said.body["detail"] == done.body["detail"]);
    }
  }
}

TEST_CASE("issue/validate knows of the coupon that comes next when it was made and when it ends") {
  Opened at({.scripts = {{"aging", R"(return policy { name = "aging", rules = {
              expiry { days = 7, from = "created" } } })"}}},
            "aging");
  const auto until = [&] {
    const Reply said = at.shop.post("/api/v1/campaigns/spring/issue/validate", at.shop.user(), Json::object());
    return said.body["valid"] == true ? said.body["expires_at"].get<std::string>() : said.text;
  };
  CHECK(until() == "2026-11-28T01:00:00Z");
  at.shop.clock().advance(day);
  CHECK(until() == "2026-11-28T01:00:00Z");
  // Ten more codes, made today; the first ten are given, the last of them by hand.
  CHECK(at.shop.post("/api/v1/campaigns/spring/coupons", at.shop.operator_(), {{"count", 10}}).status == 201);
  const Json pool = at.shop.get("/api/v1/campaigns/spring/coupons?limit=10", at.shop.operator_()).body["data"];
  const std::string last = pool[9]["code"];
  CHECK(at.shop.post("/api/v1/coupons/" + last + "/assign", at.shop.service(), {{"user_id", "junho"}}).status == 200);
  CHECK(until() == "2026-11-28T01:00:00Z");
  for (int i = 0; i < 9; ++i) at.shop.issue("spring", "u" + std::to_string(i));
  CHECK(until() == "2026-11-29T01:00:00Z");
  CHECK(at.shop.issue("spring", "minji")["expires_at"] == "2026-11-29T01:00:00Z");
}

TEST_CASE("the shop asks about another instant, and gets the whole trace and the facts") {
  Opened at;
  const auto ask = [&](const std::string& now) {
    return run(at.shop, {now, Who::service, issue, R"({"user_id":"minji","now":")" + now + "\"}", 200}).body;
  };
  const Json early = ask("2026-11-22T09:59:59+09:00");
  CHECK(early["valid"] == false);
  CHECK(early["code"] == "outside_event_window");
  CHECK(rules_of(early["trace"]) == std::vector<std::string>{"event_window"});
  const Json open = ask("2026-11-22T10:00:00+09:00");
  CHECK(open["valid"] == true);
  CHECK(open["expires_at"] == "2026-11-29T01:00:00Z");
  CHECK(rules_of(open["trace"]) ==
        std::vector<std::string>{"event_window", "segment", "per_user_limit", "daily_cap", "expiry"});
  CHECK(open["facts"]["now"] == "2026-11-22T01:00:00Z");
  CHECK(open["facts"]["user"]["id"] == "minji");
  CHECK(open["facts"]["counter"] == Json{{"daily:issue:2026-11-22", 0}});
  // Without anything supposed there are no facts to show.
  CHECK(!run(at.shop, {"now", Who::service, issue, "{}", 200}).body.contains("facts"));
}

TEST_CASE("what is supposed takes the place of what is true, and the rest stays true") {
  Opened at;
  at.shop.issue("spring", "minji");
  const auto ask = [&](const std::string& facts) {
    const std::string body = R"({"user_id":"minji","facts":)" + facts + "}";
    return run(at.shop, {facts, Who::operator_, issue, body, 200}).body;
  };
  const auto code = [&](const std::string& facts) { return ask(facts).value("code", "valid"); };
  CHECK(code("{}") == "valid");
  CHECK(code(R"({"user":{"issued":2}})") == "already_issued");
  CHECK(code(R"({"user":{"issued":1}})") == "valid");
  CHECK(code(R"({"counter":{"daily:issue:2026-11-21":2}})") == "daily_cap_reached");
  CHECK(code(R"({"counter":{"some other":2}})") == "valid");
  CHECK(code(R"({"campaign":{"issued":10}})") == "sold_out");
  const Json facts =
      ask(R"({"user":{"redeemed":1,"attributes":{"tier":"gold","age":20}},"campaign":{"redeemed":7}})")["facts"];
  CHECK(facts["user"] == Json{{"id", "minji"},
                              {"issued", 1},
                              {"issued_for_subject", 1},
                              {"redeemed", 1},
                              {"attributes", {{"tier", "gold"}, {"age", 20}}}});
  CHECK(facts["campaign"]["issued"] == 1);
  CHECK(facts["campaign"]["redeemed"] == 7);
  CHECK(facts["campaign"]["remaining"] == 9);
  CHECK(facts["counter"] == Json{{"daily:issue:2026-11-21", 1}});
}

TEST_CASE("a redemption is supposed likewise, with the coupon as it is") {
  Opened at;
  const std::string code = at.shop.issue("spring", "minji")["code"];
  const std::string validate = "POST /api/v1/coupons/" + code + "/validate";
  const auto ask = [&](const std::string& more) {
    return run(at.shop, {more, Who::service, validate, "{" + order + more + "}", 200}).body;
  };
  CHECK(ask("")["code"] == "not_in_segment");
  const Json gold = ask(R"(,"facts":{"user":{"attributes":{"tier":"gold"}}})");
  CHECK(gold["valid"] == true);
  CHECK(gold["discount"] == Json{{"amount", 2000}, {"currency", "KRW"}});
  CHECK(gold["facts"]["coupon"]["code"] == code);
  CHECK(gold["facts"]["order"]["amount"] == 20000);
  const std::string member = R"("user":{"attributes":{"tier":"gold"}})";
  CHECK(ask(R"(,"facts":{)" + member + R"(,"counter":{"budget":3001}})")["code"] == "budget_exhausted");
  CHECK(ask(R"(,"now":"2026-11-28T00:59:59Z","facts":{)" + member + "}")["valid"] == true);
  // The host's own objections go by the supposed instant too.
  const Json late = ask(R"(,"now":"2026-11-28T01:00:00Z","facts":{)" + member + "}");
  CHECK(late["code"] == "coupon_expired");
  CHECK(rules_of(late["trace"]) == std::vector<std::string>{"host"});
  // It was only asked.
  CHECK(at.shop.get("/api/v1/coupons/" + code, at.shop.service()).body["state"] == "issued");
  CHECK(at.shop.get("/api/v1/users/minji/attributes", at.shop.service()).body == Json::object());
}

TEST_CASE("a user cannot suppose anything, and learns nothing of the rules by trying") {
  Opened at;
  const std::string code = at.shop.issue("spring", "minji")["code"];
  const std::string redeem = "POST /api/v1/coupons/" + code + "/validate";
  for (const std::string more :
       {R"("now":"2026-11-22T10:00:00+09:00")", R"("facts":{})", R"("facts":5)", R"("facts":{"user":{"issued":0}})"}) {
    run(at.shop, {{"issue", Who::user, issue, "{" + more + "}", 403, "forbidden"},
                  {"redeem", Who::user, redeem, "{" + order + "," + more + "}", 403, "forbidden"}});
  }
  const Reply plain = run(at.shop, {"plain", Who::user, issue, "{}", 200});
  CHECK(!plain.body.contains("trace"));
  CHECK(!plain.body.contains("facts"));
}

TEST_CASE("what cannot be supposed is refused by name") {
  Opened at;
  at.shop.campaign({{"id", "open"}, {"policy", "sale"}});
  struct Row {
    std::string body;
    std::vector<std::string> fields;
  };
  for (const Row& row : std::vector<Row>{
           {R"({"now":5})", {"now"}},
           {R"({"now":"2026-11-21T10:00:00"})", {"now"}},
           {R"({"now":"9999-01-01T00:00:00Z"})", {"now"}},
           {R"({"now":"1969-12-31T23:59:59Z"})", {"now"}},
           {R"({"facts":[]})", {"facts"}},
           {R"({"facts":null})", {"facts"}},
           {R"({"facts":{"users":{}}})", {"facts.users"}},
           {R"({"facts":{"user":5}})", {"facts.user"}},
           {R"({"facts":{"user":{"id":"x"}}})", {"facts.user.id"}},
           {R"({"facts":{"user":{"issued":-1,"redeemed":"1","issued_for_subject":1.5}}})",
            {"facts.user.issued", "facts.user.issued_for_subject", "facts.user.redeemed"}},
           {R"({"facts":{"user":{"issued":9007199254740993}}})", {"facts.user.issued"}},
           {R"({"facts":{"user":{"attributes":[]}}})", {"facts.user.attributes"}},
           {R"({"facts":{"user":{"attributes":{"a":{},"b":9007199254740993}}}})",
            {"facts.user.attributes.a", "facts.user.attributes.b"}},
           {R"({"facts":{"user":{"attributes":{"a":")" + std::string(5'000, 'x') + "\"}}}}", {"facts.user.attributes"}},
           {R"({"facts":{"campaign":{"issued":11}}})", {"facts.campaign.issued"}},  // of ten
           {R"({"facts":{"campaign":{"total":5}}})", {"facts.campaign.total"}},
           {R"({"facts":{"counter":{"a":"1","":2}}})", {"facts.counter.", "facts.counter.a"}},
           {R"({"facts":{"counter":{")" + std::string(65, 'x') + "\":1}}}", {"facts.counter." + std::string(65, 'x')}},
           {R"({"facts":{"counter":[1]}})", {"facts.counter"}},
           {R"({"subject":5,"more":1})", {"more", "subject"}},
       }) {
    run(at.shop, {row.body, Who::service, issue, row.body, 400, "invalid_request", {}, row.fields});
  }
  // Without a total there is no such bound.
  run(at.shop, {"open", Who::service, "POST /api/v1/campaigns/open/issue/validate",
                R"({"facts":{"campaign":{"issued":11}}})", 200});
}

TEST_CASE("made-up facts that make a rule fail do not put the policy into quarantine, nor do they keep it out") {
  Shop shop;
  shop.write_policy("plugins/picky.lua", R"(return plugin {
    name = "picky", version = "1.0.0", doc = "Fails for who has had five, and for bad ones.",
    issue = function(p, facts) if facts.user.issued == 5 or facts.user.id == "bad" then error("no") end end })");
  shop.write_policy("scripts/fragile.lua", R"(return policy { name = "fragile", rules = { picky {} } })");
  REQUIRE(shop.reload().status == 200);
  shop.campaign({{"id", "spring"}, {"policy", "fragile"}, {"total", 10}});
  const auto suppose = [&](int issued) {
    const std::string body = R"({"user_id":"minji","facts":{"user":{"issued":)" + std::to_string(issued) + "}}}";
    return run(shop, {body, Who::service, issue, body, 200}).body.value("code", "valid");
  };
  for (int i = 0; i < 10; ++i) CHECK(suppose(5) == "policy_error");
  CHECK(shop.metric("scrip_policy_quarantines_total") == 0);
  const auto claim = [&](const std::string& user) {
    return shop.post("/api/v1/campaigns/spring/issue", shop.user(user), Json::object()).code();
  };
  for (int i = 0; i < 5; ++i) {
    CHECK(claim("bad") == "policy_error");
    CHECK(suppose(1) == (i < 4 ? "valid" : "policy_quarantined"));
  }
  CHECK(claim("minji") == "policy_quarantined");
}

}  // namespace scrip::test
