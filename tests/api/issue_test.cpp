// Claims: one, many, and by hand.
#include <catch2/catch.hpp>
#include <set>

#include "scenario.h"

namespace scrip::test {
namespace {

const std::vector<std::string> one_given{"+coupon", "+decision", "~tally"};
const std::string issue = "POST /api/v1/campaigns/spring/issue";

TEST_CASE("users claim for themselves, the shop claims for anybody") {
  Shop shop;
  shop.campaign({{"id", "spring"}, {"total", 100}});
  const Json for_minji{{"state", "issued"},
                       {"campaign_id", "spring"},
                       {"user_id", "minji"},
                       {"subject", nullptr},
                       {"issued_at", "2026-11-21T01:00:00Z"},
                       {"expires_at", nullptr},
                       {"redeemed_at", nullptr},
                       {"expired", false}};
  run(shop,
      {
          {"a user, no body", Who::user, issue, "", 201, "", for_minji, {}, one_given},
          {"an empty object", Who::user, issue, "{}", 201, "", for_minji, {}, one_given},
          {"its own id", Who::user, issue, R"({"user_id":"minji"})", 201, "", for_minji, {}, one_given},
          {"a subject",
           Who::user,
           issue,
           R"({"subject":"work:12"})",
           201,
           "",
           {{"user_id", "minji"}, {"subject", "work:12"}},
           {},
           one_given},
          {"another's id", Who::user, issue, R"({"user_id":"junho"})", 403, "forbidden"},
          {"another's id in other letters", Who::user, issue, R"({"user_id":"Minji"})", 403, "forbidden"},
          {"the shop for a user",
           Who::service,
           issue,
           R"({"user_id":"junho"})",
           201,
           "",
           {{"user_id", "junho"}},
           {},
           one_given},
          {"an operator for a user",
           Who::operator_,
           issue,
           R"({"user_id":"가나다 @x/1"})",
           201,
           "",
           {{"user_id", "가나다 @x/1"}},
           {},
           one_given},
          {"unknown campaign", Who::user, "POST /api/v1/campaigns/summer/issue", "", 404, "campaign_not_found"},
          {"an id that no campaign can have", Who::user, "POST /api/v1/campaigns/A%20B/issue", "", 404,
           "campaign_not_found"},
          {"an empty user", Who::service, issue, R"({"user_id":""})", 400, "invalid_request", {}, {"user_id"}},
          {"129 bytes",
           Who::service,
           issue,
           R"({"user_id":")" + std::string(129, 'u') + "\"}",
           400,
           "invalid_request",
           {},
           {"user_id"}},
          {"128 bytes",
           Who::service,
           issue,
           R"({"user_id":")" + std::string(128, 'u') + "\"}",
           201,
           "",
           {},
           {},
           one_given},
          {"a control character",
           Who::service,
           issue,
           R"({"user_id":"a\u0007"})",
           400,
           "invalid_request",
           {},
           {"user_id"}},
          {"an empty subject", Who::user, issue, R"({"subject":""})", 400, "invalid_request", {}, {"subject"}},
          {"a subject of a number", Who::user, issue, R"({"subject":12})", 400, "invalid_request", {}, {"subject"}},
          {"unknown members",
           Who::user,
           issue,
           R"({"user":"minji","code":"x"})",
           400,
           "invalid_request",
           {},
           {"user", "code"}},
      });
}

TEST_CASE("a refusal tells the customer a sentence, and the shop the trace") {
  Shop shop;
  shop.campaign({{"id", "spring"}, {"policy", "welcome"}, {"total", 100}});
  shop.issue("spring", "minji");
  const Reply to_user = run(shop, {"a user",
                                   Who::user,
                                   issue,
                                   "",
                                   409,
                                   "already_issued",
                                   {{"detail", "You already have this coupon."}},
                                   {},
                                   {"+decision"}});
  CHECK(!to_user.body.contains("trace"));
  CHECK(!to_user.body.contains("context"));
  const Reply to_shop = run(shop, {"the shop",
                                   Who::service,
                                   issue,
                                   R"({"user_id":"minji"})",
                                   409,
                                   "already_issued",
                                   {{"context", {{"held", 1}, {"max", 1}}}},
                                   {},
                                   {"+decision"}});
  REQUIRE(to_shop.body["trace"].size() == 1);
  CHECK(has(to_shop.body["trace"][0], {{"rule", "per_user_limit"}, {"result", "denied"}}));
}

TEST_CASE("the last coupon is given, and the next claim is told that they are gone") {
  Shop shop;
  shop.campaign({{"id", "spring"}, {"total", 2}});
  shop.campaign({{"id", "one_each"}, {"policy", "welcome"}, {"total", 1}});
  run(shop, {
                {"first", Who::user, issue, "", 201, "", {}, {}, one_given},
                {"second", Who::user, issue, "", 201, "", {}, {}, one_given},
                {"third", Who::user, issue, "", 409, "sold_out", {}, {}, {"+decision"}},
            });
  shop.issue("one_each", "minji");
  const std::string call = "POST /api/v1/campaigns/one_each/issue";
  run(shop, {
                {"who has one is told that", Who::user, call, "", 409, "already_issued", {}, {}, {"+decision"}},
                {"who has none is told that they are gone",
                 Who::other_user,
                 call,
                 "",
                 409,
                 "sold_out",
                 {},
                 {},
                 {"+decision"}},
            });
  CHECK(shop.get("/api/v1/campaigns/spring", shop.user()).body["remaining"] == 0);
}

TEST_CASE("an expiry that is past already refuses the claim") {
  Shop shop({.scripts = {
                 {"past", R"(return policy { name = "past", rules = { expiry { at = "2026-11-21T01:00:00Z" } } })"}}});
  shop.campaign({{"id", "spring"}, {"policy", "past"}, {"total", 5}});
  run(shop, {{"expired at birth", Who::user, issue, "", 409, "coupon_expired", {}, {}, {"+decision"}}});
}

TEST_CASE("windows of the day open and close on the instant, in the policy's zone") {
  Shop shop;
  shop.campaign({{"id", "spring"}, {"policy", "flash_sale"}, {"total", 100}});
  const auto at = [&](Micros now, const std::string& user, int status, const std::string& code) {
    shop.clock().set(now);
    const Reply reply = shop.post("/api/v1/campaigns/spring/issue", shop.user(user), Json::object());
    INFO(user << ": " << reply.text);
    CHECK(reply.status == status);
    CHECK(reply.code() == code);
  };
  at(opening - 1, "a", 409, "outside_event_window");
  at(opening, "b", 201, "");
  at(opening + minute - 1, "c", 201, "");
  at(opening + minute, "d", 409, "outside_event_window");
  at(opening + hour, "e", 201, "");
}

TEST_CASE("a window that the change to daylight saving skips opens at the change") {
  Shop shop({.scripts = {{"night", R"(return policy { name = "night", rules = {
    event_window { timezone = "Europe/Berlin", daily = { "02:30/1m" } } } })"}}});
  shop.campaign({{"id", "spring"}, {"policy", "night"}, {"total", 100}});
  const auto opens = parse_instant("2027-03-28T03:00:00+02:00");
  REQUIRE(opens.has_value());
  const auto status_at = [&](Micros now) {
    shop.clock().set(now);
    return shop.post("/api/v1/campaigns/spring/issue", shop.user(), Json::object()).status;
  };
  CHECK(status_at(*opens - 1) == 409);
  CHECK(status_at(*opens) == 201);
  CHECK(status_at(*opens + minute) == 409);
}

TEST_CASE("a batch is answered item by item, in order, and a refusal does not undo the others") {
  Shop shop;
  shop.campaign({{"id", "spring"}, {"policy", "welcome"}, {"total", 3}});
  const std::string call = "POST /api/v1/campaigns/spring/issue/batch";
  const Reply reply = run(
      shop,
      {"five for three",
       Who::service,
       call,
       R"({"items":[{"user_id":"a"},{"user_id":"b","subject":"s"},{"user_id":"a"},{"user_id":"c"},{"user_id":"d"}]})",
       200,
       "",
       {},
       {},
       {"+coupon", "+coupon", "+coupon", "+decision", "+decision", "+decision", "+decision", "+decision", "~tally"}});
  std::vector<int> statuses;
  for (const Json& result : reply.body["results"]) statuses.push_back(result["status"].get<int>());
  CHECK(statuses == std::vector{201, 201, 409, 201, 409});
  CHECK(reply.body["results"][1]["coupon"]["subject"] == "s");
  CHECK(reply.body["results"][2]["code"] == "already_issued");
  CHECK(reply.body["results"][4]["code"] == "sold_out");
  run(shop, {
                {"no items", Who::service, call, "{}", 400, "invalid_request", {}, {"items"}},
                {"no list", Who::service, call, R"({"items":{}})", 400, "invalid_request", {}, {"items"}},
                {"an item that is none", Who::service, call, R"({"items":[5]})", 400, "invalid_request"},
                {"bad items are named",
                 Who::service,
                 call,
                 R"({"items":[{"user_id":"e"},{"subject":"s"},{"user_id":5},{"user_id":"f","colour":1}]})",
                 400,
                 "invalid_request",
                 {},
                 {"items[1].user_id", "items[2].user_id", "items[3].colour"}},
                {"unknown campaign", Who::service, "POST /api/v1/campaigns/summer/issue/batch",
                 R"({"items":[{"user_id":"a"}]})", 404, "campaign_not_found"},
            });
}

TEST_CASE("a batch holds up to 10,000 items") {
  Shop shop;
  shop.campaign({{"id", "spring"}, {"total", 20'000}});
  Json items = Json::array();
  for (int i = 0; i < 10'000; ++i) items.push_back({{"user_id", "u" + std::to_string(i)}});
  const Reply reply = shop.post("/api/v1/campaigns/spring/issue/batch", shop.service(), {{"items", items}});
  REQUIRE(reply.status == 200);
  std::set<std::string> codes;
  for (const Json& result : reply.body["results"]) codes.insert(result["coupon"]["code"].get<std::string>());
  CHECK(codes.size() == 10'000);
  items.push_back({{"user_id", "one more"}});
  const Reply refused = shop.post("/api/v1/campaigns/spring/issue/batch", shop.service(), {{"items", items}});
  CHECK(refused.status == 400);
  CHECK(refused.names("items"));
  CHECK(shop.get("/api/v1/campaigns/spring", shop.service()).body["issued"] == 10'000);
  CHECK(shop.drift().empty());
}

TEST_CASE("a chosen code is given by hand, under the policy's rules, and is skipped by who claims") {
  Shop shop;
  shop.campaign({{"id", "spring"}, {"policy", "welcome"}, {"total", 3}});
  const Reply pool = shop.get("/api/v1/campaigns/spring/coupons?state=available", shop.operator_());
  REQUIRE(pool.body["data"].size() == 3);
  const std::string first = pool.body["data"][0]["code"];
  const std::string second = pool.body["data"][1]["code"];
  const auto assign = [](const std::string& code) { return "POST /api/v1/coupons/" + code + "/assign"; };
  run(shop, {
                {"given",
                 Who::service,
                 assign(first),
                 R"({"user_id":"minji","subject":"work:1"})",
                 200,
                 "",
                 {{"code", first}, {"state", "issued"}, {"user_id", "minji"}, {"subject", "work:1"}},
                 {},
                 one_given},
                {"twice",
                 Who::service,
                 assign(first),
                 R"({"user_id":"junho"})",
                 409,
                 "already_assigned",
                 {},
                 {},
                 {"+decision"}},
                {"twice to the same",
                 Who::service,
                 assign(first),
                 R"({"user_id":"minji"})",
                 409,
                 "already_assigned",
                 {},
                 {},
                 {"+decision"}},
                {"the rules hold",
                 Who::operator_,
                 assign(second),
                 R"({"user_id":"minji"})",
                 409,
                 "already_issued",
                 {},
                 {},
                 {"+decision"}},
                {"users may not", Who::user, assign(second), R"({"user_id":"minji"})", 403, "forbidden"},
                {"without a user", Who::service, assign(second), "{}", 400, "invalid_request", {}, {"user_id"}},
                {"an unknown code", Who::service, assign("0000-0000-0000-0000"), R"({"user_id":"junho"})", 404,
                 "coupon_not_found"},
            });
  std::set<std::string> given{first};
  for (const std::string user : {"a", "b"}) given.insert(shop.issue("spring", user)["code"].get<std::string>());
  CHECK(given.size() == 3);
  const std::string third = pool.body["data"][2]["code"];
  run(shop, {{"all gone", Who::other_user, issue, "", 409, "sold_out", {}, {}, {"+decision"}},
             {"also by hand",
              Who::service,
              assign(third),
              R"({"user_id":"junho"})",
              409,
              "already_assigned",
              {},
              {},
              {"+decision"}}});
  CHECK(shop.drift().empty());
}

}  // namespace
}  // namespace scrip::test
