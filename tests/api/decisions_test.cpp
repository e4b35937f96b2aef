// Finding decisions: filters, one by its id, those that were only counted, and those that are gone.
#include <atomic>
#include <catch2/catch.hpp>

#include "crowd.h"
#include "scenario.h"

namespace scrip::test {
namespace {

Json decisions(Shop& shop, const std::string& query) {
  const Reply reply = shop.get("/api/v1/decisions" + query, shop.operator_());
  CAPTURE(query, reply.text);
  REQUIRE(reply.status == 200);
  return reply.body;
}

std::vector<std::string> codes(const Json& list) {
  std::vector<std::string> all;
  for (const Json& each : list["data"])
    all.push_back(each["hook"].get<std::string>() + " " + each["code"].get<std::string>());
  return all;
}

using Codes = std::vector<std::string>;

// A refusal and an issue, an hour later a redemption, another hour later a refusal to redeem again.
struct Day {
  Shop shop;
  std::string code;

  Day() {
    shop.campaign({{"id", "spring"}, {"policy", "welcome"}, {"total", 10}});
    shop.campaign({{"id", "summer"}, {"total", 0}});
    code = shop.issue("spring", "minji")["code"];
    shop.post("/api/v1/campaigns/summer/issue", shop.user("junho"), Json::object());
    shop.clock().advance(hour);
    redeem();
    shop.clock().advance(hour);
    redeem();
  }
  Reply redeem() {
    return shop.post("/api/v1/coupons/" + code + "/redeem", shop.user(),
                     {{"order", {{"id", "o-1"}, {"amount", 20'000}, {"currency", "KRW"}}}});
  }
  std::string at(Micros after) const { return format_instant(opening + after); }
};

TEST_CASE("decisions are found by code, hook, time and revision") {
  Day day;
  Shop& shop = day.shop;
  const Codes all{"redeem already_redeemed", "redeem allowed", "issue sold_out", "issue allowed"};
  CHECK(codes(decisions(shop, "")) == all);
  CHECK(codes(decisions(shop, "?code=allowed")) == Codes{all[1], all[3]});
  CHECK(codes(decisions(shop, "?code=sold_out")) == Codes{all[2]});
  CHECK(codes(decisions(shop, "?code=never_heard_of")).empty());
  CHECK(codes(decisions(shop, "?hook=redeem")) == Codes{all[0], all[1]});
  CHECK(codes(decisions(shop, "?hook=cancel")).empty());
  CHECK(codes(decisions(shop, "?since=" + day.at(hour))) == Codes{all[0], all[1]});
  CHECK(codes(decisions(shop, "?since=" + day.at(hour + 1))) == Codes{all[0]});
  CHECK(codes(decisions(shop, "?until=" + day.at(hour))) == Codes{all[2], all[3]});
  CHECK(codes(decisions(shop, "?since=" + day.at(1) + "&until=" + day.at(2 * hour))) == Codes{all[1]});
  CHECK(codes(decisions(shop, "?user_id=minji&code=allowed&hook=issue")) == Codes{all[3]});
  CHECK(codes(decisions(shop, "?campaign=summer&hook=issue&until=" + day.at(hour))) == Codes{all[2]});
  CHECK(codes(decisions(shop, "?coupon=" + day.code + "&code=already_redeemed")) == Codes{all[0]});
  const std::string revision = shop.get("/api/v1/policies", shop.operator_()).body["revision"];
  CHECK(codes(decisions(shop, "?revision=" + revision.substr(0, 8))) == all);
  const Json page = decisions(shop, "?code=allowed&limit=1");
  CHECK(page["has_more"] == true);
  CHECK(codes(decisions(shop, "?code=allowed&limit=1&cursor=" + page["next_cursor"].get<std::string>())) ==
        Codes{all[3]});
}

TEST_CASE("what is no filter of decisions is refused by name") {
  Day day;
  const std::vector<std::pair<std::string, std::string>> table{{"code=", "code"},
                                                               {"code=Sold%20out", "code"},
                                                               {"code=" + std::string(65, 'a'), "code"},
                                                               {"hook=validate", "hook"},
                                                               {"hook=", "hook"},
                                                               {"since=yesterday", "since"},
                                                               {"since=7d", "since"},
                                                               {"until=2026-11-21", "until"},
                                                               {"revision=xyz", "revision"},
                                                               {"revision=1234567", "revision"},
                                                               {"reason=sold_out", "reason"},
                                                               {"limit=0", "limit"},
                                                               {"cursor=x", "cursor"}};
  for (const auto& [query, field] : table) {
    CAPTURE(query);
    const Reply reply = day.shop.get("/api/v1/decisions?" + query, day.shop.operator_());
    CHECK(reply.code() == "invalid_request");
    CHECK(reply.fields() == std::vector{field});
  }
  CHECK(day.shop.get("/api/v1/decisions?revision=12345678", day.shop.operator_()).code() == "not_found");
  for (const std::string query : {"user_id=minji", "coupon=X", "revision=12345678"}) {
    CHECK(day.shop.get("/api/v1/decisions/refusals?" + query, day.shop.operator_()).code() == "invalid_request");
  }
  CHECK(day.shop.get("/api/v1/decisions/refusals?campaign=winter", day.shop.operator_()).code() ==
        "campaign_not_found");
}

TEST_CASE("one decision is shown by its id, to operators") {
  Day day;
  Shop& shop = day.shop;
  const std::string id = shop.get("/api/v1/coupons/" + day.code, shop.user()).body["decision_id"];
  const Reply reply = shop.get("/api/v1/decisions/" + id, shop.operator_());
  CHECK(reply.status == 200);
  CHECK(reply.body == decisions(shop, "?code=allowed&hook=redeem")["data"][0]);
  for (const std::string none : {"99", "0", "-1", "1e3", "x", "9223372036854775808", "01x", "%F0%9F%98%80"}) {
    CAPTURE(none);
    for (const std::string rest : {"", "/explain"}) {
      const Reply missing = shop.get("/api/v1/decisions/" + none + rest, shop.operator_());
      CHECK(missing.status == 404);
      CHECK(missing.code() == "not_found");
    }
  }
  CHECK(shop.get("/api/v1/decisions/" + id, shop.service()).status == 403);
  CHECK(shop.get("/api/v1/decisions/" + id + "/explain", shop.user()).status == 403);
  CHECK(shop.get("/api/v1/decisions/refusals", "").status == 401);
}

TEST_CASE("a crowd that is refused is answered each, recorded a hundred times and counted for the rest") {
  Shop shop;
  shop.campaign({{"id", "gone"}, {"total", 3}});
  std::atomic<int> issued{0};
  std::atomic<int> refused{0};
  share(400, 16, [&](int job) {
    const Reply reply =
        shop.post("/api/v1/campaigns/gone/issue", shop.user("user" + std::to_string(job)), Json::object());
    if (reply.status == 201) ++issued;
    if (reply.code() == "sold_out") ++refused;
  });
  CHECK(issued == 3);
  CHECK(refused == 397);
  CHECK(decisions(shop, "?limit=1000&code=sold_out")["data"].size() == 100);
  CHECK(decisions(shop, "?limit=1000&code=allowed")["data"].size() == 3);
  const Json counted = decisions(shop, "/refusals?campaign=gone");
  REQUIRE(counted["data"].size() == 1);
  const Json& row = counted["data"][0];
  CHECK(row["count"] == 297);
  CHECK(row["code"] == "sold_out");
  CHECK(row["hook"] == "issue");
  CHECK(row["campaign_id"] == "gone");
  CHECK(row["minute"] == format_instant(opening));
  CHECK(row["revision"] == shop.get("/api/v1/policies", shop.operator_()).body["revision"]);
  CHECK(decisions(shop, "/refusals?code=already_issued")["data"].empty());
  CHECK(decisions(shop, "/refusals?hook=redeem")["data"].empty());
  CHECK(decisions(shop, "/refusals?until=" + format_instant(opening))["data"].empty());
  CHECK(decisions(shop, "/refusals?since=" + format_instant(opening + second))["data"].size() == 1);
  CHECK(shop.metric("scrip_claims_total{action=\"issue\",outcome=\"sold_out\"}") == 397);
  CHECK(shop.drift().empty());

  // Counts are listed a page at a time as everything is.
  shop.clock().advance(minute);
  for (int i = 0; i < 102; ++i) shop.post("/api/v1/campaigns/gone/issue", shop.user(), Json::object());
  const Json first = decisions(shop, "/refusals?limit=1");
  CHECK(first["has_more"] == true);
  CHECK(first["data"][0]["count"] == 2);
  const Json second_page = decisions(shop, "/refusals?limit=1&cursor=" + first["next_cursor"].get<std::string>());
  CHECK(second_page["has_more"] == false);
  CHECK(second_page["data"][0]["count"] == 297);
}

TEST_CASE("a decision that was dropped is not found, and its coupon lives on") {
  Day day;
  Shop& shop = day.shop;
  shop.clock().advance(31 * scrip::day);
  shop.issue("spring", "late");
  shop.issue("spring", "later");
  CHECK(codes(decisions(shop, "")) == Codes{"issue allowed", "issue allowed"});
  CHECK(decisions(shop, "?coupon=" + day.code)["data"].empty());
  CHECK(decisions(shop, "?user_id=minji")["data"].empty());
  const Json coupon = shop.get("/api/v1/coupons/" + day.code, shop.user()).body;
  CHECK(coupon["state"] == "redeemed");
  CHECK(shop.get("/api/v1/decisions/" + coupon["decision_id"].get<std::string>(), shop.operator_()).code() ==
        "not_found");
  CHECK(shop.drift().empty());
}

}  // namespace
}  // namespace scrip::test
