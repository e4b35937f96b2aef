// A campaign's life: made, changed, filled with codes, ended.
#include <catch2/catch.hpp>
#include <set>

#include "scenario.h"

namespace scrip::test {
namespace {

const std::string campaigns = "POST /api/v1/campaigns";

std::string body(const Json& members = Json::object()) {
  Json whole{{"id", "spring"}, {"policy", "campaign_rpc"}, {"total", 10}};
  whole.update(members);
  return whole.dump();
}

TEST_CASE("a campaign is made with all it was given, and defaults for the rest") {
  Shop shop;
  run(shop, {
                {"only what it needs",
                 Who::operator_,
                 campaigns,
                 body(),
                 201,
                 "",
                 {{"id", "spring"},
                  {"number", 1},
                  {"name", "spring"},
                  {"policy", "campaign_rpc"},
                  {"params", Json::object()},
                  {"total", 10},
                  {"issued", 0},
                  {"redeemed", 0},
                  {"remaining", 10},
                  {"status", "active"},
                  {"starts_at", nullptr},
                  {"ends_at", nullptr},
                  {"timezone", "UTC"},
                  {"code", {{"pattern", "####-####-####-####"}, {"alphabet", "base32"}}},
                  {"metadata", Json::object()},
                  {"created_at", "2026-11-21T01:00:00Z"}},
                 {},
                 {"+campaign", "+codes", "+tally"}},
                {"everything",
                 Who::operator_,
                 campaigns,
                 body({{"id", "autumn_sale-2"},
                       {"name", "가을"},
                       {"policy", "welcome"},
                       {"params", {{"discount", {{"percent", 20}}}}},
                       {"total", nullptr},
                       {"code", {{"pattern", "SALE-######"}, {"alphabet", "alnum"}}},
                       {"starts_at", "2026-11-21T10:00:00+09:00"},
                       {"ends_at", "2026-12-01T00:00:00.5+09:00"},
                       {"timezone", "Asia/Seoul"},
                       {"metadata", {{"owner", {{"team", "m"}}}}}}),
                 201,
                 "",
                 {{"number", 2},
                  {"name", "가을"},
                  {"params", {{"discount", {{"percent", 20}}}}},
                  {"total", nullptr},
                  {"remaining", nullptr},
                  {"code", {{"pattern", "SALE-######"}, {"alphabet", "alnum"}}},
                  {"starts_at", "2026-11-21T01:00:00Z"},
                  {"ends_at", "2026-11-30T15:00:00.500000Z"},
                  {"timezone", "Asia/Seoul"},
                  {"metadata", {{"owner", {{"team", "m"}}}}}},
                 {},
                 {"+campaign", "+codes", "+tally"}},
                {"the id is taken", Who::operator_, campaigns, body(), 409, "campaign_exists"},
            });
  const Reply shown = shop.get("/api/v1/campaigns/spring", shop.service());
  CHECK(shown.body["policy_revision"] == shop.get("/api/v1/policies", shop.operator_()).body["revision"]);
  CHECK(shop.get("/api/v1/campaigns/summer", shop.service()).code() == "campaign_not_found");
}

TEST_CASE("codes are of the pattern and the alphabet") {
  Shop shop;
  const std::vector<std::tuple<std::string, std::string, std::string>> formats{
      {"base32", "####-####", "0123456789ABCDEFGHJKMNPQRSTVWXYZ"},
      {"alnum", "####.####", "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"},
      {"digits", "########_#", "0123456789"},
  };
  for (const auto& [alphabet, pattern, symbols] : formats) {
    INFO(alphabet);
    shop.campaign({{"id", alphabet}, {"code", {{"pattern", pattern}, {"alphabet", alphabet}}}});
    std::set<std::string> codes;
    for (int i = 0; i < 20; ++i) {
      const std::string code = shop.issue(alphabet, "u" + std::to_string(i))["code"];
      INFO(code);
      REQUIRE(code.size() == pattern.size());
      for (std::size_t at = 0; at < code.size(); ++at) {
        const bool random = pattern[at] == '#';
        CHECK((random ? symbols.find(code[at]) != std::string::npos : code[at] == pattern[at]));
      }
      codes.insert(code);
    }
    CHECK(codes.size() == 20);
  }
}

TEST_CASE("a campaign that cannot be is refused, and the field is named") {
  Shop shop;
  const auto bad = [](const std::string& name, const Json& members, const std::vector<std::string>& fields) {
    return Scenario{name, Who::operator_, campaigns, body(members), 400, "invalid_request", {}, fields};
  };
  std::vector<Scenario> scenarios{
      bad("capital letters", {{"id", "Spring"}}, {"id"}),
      bad("a leading dash", {{"id", "-spring"}}, {"id"}),
      bad("an empty id", {{"id", ""}}, {"id"}),
      bad("65 characters", {{"id", std::string(65, 'a')}}, {"id"}),
      bad("an unknown policy", {{"policy", "nobodys"}}, {"policy"}),
      bad("an unknown rule", {{"policy", "welcome"}, {"params", {{"budget", {{"max", 1}}}}}}, {"params.budget"}),
      bad("an unknown parameter", {{"policy", "welcome"}, {"params", {{"discount", {{"percents", 1}}}}}},
          {"params.discount.percents"}),
      bad("a parameter out of range", {{"policy", "welcome"}, {"params", {{"discount", {{"percent", 101}}}}}},
          {"params.discount.percent"}),
      bad("a negative total", {{"total", -1}}, {"total"}),
      bad("a total above 10^12", {{"total", 1'000'000'000'001}}, {"total"}),
      bad("a total with a fraction", {{"total", 1.5}}, {"total"}),
      bad("a total written as a float", {{"total", 10.0}}, {"total"}),
      bad("a total of text", {{"total", "10"}}, {"total"}),
      bad("a pattern without random characters", {{"code", {{"pattern", "SALE"}}}}, {"code.pattern"}),
      bad("a pattern of other characters", {{"code", {{"pattern", "########!"}}}}, {"code.pattern"}),
      bad("a pattern with too little room for any", {{"code", {{"pattern", "###"}}}}, {"code.pattern"}),
      bad("a pattern of 65 characters", {{"code", {{"pattern", std::string(65, 'A')}}}}, {"code.pattern"}),
      bad("too little room for the total",
          {{"total", 1'000'001}, {"code", {{"pattern", "######"}, {"alphabet", "digits"}}}}, {"code.pattern"}),
      bad("an unknown alphabet", {{"code", {{"pattern", "########"}, {"alphabet", "base64"}}}}, {"code.alphabet"}),
      bad("an unknown member below", {{"code", {{"pattern", "########"}, {"prefix", "A"}}}}, {"code.prefix"}),
      bad("an instant without an offset", {{"starts_at", "2026-11-21T10:00:00"}}, {"starts_at"}),
      bad("a date", {{"ends_at", "2026-11-21"}}, {"ends_at"}),
      bad("a day that does not exist", {{"ends_at", "2026-02-29T00:00:00Z"}}, {"ends_at"}),
      bad("an instant as a number", {{"starts_at", 1'795'222'800}}, {"starts_at"}),
      bad("an end before the start", {{"starts_at", "2026-11-22T00:00:00Z"}, {"ends_at", "2026-11-21T00:00:00Z"}},
          {"ends_at"}),
      bad("an unknown zone", {{"timezone", "Asia/Soul"}}, {"timezone"}),
      bad("a zone that is a path", {{"timezone", "../../etc/passwd"}}, {"timezone"}),
      bad("a name of a number", {{"name", 5}}, {"name"}),
      bad("metadata that is a list", {{"metadata", Json::array({1})}}, {"metadata"}),
      bad("params that are no objects", {{"params", {{"discount", 5}}}, {"policy", "welcome"}}, {"params.discount"}),
      bad("what the server sets", {{"issued", 5}, {"number", 7}, {"status", "active"}}, {"issued", "number", "status"}),
      bad("many errors at once", {{"total", -1}, {"colour", "red"}, {"timezone", 5}, {"starts_at", "soon"}},
          {"total", "colour", "timezone", "starts_at"}),
      {"without id, policy and total",
       Who::operator_,
       campaigns,
       "{}",
       400,
       "invalid_request",
       {},
       {"id", "policy", "total"}},
  };
  run(shop, scenarios);
}

TEST_CASE("an operator changes each member of a campaign") {
  Shop shop;
  shop.campaign({{"id", "spring"}, {"total", 10}, {"policy", "welcome"}});
  const std::string call = "PATCH /api/v1/campaigns/spring";
  const auto edit = [&](const Json& members) {
    return Scenario{
        "edit " + members.dump(), Who::operator_, call, members.dump(), 200, "", members, {}, {"~campaign"}};
  };
  run(shop, {
                edit({{"name", "Spring"}}),
                edit({{"params", {{"discount", {{"percent", 30}}}}}}),
                edit({{"params", Json::object()}}),
                edit({{"policy", "campaign_rpc"}}),
                edit({{"starts_at", "2026-11-20T00:00:00Z"}}),
                edit({{"ends_at", "2026-12-20T00:00:00Z"}}),
                edit({{"starts_at", nullptr}, {"ends_at", nullptr}}),
                edit({{"status", "paused"}}),
                edit({{"status", "ended"}}),
                edit({{"status", "active"}}),
                edit({{"metadata", {{"a", 1}}}}),
                edit({{"total", 5}}),
                {"a larger total has its codes",
                 Who::operator_,
                 call,
                 R"({"total":100})",
                 200,
                 "",
                 {{"total", 100}, {"remaining", 100}},
                 {},
                 {"~campaign", "~codes"}},
                edit({{"total", nullptr}}),
            });
}

TEST_CASE("what of a campaign cannot be changed is refused and changes nothing") {
  Shop shop;
  shop.campaign({{"id", "spring"}, {"total", 10}});
  for (const std::string user : {"a", "b", "c"}) shop.issue("spring", user);
  const std::string call = "PATCH /api/v1/campaigns/spring";
  const auto bad = [&](const std::string& members, const std::vector<std::string>& fields) {
    return Scenario{members, Who::operator_, call, members, 400, "invalid_request", {}, fields};
  };
  run(shop, {
                {"less than were issued", Who::operator_, call, R"({"total":2})", 409, "total_below_issued"},
                {"as many as were issued",
                 Who::operator_,
                 call,
                 R"({"total":3})",
                 200,
                 "",
                 {{"remaining", 0}},
                 {},
                 {"~campaign"}},
                bad(R"({"id":"summer"})", {"id"}),
                bad(R"({"code":{"pattern":"########"}})", {"code"}),
                bad(R"({"timezone":"Asia/Seoul"})", {"timezone"}),
                bad(R"({"issued":0,"created_at":null})", {"issued", "created_at"}),
                bad(R"({"status":"deleted"})", {"status"}),
                bad(R"({"status":null})", {"status"}),
                bad(R"({"policy":"nobodys"})", {"policy"}),
                bad(R"({"name":null})", {"name"}),
                bad(R"({"params":{"discount":{"percent":5}}})", {"params.discount"}),
                bad(R"({"starts_at":"2026-11-22T00:00:00Z","ends_at":"2026-11-22T00:00:00Z"})", {"ends_at"}),
                {"unknown campaign", Who::operator_, "PATCH /api/v1/campaigns/summer", R"({"name":"x"})", 404,
                 "campaign_not_found"},
            });
}

TEST_CASE("a policy or parameters that change apply to the next claim") {
  Shop shop;
  shop.campaign({{"id", "spring"}, {"policy", "kakaopay"}});
  CHECK(shop.issue("spring", "minji")["expires_at"] != nullptr);
  shop.call({.method = "PATCH",
             .path = "/api/v1/campaigns/spring",
             .token = shop.operator_(),
             .body = R"({"policy":"campaign_rpc"})"});
  CHECK(shop.issue("spring", "minji")["expires_at"] == nullptr);
}

TEST_CASE("users see little of a campaign, the shop sees all") {
  Shop shop;
  shop.campaign({{"id", "spring"}, {"total", 10}, {"metadata", {{"secret", "margin"}}}});
  const Json seen{
      {"id", "spring"}, {"name", "spring"}, {"starts_at", nullptr}, {"ends_at", nullptr}, {"remaining", 10}};
  CHECK(shop.get("/api/v1/campaigns/spring", shop.user()).body == seen);
  CHECK(shop.get("/api/v1/campaigns", shop.user()).body["data"] == Json::array({seen}));
  for (const std::string& token : {shop.service(), shop.operator_()}) {
    CHECK(shop.get("/api/v1/campaigns/spring", token).body["metadata"]["secret"] == "margin");
    CHECK(shop.get("/api/v1/campaigns", token).body["data"][0]["metadata"]["secret"] == "margin");
  }
}

TEST_CASE("codes are generated at once, however many") {
  Shop shop;
  shop.campaign({{"id", "spring"}, {"total", 0}});
  shop.campaign({{"id", "endless"}});
  shop.campaign({{"id", "small"}, {"total", 1}, {"code", {{"pattern", "######"}, {"alphabet", "digits"}}}});
  const std::string call = "POST /api/v1/campaigns/spring/coupons";
  run(shop,
      {
          {"none to begin with",
           Who::user,
           "POST /api/v1/campaigns/spring/issue",
           "",
           409,
           "sold_out",
           {},
           {},
           {"+decision"}},
          {"one",
           Who::operator_,
           call,
           R"({"count":1})",
           201,
           "",
           {{"count", 1}, {"total", 1}},
           {},
           {"~campaign", "~codes"}},
          {"almost 10^12",
           Who::operator_,
           call,
           R"({"count":999999999999})",
           201,
           "",
           {{"count", 999'999'999'999}, {"total", 1'000'000'000'000}},
           {},
           {"~campaign", "~codes"}},
          {"the total cannot pass 10^12",
           Who::operator_,
           call,
           R"({"count":1})",
           400,
           "invalid_request",
           {},
           {"count"}},
          {"10^12 for a campaign without total",
           Who::operator_,
           "POST /api/v1/campaigns/endless/coupons",
           R"({"count":1000000000000})",
           201,
           "",
           {{"count", 1'000'000'000'000}, {"total", nullptr}},
           {},
           {"~codes"}},
          {"no room",
           Who::operator_,
           "POST /api/v1/campaigns/small/coupons",
           R"({"count":1000000})",
           400,
           "invalid_request",
           {},
           {"count"}},
          {"zero", Who::operator_, call, R"({"count":0})", 400, "invalid_request", {}, {"count"}},
          {"negative", Who::operator_, call, R"({"count":-5})", 400, "invalid_request", {}, {"count"}},
          {"above 10^12", Who::operator_, call, R"({"count":1000000000001})", 400, "invalid_request", {}, {"count"}},
          {"above 2^64",
           Who::operator_,
           call,
           R"({"count":99999999999999999999})",
           400,
           "invalid_request",
           {},
           {"count"}},
          {"a float", Who::operator_, call, R"({"count":1e3})", 400, "invalid_request", {}, {"count"}},
          {"nothing", Who::operator_, call, "{}", 400, "invalid_request", {}, {"count"}},
          {"unknown campaign", Who::operator_, "POST /api/v1/campaigns/summer/coupons", R"({"count":1})", 404,
           "campaign_not_found"},
          {"they are there",
           Who::user,
           "POST /api/v1/campaigns/spring/issue",
           "",
           201,
           "",
           {},
           {},
           {"+coupon", "+decision", "~tally"}},
      });
}

TEST_CASE("codes are unique across campaigns of one format") {
  Shop shop;
  std::set<std::string> codes;
  for (const std::string id : {"one", "two", "three"}) {
    shop.campaign({{"id", id}});
    for (int i = 0; i < 30; ++i) codes.insert(shop.issue(id, "u" + std::to_string(i))["code"].get<std::string>());
  }
  CHECK(codes.size() == 90);
}

TEST_CASE("coupons are given out in the campaign's period, and while it is active") {
  Shop shop;
  shop.campaign(
      {{"id", "spring"}, {"total", 100}, {"starts_at", "2026-11-21T01:00:01Z"}, {"ends_at", "2026-11-21T02:00:00Z"}});
  const Scenario refused{"closed", Who::user, "POST /api/v1/campaigns/spring/issue",
                         "",       409,       "campaign_not_active",
                         {},       {},        {"+decision"}};
  Scenario given{"open", Who::user, "POST /api/v1/campaigns/spring/issue", "", 201};
  given.changed = {"+coupon", "+decision", "~tally"};
  run(shop, refused);
  shop.clock().advance(second);
  run(shop, given);
  shop.clock().set(opening + hour - 1);
  run(shop, given);
  const std::string code = shop.issue("spring", "minji")["code"];
  shop.clock().set(opening + hour);
  run(shop, refused);
  CHECK(shop.get("/api/v1/campaigns/spring", shop.operator_()).body["status"] == "ended");
  // What was given stays good.
  CHECK(shop.post("/api/v1/coupons/" + code + "/redeem", shop.user(), Json::object()).status == 200);

  shop.clock().set(opening + 2 * second);
  const auto set_status = [&](const std::string& status) {
    shop.call({.method = "PATCH",
               .path = "/api/v1/campaigns/spring",
               .token = shop.operator_(),
               .body = Json{{"status", status}}.dump()});
  };
  set_status("paused");
  run(shop, refused);
  set_status("ended");
  run(shop, refused);
  set_status("active");
  run(shop, given);
}

TEST_CASE("a campaign that names no zone has the server's") {
  Shop shop({.timezone = "Asia/Seoul"});
  CHECK(shop.campaign({{"id", "spring"}})["timezone"] == "Asia/Seoul");
  CHECK(shop.campaign({{"id", "summer"}, {"timezone", "Europe/Berlin"}})["timezone"] == "Europe/Berlin");
}

}  // namespace
}  // namespace scrip::test
