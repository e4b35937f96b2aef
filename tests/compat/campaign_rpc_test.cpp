#include <algorithm>
#include <atomic>
#include <catch2/catch.hpp>
#include <mutex>
#include <set>

#include "connect_client.h"
#include "coupon/time.h"
#include "crowd.h"
#include "rows.h"

namespace scrip::test {
namespace {

std::string create_body(const std::string& id, const std::string& first, const std::string& last,
                        const Json& coupons = 10) {
  return Json{{"campaignId", id}, {"startDate", first}, {"expiredDate", last}, {"maxCoupon", coupons}}.dump();
}

std::string issue_body(const std::string& id) {
  return Json{{"campaignId", id}}.dump();
}

std::string refusal(const std::string& message) {
  return R"({"result":{"message":")" + message + R"("}})";
}

void set_clock(Shop& shop, const std::string& instant) {
  shop.clock().set(*parse_instant(instant));
}

}  // namespace

TEST_CASE("a campaign is created, claimed from and looked at over RPC") {
  Shop shop({.compat = true});
  ConnectClient client(shop);
  Rows before = rows_of(shop);
  CHECK(client.post(create_path, create_body("camp001", "2026-11-01", "2026-11-30", "2")).body ==
        R"({"result":{"success":true}})");
  CHECK(changes(before, rows_of(shop)) == std::vector<std::string>{"+campaign", "+codes", "+tally"});
  CHECK(client.post(get_path, issue_body("camp001")).body ==
        R"({"result":{"success":true},"info":{"CampaignId":"camp001","StartDate":"2026-11-01 00:00:00",)"
        R"("ExpiredDate":"2026-11-30 23:59:59"}})");
  before = rows_of(shop);
  const Answer issued = client.post(issue_path, issue_body("camp001"));
  const std::string code = Json::parse(issued.body)["couponCode"];
  CHECK(issued.body == R"({"result":{"success":true},"couponCode":")" + code + "\"}");
  CHECK(changes(before, rows_of(shop)) == std::vector<std::string>{"+coupon", "+decision", "~tally"});
  const Json coupon = shop.get("/api/v1/coupons/" + code, shop.service()).body;
  CHECK(coupon["user_id"].is_null());
  CHECK(coupon["campaign_id"] == "camp001");
  const std::string second = client.issue("camp001");
  CHECK(second != code);
  CHECK(client.info("camp001")["AllCouponIds"] == Json{code, second});
  const Json campaign = shop.get("/api/v1/campaigns/camp001", shop.operator_()).body;
  CHECK(campaign["policy"] == "campaign_rpc");
  CHECK(campaign["total"] == 2);
  CHECK(campaign["issued"] == 2);
  CHECK(shop.drift().empty());
}

TEST_CASE("refusals of the business are answers, in the words that clients know") {
  Shop shop({.compat = true});
  ConnectClient client(shop);
  client.create("camp001", 1);
  client.create("future", 1, "2026-12-01", "2026-12-31");
  client.create("past", 1, "2026-10-01", "2026-10-31");
  client.create("none", 0);
  client.issue("camp001");
  struct Row {
    const char* path;
    std::string body;
    const char* message;
    std::vector<std::string> changed;
  };
  const std::vector<Row> rows{
      {create_path, create_body("camp001", "2026-11-01", "2026-11-30"), "campaign already exists", {}},
      {issue_path, issue_body("nowhere"), "campaign is not exists", {}},
      {issue_path, issue_body(""), "campaign is not exists", {}},
      {issue_path, "{}", "campaign is not exists", {}},
      {issue_path, issue_body("NO SUCH \xea\xb0\x80"), "campaign is not exists", {}},
      {issue_path, issue_body("future"), "campaign not valid at this time", {"+decision"}},
      {issue_path, issue_body("past"), "campaign not valid at this time", {"+decision"}},
      {issue_path, issue_body("camp001"), "no more available coupon", {"+decision"}},
      {issue_path, issue_body("none"), "no more available coupon", {"+decision"}},
  };
  for (const Row& row : rows) {
    CAPTURE(row.body);
    const Rows before = rows_of(shop);
    const Answer answer = client.post(row.path, row.body);
    CHECK(answer.status == 200);
    CHECK(answer.body == refusal(row.message));
    CHECK(changes(before, rows_of(shop)) == row.changed);
  }
  const Answer sold_out = client.proto(issue_path, bytes("0a0763616d70303031"));
  CHECK(sold_out.body == bytes("0a1a12186e6f206d6f726520617661696c61626c6520636f75706f6e"));
}

TEST_CASE("arguments that make no campaign are invalid") {
  Shop shop({.compat = true});
  ConnectClient client(shop);
  struct Row {
    std::string body;
    const char* message;
  };
  const std::string id = "campaignId: must be [a-z0-9][a-z0-9_-]{0,63}";
  const std::string first = "startDate: must be a date as YYYY-MM-DD";
  const std::string last = "expiredDate: must be a date as YYYY-MM-DD";
  const std::string count = "maxCoupon: must be 0 to 1000000000000";
  const std::vector<std::pair<std::string, std::string>> rows{
      {"{}", id},
      {create_body("", "2026-11-01", "2026-11-30"), id},
      {create_body("Camp 1", "2026-11-01", "2026-11-30"), id},
      {create_body(std::string(65, 'a'), "2026-11-01", "2026-11-30"), id},
      {create_body("a", "", "2026-11-30"), first},
      {create_body("a", "2026-11-1", "2026-11-30"), first},
      {create_body("a", "2026-02-30", "2026-11-30"), first},
      {create_body("a", "20261101", "2026-11-30"), first},
      {create_body("a", "2026-11-01T00:00:00Z", "2026-11-30"), first},
      {create_body("a", "1969-12-31", "2026-11-30"), first},
      {create_body("a", "2026-11-01", "30.11.2026"), last},
      {create_body("a", "2026-11-01", "2026-13-01"), last},
      {create_body("a", "2026-11-30", "2026-11-29"), "expiredDate: must not be before startDate"},
      {create_body("a", "2026-11-01", "2026-11-30", -1), count},
      {create_body("a", "2026-11-01", "2026-11-30", "1000000000001"), count},
      {create_body("a", "2026-11-01", "2026-11-30", "-9223372036854775808"), count},
      {create_body("a", "2026-11-01", "2026-11-30", 1.5), "maxCoupon: must be a 64-bit integer"},
  };
  const Rows before = rows_of(shop);
  for (const auto& [body, message] : rows) {
    CAPTURE(body);
    const Answer answer = client.post(create_path, body);
    CHECK(answer.status == 400);
    CHECK(answer.body == Json{{"code", "invalid_argument"}, {"message", message}}.dump());
  }
  CHECK(changes(before, rows_of(shop)).empty());
}

TEST_CASE("looking at a campaign that nobody has made is an error") {
  Shop shop({.compat = true});
  ConnectClient client(shop);
  for (const char* const id : {"nowhere", "", "NO"}) {
    const Answer answer = client.post(get_path, issue_body(id));
    CHECK(answer.status == 404);
    CHECK(answer.body == R"({"code":"not_found","message":"campaign is not exists"})");
  }
}

TEST_CASE("a campaign runs from the first day's first second to the last one's last, where the server is") {
  Shop shop({.timezone = "Asia/Seoul", .compat = true});
  ConnectClient client(shop);
  client.create("days", 10, "2026-12-01", "2026-12-02");
  const auto answer_at = [&](const char* instant) {
    set_clock(shop, instant);
    return client.post(issue_path, issue_body("days")).body;
  };
  const std::string closed = refusal("campaign not valid at this time");
  CHECK(answer_at("2026-11-30T23:59:59.999999+09:00") == closed);
  CHECK(answer_at("2026-12-01T00:00:00+09:00") != closed);
  CHECK(answer_at("2026-12-02T23:59:59.999999+09:00") != closed);
  CHECK(answer_at("2026-12-03T00:00:00+09:00") == closed);
  CHECK(client.info("days")["AllCouponIds"].size() == 2);
  CHECK(client.info("days")["StartDate"] == "2026-12-01 00:00:00");
  CHECK(client.info("days")["ExpiredDate"] == "2026-12-02 23:59:59");
}

TEST_CASE("a campaign may run for thousands of years") {
  Shop shop({.timezone = "Asia/Seoul", .compat = true});
  ConnectClient client(shop);
  client.create("always", 10, "1970-01-01", "9999-12-31");
  CHECK(client.issue("always").size() == 19);
}

TEST_CASE("days are shown as days where clocks change") {
  struct Row {
    const char* zone;
    const char* first;  // a day of a change
    const char* starts_at;
    const char* ends_at;  // when the first day's only day is over
  };
  const std::vector<Row> rows{
      {"America/New_York", "2026-03-08", "2026-03-08T05:00:00Z", "2026-03-09T04:00:00Z"},   // 23 hours
      {"America/New_York", "2026-11-01", "2026-11-01T04:00:00Z", "2026-11-02T05:00:00Z"},   // 25 hours
      {"America/Sao_Paulo", "2018-11-04", "2018-11-04T03:00:00Z", "2018-11-05T02:00:00Z"},  // from 01:00
      {"America/Sao_Paulo", "2018-11-03", "2018-11-03T03:00:00Z", "2018-11-04T03:00:00Z"},  // the day before it
      {"America/Sao_Paulo", "2019-02-16", "2019-02-16T02:00:00Z", "2019-02-17T03:00:00Z"},  // 23:00 twice
      {"Asia/Seoul", "1970-01-01", "1969-12-31T15:00:00Z", "1970-01-01T15:00:00Z"},
      {"UTC", "9999-12-31", "9999-12-31T00:00:00Z", ""},
  };
  for (const Row& row : rows) {
    CAPTURE(row.zone, row.first);
    Shop shop({.timezone = row.zone, .compat = true});
    ConnectClient client(shop);
    client.create("day", 10, row.first, row.first);
    const Json info = client.info("day");
    CHECK(info["StartDate"] == std::string(row.first) + " 00:00:00");
    CHECK(info["ExpiredDate"] == std::string(row.first) + " 23:59:59");
    const auto campaign = shop.node().ledger().catalog()->campaign("day");
    CHECK(format_instant(*campaign->starts_at) == row.starts_at);
    if (*row.ends_at) CHECK(format_instant(*campaign->ends_at) == row.ends_at);
  }
}

TEST_CASE("a campaign that was made otherwise is shown with what it has") {
  Shop shop({.compat = true});
  ConnectClient client(shop);
  shop.campaign({{"id", "endless"}});
  CHECK(client.info("endless") == Json{{"CampaignId", "endless"}});
  shop.campaign({{"id", "sharp"},
                 {"starts_at", "2026-11-21T01:00:00Z"},
                 {"ends_at", "2026-11-21T03:30:00Z"},
                 {"timezone", "Asia/Seoul"}});
  CHECK(client.info("sharp")["StartDate"] == "2026-11-21 10:00:00");
  CHECK(client.info("sharp")["ExpiredDate"] == "2026-11-21 12:29:59");
}

TEST_CASE("coupons that were redeemed or have expired are issued all the same") {
  Shop shop({.compat = true});
  ConnectClient client(shop);
  client.create("camp001", 10);
  const std::string code = client.issue("camp001");
  CHECK(shop.post("/api/v1/coupons/" + code + "/redeem", shop.service(), Json::object()).status == 200);
  CHECK(client.info("camp001")["AllCouponIds"] == Json{code});
}

TEST_CASE("a rule that refuses is not taken for one of the four refusals") {
  Shop shop({.scripts = {{"strict", "return policy { name = \"strict\", rules = { total_limit { max = 1 } } }\n"}},
             .compat = true});
  ConnectClient client(shop);
  shop.campaign({{"id", "strict"}, {"policy", "strict"}, {"total", 10}});
  client.issue("strict");
  const Answer answer = client.post(issue_path, issue_body("strict"));
  const Json body = Json::parse(answer.body);
  INFO(answer.body);
  const bool told = answer.body == refusal("no more available coupon") ||
                    (answer.status == 400 && body["code"] == "failed_precondition" && body["message"] != "");
  CHECK(told);
}

TEST_CASE("a campaign is shown with its first 10,000 coupons") {
  Shop shop({.compat = true});
  ConnectClient client(shop);
  client.create("many", 20'000);
  const auto number = shop.node().ledger().catalog()->campaign("many")->number;
  for (const std::size_t count : {10'000U, 3U}) {
    Submission submission{.command = IssueMany{.campaign = number, .items = std::vector<Issue>(count)},
                          .actor = {.subject = "test", .role = Role::service}};
    shop.node().ledger().execute(submission);
    REQUIRE(!submission.outcome.error);
  }
  const Json codes = client.info("many")["AllCouponIds"];
  CHECK(codes.size() == 10'000);
  CHECK(std::set<std::string>(codes.begin(), codes.end()).size() == 10'000);
}

TEST_CASE("many who claim at once get all coupons there are, each once") {
  constexpr int coupons = 50;
  Shop shop({.compat = true});
  ConnectClient(shop).create("rush", coupons);
  std::mutex mutex;
  std::set<std::string> codes;
  std::atomic<int> sold_out{0}, other{0};
  crowd(40, [&](int) {
    ConnectClient client(shop);
    for (int i = 0; i < 3; ++i) {
      const Json body = Json::parse(client.post(issue_path, issue_body("rush")).body);
      if (body.contains("couponCode")) {
        const std::lock_guard lock(mutex);
        codes.insert(body["couponCode"]);
      } else if (body["result"].value("message", "") == "no more available coupon") {
        ++sold_out;
      } else {
        ++other;
      }
    }
  });
  CHECK(codes.size() == coupons);
  CHECK(sold_out == 40 * 3 - coupons);
  CHECK(other == 0);
  const Json shown = ConnectClient(shop).info("rush")["AllCouponIds"];
  CHECK(std::set<std::string>(shown.begin(), shown.end()) == codes);
  CHECK(shop.drift().empty());
}

TEST_CASE("campaigns and coupons of the RPC are there after a restart") {
  Shop shop({.compat = true});
  std::string code;
  {
    ConnectClient client(shop);
    client.create("camp001", 10);
    code = client.issue("camp001");
  }
  shop.restart();
  ConnectClient client(shop);
  CHECK(client.info("camp001")["AllCouponIds"] == Json{code});
  CHECK(client.post(create_path, create_body("camp001", "2026-11-01", "2026-11-30")).body ==
        refusal("campaign already exists"));
}

}  // namespace scrip::test
