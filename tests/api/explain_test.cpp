// Every kind of decision is made again byte for byte, whatever became of the policies and the campaign since;
// and when one is not, the reason is named.
#include <catch2/catch.hpp>
#include <set>

#include "../moody_plugin.h"
#include "lua/compile.h"
#include "policy/host_rules.h"
#include "replay/explain.h"
#include "scenario.h"

namespace scrip::test {
namespace {

std::string policy(const std::string& name, const std::string& rules) {
  return "return policy {\n  name = \"" + name + "\",\n  rules = { " + rules + " },\n}\n";
}

const std::vector<std::pair<std::string, std::string>> scripts{
    {"limited", policy("limited", "per_user_limit { max = 1 }, total_limit { max = 2 }, expiry { days = 2 }")},
    {"daily", policy("daily", "daily_cap { max = 1 }, daily_cap { as = \"uses\", max = 1, on = \"redeem\" }")},
    {"noon", policy("noon", "event_window { daily = { \"01:00/30m\" }, quota = 1 }")},
    {"gold", policy("gold", "segment { attribute = \"tier\", any_of = { \"gold\" } }, first_order_only {}")},
    {"spend", policy("spend",
                     "product_filter { include_tags = { \"book\" } },"
                     " discount { percent = 50, min_order = 1000, currency = \"KRW\" },"
                     " budget { max = 1000, currency = \"KRW\" }, cancel_window { minutes = 10 }")},
    {"notice", policy("notice", "expiry { days = 3, remind_days = { 1 } }")},
    {"open", policy("open", "")},
};

constexpr const char* fails = R"(return plugin {
  name = "fails", version = "1.0.0", doc = "Fails for some.",
  issue = function(p, facts) if facts.user.id == "unlucky" then error("out of order") end end,
})";

Json order(std::int64_t amount, const std::string& tag = "book", const std::string& currency = "KRW") {
  return {{"order",
           {{"id", "o-1"},
            {"amount", amount},
            {"currency", currency},
            {"items", {{{"sku", "s-1"}, {"quantity", 1}, {"amount", amount}, {"tags", {tag}}}}}}}};
}

// A shop in which everything has been decided that can be.
class Courthouse {
 public:
  Shop shop{{.scripts = scripts}};

  Courthouse() {
    shop.write_policy("plugins/fails.lua", fails);
    shop.write_policy("plugins/moody.lua", moody_plugin(2));
    shop.write_policy("scripts/fails.lua", policy("fails", "fails {}"));
    shop.write_policy("scripts/moody.lua", policy("moody", "moody {}"));
    REQUIRE(shop.reload().status == 200);
  }

  std::string issue(const std::string& campaign, const std::string& user) {
    const Reply reply = shop.post("/api/v1/campaigns/" + campaign + "/issue", shop.service(), {{"user_id", user}});
    return reply.body.value("code", std::string());
  }
  Reply act(const std::string& code, const std::string& what, const Json& body = Json::object()) {
    return shop.post("/api/v1/coupons/" + code + "/" + what, shop.service(), body);
  }
  Reply edit(const std::string& campaign, const Json& body) {
    return shop.call({.method = "PATCH",
                      .path = "/api/v1/campaigns/" + campaign,
                      .token = shop.operator_(),
                      .body = body.dump(),
                      .headers = {{"Content-Type", "application/json"}}});
  }

  void decide_everything() {
    shop.campaign({{"id", "limited"}, {"policy", "limited"}, {"total", 3}});
    issue("limited", "minji");
    issue("limited", "minji");  // already_issued
    issue("limited", "junho");
    issue("limited", "kim");  // sold_out by total_limit
    edit("limited", {{"params", {{"total_limit", {{"max", 100}}}}}});
    issue("limited", "lee");
    issue("limited", "kim");    // sold_out by the host
    issue("limited", "minji");  // already_issued, though none is left

    shop.campaign({{"id", "daily"}, {"policy", "daily"}, {"total", 10}});
    const std::string first = issue("daily", "minji");
    issue("daily", "junho");  // daily_cap_reached
    shop.clock().advance(day);
    const std::string next = issue("daily", "junho");
    act(first, "redeem");
    act(next, "redeem");  // daily_cap_reached

    shop.campaign({{"id", "noon"}, {"policy", "noon"}, {"total", 10}});
    issue("noon", "minji");
    issue("noon", "junho");  // window_sold_out
    shop.clock().advance(hour);
    issue("noon", "kim");  // outside_event_window

    shop.campaign({{"id", "gold"}, {"policy", "gold"}, {"total", 10}});
    issue("gold", "minji");  // not_in_segment
    put_attributes("minji", {{"tier", "gold"}, {"orders", 3}});
    issue("gold", "minji");  // not_first_order
    put_attributes("minji", {{"tier", "gold"}});
    issue("gold", "minji");

    shop.campaign({{"id", "spend"}, {"policy", "spend"}, {"total", 10}});
    const std::string spent = issue("spend", "minji");
    act(spent, "redeem");                               // order_required
    act(spent, "redeem", order(2'000, "toy"));          // product_not_eligible
    act(spent, "redeem", order(10));                    // min_order_not_met
    act(spent, "redeem", order(2'000, "book", "USD"));  // currency_mismatch
    act(spent, "redeem", order(2'000));                 // allowed, half off
    act(spent, "redeem", order(2'000));                 // already_redeemed
    act(spent, "cancel");
    act(spent, "cancel");  // not_redeemed
    act(spent, "redeem", order(2'000));
    act(issue("spend", "junho"), "redeem", order(2'000));  // budget_exhausted
    shop.clock().advance(hour);
    act(spent, "cancel");  // cancel_too_late

    shop.campaign({{"id", "notice"}, {"policy", "notice"}, {"timezone", "UTC"}});
    const std::string held = issue("notice", "minji");
    shop.clock().advance(2 * day);
    REQUIRE(shop.node().reminders().pass().ok());
    shop.clock().advance(2 * day);
    act(held, "redeem");  // coupon_expired

    shop.campaign({{"id", "open"}, {"policy", "open"}, {"total", 5}, {"starts_at", instant(hour)}});
    issue("open", "minji");  // has not started
    shop.clock().advance(2 * hour);
    const Json coupons = shop.get("/api/v1/campaigns/open/coupons?limit=5", shop.operator_()).body["data"];
    const std::string by_hand = coupons[4]["code"];
    act(by_hand, "redeem");  // not_issued
    act(by_hand, "assign", {{"user_id", "minji"}});
    act(by_hand, "assign", {{"user_id", "junho"}});  // already_assigned
    edit("open", {{"status", "paused"}});
    issue("open", "junho");  // paused
    act(by_hand, "redeem");  // paused
    edit("open", {{"status", "active"}, {"ends_at", instant(hour)}});
    shop.clock().advance(2 * hour);
    issue("open", "junho");  // has ended

    // A campaign without total whose codes another one takes all.
    const Json digits{{"pattern", "######"}, {"alphabet", "digits"}};
    shop.campaign({{"id", "late"}, {"policy", "open"}, {"code", digits}});
    shop.campaign({{"id", "all"}, {"policy", "open"}, {"total", 1'000'000}, {"code", digits}});
    issue("late", "minji");  // sold_out

    shop.campaign({{"id", "fails"}, {"policy", "fails"}, {"total", 10}});
    issue("fails", "unlucky");  // policy_error
    issue("fails", "minji");
  }

  std::vector<Json> decisions() {
    std::vector<Json> all;
    std::string cursor;
    do {
      const Json page =
          shop.get("/api/v1/decisions?limit=1000" + (cursor.empty() ? "" : "&cursor=" + cursor), shop.operator_()).body;
      for (const Json& each : page["data"]) all.push_back(each);
      cursor = page["next_cursor"].is_null() ? "" : page["next_cursor"].get<std::string>();
    } while (!cursor.empty());
    return all;
  }
  // The id of the nth that was made, from 1. Only SQLite's store counts them so.
  std::string nth(std::size_t n) {
    const std::vector<Json> all = decisions();
    REQUIRE(n <= all.size());
    return all[all.size() - n]["id"];
  }
  Json explain(const std::string& id) {
    const Reply reply = shop.get("/api/v1/decisions/" + id + "/explain", shop.operator_());
    CAPTURE(reply.text);
    REQUIRE(reply.status == 200);
    return reply.body;
  }
  void check_all_same() {
    for (const Json& decision : decisions()) {
      const Json explained = explain(decision["id"]);
      CAPTURE(decision["campaign_id"], decision["hook"], decision["code"], explained["why"]);
      CHECK(explained["same"] == true);
      CHECK(explained["reason"].is_null());
      CHECK(explained["then"] == explained["again"]);
    }
  }

 private:
  std::string instant(Micros later) { return format_instant(shop.clock().now() + later); }
  void put_attributes(const std::string& user, const Json& attributes) {
    const Reply reply = shop.call({.method = "PUT",
                                   .path = "/api/v1/users/" + user + "/attributes",
                                   .token = shop.service(),
                                   .body = attributes.dump(),
                                   .headers = {{"Content-Type", "application/json"}}});
    REQUIRE(reply.status < 300);
  }
};

TEST_CASE("every kind of decision comes out the same again, also after reloads and edits of its campaign") {
  Courthouse house;
  house.decide_everything();
  std::set<std::string> seen;
  for (const Json& decision : house.decisions()) {
    seen.insert(decision["hook"].get<std::string>() + " " + decision["code"].get<std::string>());
  }
  for (const std::string kind : {"issue allowed",
                                 "redeem allowed",
                                 "cancel allowed",
                                 "remind allowed",
                                 "issue already_issued",
                                 "issue sold_out",
                                 "issue daily_cap_reached",
                                 "redeem daily_cap_reached",
                                 "issue window_sold_out",
                                 "issue outside_event_window",
                                 "issue not_in_segment",
                                 "issue not_first_order",
                                 "redeem order_required",
                                 "redeem product_not_eligible",
                                 "redeem min_order_not_met",
                                 "redeem currency_mismatch",
                                 "redeem already_redeemed",
                                 "cancel not_redeemed",
                                 "redeem budget_exhausted",
                                 "cancel cancel_too_late",
                                 "redeem coupon_expired",
                                 "issue campaign_not_active",
                                 "redeem campaign_not_active",
                                 "redeem not_issued",
                                 "issue already_assigned",
                                 "issue policy_error"}) {
    CAPTURE(kind);
    CHECK(seen.contains(kind));
  }
  house.check_all_same();

  for (const int percent : {10, 20}) {
    house.shop.write_policy("scripts/spend.lua",
                            policy("spend", "discount { percent = " + std::to_string(percent) + " }"));
    house.shop.write_policy("scripts/daily.lua", policy("daily", "per_user_limit { max = 7 }"));
    REQUIRE(house.shop.reload().status == 200);
    REQUIRE(house.edit("limited", {{"total", percent}, {"name", "edited " + std::to_string(percent)}}).status == 200);
    house.check_all_same();
  }
  house.shop.restart();
  house.check_all_same();
}

TEST_CASE("an explanation has the rules of then with the campaign's parameters, and says whether they are in force") {
  Courthouse house;
  house.shop.campaign(
      {{"id", "limited"}, {"policy", "limited"}, {"total", 3}, {"params", {{"per_user_limit", {{"max", 2}}}}}});
  house.issue("limited", "minji");
  const Json before = house.explain(house.nth(1));
  CHECK(before["active"] == true);
  CHECK(before["policy"] == "limited");
  REQUIRE(before["rules"].size() == 3);
  CHECK(before["rules"][0]["name"] == "per_user_limit");
  CHECK(before["rules"][0]["params"]["max"] == 2);
  CHECK(before["then"]["trace_text"].get<std::string>().find("1. per_user_limit: passed\n") == 0);
  CHECK(before["facts_text"].get<std::string>().find("campaign.total = 3\n") != std::string::npos);
  REQUIRE(house.edit("limited", {{"total", 9}, {"params", {{"per_user_limit", {{"max", 5}}}}}}).status == 200);
  house.shop.write_policy("scripts/open.lua", policy("open", "per_user_limit { max = 3 }"));
  REQUIRE(house.shop.reload().status == 200);
  const Json after = house.explain(house.nth(1));
  CHECK(after["active"] == false);
  CHECK(after["rules"] == before["rules"]);
  CHECK(after["facts_text"] == before["facts_text"]);
  CHECK(after["same"] == true);
}

TEST_CASE("rules that keep state between decisions are found out") {
  Courthouse house;
  house.shop.campaign({{"id", "moody"}, {"policy", "moody"}, {"total", 10}});
  for (const std::string user : {"a", "b", "c"}) house.issue("moody", user);
  CHECK(house.explain(house.nth(1))["same"] == true);
  const Json tired = house.explain(house.nth(3));
  CHECK(tired["same"] == false);
  CHECK(tired["reason"] == "verdict");
  CHECK(tired["why"].get<std::string>().find("then moody: denied tired") != std::string::npos);
  CHECK(tired["why"].get<std::string>().find("now moody: passed") != std::string::npos);
  CHECK(tired["then"]["verdict"]["code"] == "tired");
  CHECK(tired["again"]["verdict"]["result"] == "allowed");
}

TEST_CASE("what was not kept is said") {
  Courthouse house;
  house.shop.campaign({{"id", "open"}, {"policy", "open"}, {"total", 10}});
  house.issue("open", "minji");
  house.shop.campaign({{"id", "limited"}, {"policy", "limited"}, {"total", 1}});
  house.issue("limited", "minji");
  house.issue("limited", "junho");  // sold out, by the host

  const auto row_of = [&](std::int64_t id) {
    auto reader = house.shop.node().store().reader();
    REQUIRE(reader.ok());
    auto row = (*reader)->decision(id);
    REQUIRE(row.ok());
    REQUIRE(*row);
    return **row;
  };
  CompiledRevisions revisions(&compile_untested, {});
  const auto explained = [&](const DecisionRow& row) {
    auto reader = house.shop.node().store().reader();
    REQUIRE(reader.ok());
    auto explanation = scrip::explain(**reader, revisions, row);
    REQUIRE(explanation.ok());
    return *explanation;
  };
  const std::int64_t first = std::stoll(house.nth(1));
  CHECK(explained(row_of(first)).same());

  DecisionRow row = row_of(first);
  row.revision = 77;
  CHECK(explained(row).difference == Difference::revision_not_kept);

  row = row_of(first);
  row.record.pop_back();
  CHECK(explained(row).difference == Difference::unreadable);

  row = row_of(first);
  auto decision = decode_decision(row.record);
  REQUIRE(decision.ok());
  auto unknown = std::make_shared<Campaign>();
  unknown->number = decision->campaign;
  unknown->version = 99;
  decision->facts.campaign = unknown;
  row.record = encode_decision(decision->hook, decision->facts, decision->verdict);
  CHECK(explained(row).difference == Difference::campaign_not_kept);

  // A counter that the rules do not read now, and a verdict that nobody gave.
  row = row_of(first);
  unknown->version = decision->campaign_version;
  decision->facts.counters = {{"old", 1}};
  row.record = encode_decision(decision->hook, decision->facts, decision->verdict);
  CHECK(explained(row).difference == Difference::counters);
  decision->facts.counters.clear();
  decision->verdict.unstable = true;
  row.record = encode_decision(decision->hook, decision->facts, decision->verdict);
  CHECK(explained(row).difference == Difference::hidden_state);
  decision->verdict = {.kind = Verdict::Kind::failed, .code = "policy_error"};
  decision->verdict.trace.push_back(
      {.rule = "slow", .kind = TraceEntry::Kind::failed, .code = "policy_error", .detail = "ran longer than 10 ms"});
  row.record = encode_decision(decision->hook, decision->facts, decision->verdict);
  CHECK(explained(row).difference == Difference::out_of_budget);
}

TEST_CASE("a decision that was made while no policies were in force comes out the same") {
  const Facts facts = [] {
    Facts made;
    made.now = opening;
    auto campaign = std::make_shared<Campaign>();
    campaign->number = 1;
    made.campaign = campaign;
    made.coupon = CouponFacts{.code = "X"};
    return made;
  }();
  Shop shop;
  shop.campaign({{"id", "open"}, {"total", 10}});
  auto reader = shop.node().store().reader();
  REQUIRE(reader.ok());
  CompiledRevisions revisions(&compile_untested, {});
  const DecisionRow row{.id = 1, .record = encode_decision(Hook::issue, facts, no_policies_verdict())};
  const auto explanation = scrip::explain(**reader, revisions, row);
  REQUIRE(explanation.ok());
  CHECK(explanation->same());
  CHECK(explanation->revision.empty());
}

}  // namespace
}  // namespace scrip::test
