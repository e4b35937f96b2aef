// When a campaign's coupons can be claimed.
#include <catch2/catch.hpp>

#include "scenario.h"

namespace scrip::test {
namespace {

std::vector<std::string> windows(Shop& shop, const std::string& campaign, const std::string& query = "") {
  const Reply reply = shop.get("/api/v1/campaigns/" + campaign + "/windows" + query, shop.user());
  INFO(reply.text);
  REQUIRE(reply.status == 200);
  std::vector<std::string> shown;
  for (const Json& window : reply.body["data"]) {
    const Json closes = window["closes_at"];
    shown.push_back(window["opens_at"].get<std::string>() + " " + (closes.is_null() ? "-" : closes.get<std::string>()));
  }
  return shown;
}

using Windows = std::vector<std::string>;

std::string rules(const std::string& name, const std::string& list) {
  return "return policy { name = \"" + name + "\", rules = { " + list + " } }";
}

TEST_CASE("the windows of an event are told, the open one first") {
  Shop shop;  // it is ten o'clock in Seoul
  shop.campaign({{"id", "live"}, {"policy", "coupon_live"}, {"timezone", "Asia/Seoul"}});
  CHECK(windows(shop, "live", "?limit=2") == Windows{"2026-11-21T10:00:00+09:00 2026-11-21T10:01:00+09:00",
                                                     "2026-11-21T11:00:00+09:00 2026-11-21T11:01:00+09:00"});
  shop.clock().advance(60 * second);
  CHECK(windows(shop, "live", "?limit=1") == Windows{"2026-11-21T11:00:00+09:00 2026-11-21T11:01:00+09:00"});
  CHECK(windows(shop, "live", "?limit=1&from=2026-12-24T19:00:30%2B09:00") ==
        Windows{"2026-12-24T19:00:00+09:00 2026-12-24T19:01:00+09:00"});
  CHECK(windows(shop, "live").size() == 10);
  CHECK(windows(shop, "live", "?limit=100").back() == "2026-12-01T10:00:00+09:00 2026-12-01T10:01:00+09:00");
}

TEST_CASE("what a window says is what a claim finds") {
  Shop shop;
  shop.campaign({{"id", "live"}, {"policy", "coupon_live"}});
  int user = 0;
  const auto claim = [&] {
    return shop.post("/api/v1/campaigns/live/issue", shop.service(), {{"user_id", "u" + std::to_string(++user)}})
        .status;
  };
  CHECK(claim() == 201);
  shop.clock().advance(60 * second - 1);
  CHECK(claim() == 201);
  shop.clock().advance(1);
  CHECK(claim() == 409);
}

TEST_CASE("a campaign's own dates bound its windows") {
  Shop shop;
  shop.campaign({{"id", "dated"}, {"starts_at", "2026-11-22T00:00:00Z"}, {"ends_at", "2026-11-23T00:00:00Z"}});
  CHECK(windows(shop, "dated") == Windows{"2026-11-22T00:00:00+00:00 2026-11-23T00:00:00+00:00"});
  shop.campaign({{"id", "open"}});
  CHECK(windows(shop, "open") == Windows{"1970-01-01T00:00:00+00:00 -"});
  shop.campaign({{"id", "live"},
                 {"policy", "coupon_live"},
                 {"starts_at", "2026-11-21T10:00:30+09:00"},
                 {"ends_at", "2026-11-21T11:00:20+09:00"},
                 {"timezone", "Asia/Seoul"}});
  CHECK(windows(shop, "live") == Windows{"2026-11-21T10:00:30+09:00 2026-11-21T10:01:00+09:00",
                                         "2026-11-21T11:00:00+09:00 2026-11-21T11:00:20+09:00"});
  shop.clock().advance(365 * day);
  CHECK(windows(shop, "live").empty());
  const Json over = shop.get("/api/v1/campaigns/live/windows", shop.user()).body;
  CHECK(over["status"] == "ended");
  CHECK(over["now"] == "2027-11-21T01:00:00Z");
}

TEST_CASE("windows of several rules are those that they have in common") {
  Shop shop(
      {.scripts = {
           {"both", rules("both", R"(event_window { as = "hours", timezone = "UTC", daily = { "00:00/12h" } },
                    event_window { as = "weekend", timezone = "UTC", days = { "sat", "sun" } })")},
           {"never", rules("never", R"(event_window { as = "am", timezone = "UTC", daily = { "06:00/1h" } },
                    event_window { as = "pm", timezone = "UTC", daily = { "18:00/1h" } })")},
           {"dates",
            rules("dates", R"(event_window { timezone = "UTC", first_day = "2026-12-24", last_day = "2026-12-31" })")},
           {"days", rules("days", R"(event_window { timezone = "UTC", days = { "mon", "tue", "thu" } })")},
           {"quota", rules("quota", R"(event_window { timezone = "UTC", quota = 5 })")},
       }});
  for (const std::string id : {"both", "never", "dates", "days", "quota"}) shop.campaign({{"id", id}, {"policy", id}});
  // 2026-11-21 is a Saturday.
  CHECK(windows(shop, "both", "?limit=3") == Windows{"2026-11-21T00:00:00+00:00 2026-11-21T12:00:00+00:00",
                                                     "2026-11-22T00:00:00+00:00 2026-11-22T12:00:00+00:00",
                                                     "2026-11-28T00:00:00+00:00 2026-11-28T12:00:00+00:00"});
  CHECK(windows(shop, "never").empty());
  CHECK(windows(shop, "dates") == Windows{"2026-12-24T00:00:00+00:00 2027-01-01T00:00:00+00:00"});
  CHECK(windows(shop, "days", "?limit=2") == Windows{"2026-11-23T00:00:00+00:00 2026-11-25T00:00:00+00:00",
                                                     "2026-11-26T00:00:00+00:00 2026-11-27T00:00:00+00:00"});
  CHECK(windows(shop, "quota", "?limit=2") == Windows{"2026-11-21T00:00:00+00:00 2026-11-22T00:00:00+00:00",
                                                      "2026-11-22T00:00:00+00:00 2026-11-23T00:00:00+00:00"});
}

TEST_CASE("a window that crosses a change of the clocks is as long as the script says") {
  Shop shop(
      {.scripts = {
           {"night", rules("night", R"(event_window { timezone = "America/New_York", daily = { "01:00/3h" } })")}}});
  shop.campaign({{"id", "night"}, {"policy", "night"}, {"timezone", "America/New_York"}});
  CHECK(windows(shop, "night", "?limit=2&from=2027-03-14T00:00:00-05:00") ==
        Windows{"2027-03-14T01:00:00-05:00 2027-03-14T05:00:00-04:00",
                "2027-03-15T01:00:00-04:00 2027-03-15T04:00:00-04:00"});
}

TEST_CASE("a plugin that tells nonsense about its windows is the operator's to mend") {
  Shop shop;
  const auto plugin = [](const std::string& answer) {
    return "return plugin { name = \"odd\", version = \"1.0.0\", doc = \"Odd.\",\n  window = function(p, facts) "
           "return " +
           answer + " end,\n  issue = function() end,\n}\n";
  };
  shop.write_policy("plugins/odd.lua", plugin("facts.now"));
  shop.write_policy("scripts/odd.lua", rules("odd", "odd {}"));
  REQUIRE(shop.reload().status == 200);
  shop.campaign({{"id", "odd"}, {"policy", "odd"}});
  CHECK(windows(shop, "odd") == Windows{"2026-11-21T01:00:00+00:00 -"});
  for (const std::string answer :
       {"'soon'", "facts.now, facts.now", "facts.now - 2, facts.now - 1", "0.5", "nil + 1"}) {
    INFO(answer);
    shop.write_policy("plugins/odd.lua", plugin(answer));
    REQUIRE(shop.reload().status == 200);
    const Reply reply = shop.get("/api/v1/campaigns/odd/windows", shop.user());
    CHECK(reply.status == 500);
    CHECK(reply.code() == "policy_error");
    CHECK(shop.issue("odd", "minji")["state"] == "issued");
  }
}

TEST_CASE("a question about windows is checked") {
  Shop shop;
  shop.campaign({{"id", "open"}});
  const std::string call = "GET /api/v1/campaigns/open/windows";
  const std::string bad = "invalid_request";
  run(shop, {
                {"no number", Who::user, call + "?limit=many", "", 400, bad, {}, {"limit"}},
                {"none", Who::user, call + "?limit=0", "", 400, bad, {}, {"limit"}},
                {"too many", Who::user, call + "?limit=101", "", 400, bad, {}, {"limit"}},
                {"no instant", Who::user, call + "?from=now", "", 400, bad, {}, {"from"}},
                {"no offset", Who::user, call + "?from=2026-11-21T10:00:00", "", 400, bad, {}, {"from"}},
                {"too late", Who::user, call + "?from=9999-01-01T00:00:00Z", "", 400, bad, {}, {"from"}},
                {"another question", Who::user, call + "?until=2026-11-21T10:00:00Z", "", 400, bad, {}, {"until"}},
                {"no such campaign", Who::user, "GET /api/v1/campaigns/none/windows", "", 404, "campaign_not_found"},
                {"nobody", Who::nobody, call, "", 401, "unauthenticated"},
            });
}

}  // namespace
}  // namespace scrip::test
