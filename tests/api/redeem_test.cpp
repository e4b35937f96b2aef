// Using a coupon: look, validate, redeem, cancel.
#include <catch2/catch.hpp>

#include "scenario.h"

namespace scrip::test {
namespace {

const std::string order = R"({"order":{"id":"o-1","amount":20000,"currency":"KRW"}})";
const std::vector<std::string> changed{"+decision", "~coupon", "~tally"};

struct Opened {
  explicit Opened(const std::string& policy, ShopOptions options = {}) : shop(std::move(options)) {
    shop.campaign({{"id", "spring"}, {"policy", policy}, {"total", 100}});
    code = shop.issue("spring", "minji")["code"].get<std::string>();
  }
  std::string call(const std::string& what) const { return "POST /api/v1/coupons/" + code + "/" + what; }
  Shop shop;
  std::string code;
};

TEST_CASE("a coupon is redeemed once, cancelled, and redeemed again") {
  Opened at("welcome");
  const Json redeemed{{"state", "redeemed"},
                      {"redeemed_at", "2026-11-21T01:00:00Z"},
                      {"discount", {{"amount", 2000}, {"currency", "KRW"}}}};
  run(at.shop, {
                   {"not used yet", Who::user, at.call("cancel"), "", 409, "not_redeemed", {}, {}, {"+decision"}},
                   {"used", Who::user, at.call("redeem"), order, 200, "", redeemed, {}, changed},
                   {"used twice", Who::user, at.call("redeem"), order, 409, "already_redeemed", {}, {}, {"+decision"}},
                   {"undone",
                    Who::user,
                    at.call("cancel"),
                    "",
                    200,
                    "",
                    {{"state", "issued"}, {"redeemed_at", nullptr}},
                    {},
                    changed},
                   {"undone twice", Who::user, at.call("cancel"), "{}", 409, "not_redeemed", {}, {}, {"+decision"}},
                   {"used again, by the shop", Who::service, at.call("redeem"), order, 200, "", redeemed, {}, changed},
                   {"undone by the shop", Who::service, at.call("cancel"), "", 200, "", {}, {}, changed},
                   {"without an order there is nothing off",
                    Who::user,
                    at.call("redeem"),
                    "",
                    200,
                    "",
                    {{"state", "redeemed"}},
                    {},
                    changed},
               });
  const Json campaign = at.shop.get("/api/v1/campaigns/spring", at.shop.operator_()).body;
  CHECK(campaign["issued"] == 1);
  CHECK(campaign["redeemed"] == 1);
  CHECK(at.shop.drift().empty());
}

TEST_CASE("to a user other people's coupons look like unknown ones") {
  Opened at("campaign_rpc");
  const std::string pool = at.shop.get("/api/v1/campaigns/spring/coupons?state=available&limit=1", at.shop.operator_())
                               .body["data"][0]["code"];
  const std::vector<std::string> others{at.code, pool, "0000-0000-0000-0000", "nonsense"};
  for (const std::string what : {"", "/validate", "/redeem", "/cancel"}) {
    const std::string method = what.empty() ? "GET" : "POST";
    std::vector<std::string> answers;
    for (const std::string& code : others) {
      const std::string body = what == "/validate" ? order : "";
      answers.push_back(run(at.shop, {code + what, Who::other_user, method + " /api/v1/coupons/" + code + what, body,
                                      404, "coupon_not_found"})
                            .text);
    }
    INFO(what);
    for (const std::string& answer : answers) CHECK(answer == answers.front());
  }
  CHECK(at.shop.get("/api/v1/coupons/" + at.code, at.shop.user()).status == 200);
  CHECK(at.shop.get("/api/v1/coupons/" + at.code, at.shop.service()).status == 200);
}

TEST_CASE("a code that does not exist costs the ledger nothing") {
  Opened at("welcome");
  const double before = at.shop.metric("scrip_commit_batch_commands_count");
  CHECK(before > 0);
  for (const std::string what : {"assign", "redeem", "cancel"}) {
    for (int i = 0; i < 10; ++i) {
      const std::string path = "/api/v1/coupons/GUESS-" + std::to_string(1000 + i) + "-0000-0000/" + what;
      const Json body = what == "assign" ? Json{{"user_id", "minji"}} : Json::object();
      CHECK(at.shop.post(path, at.shop.service(), body).code() == "coupon_not_found");
      // One of the right form that was not generated.
      const std::string formed = "/api/v1/coupons/" + std::to_string(1000 + i) + "-2222-3333-4444/" + what;
      CHECK(at.shop.post(formed, at.shop.service(), body).code() == "coupon_not_found");
    }
  }
  CHECK(at.shop.metric("scrip_commit_batch_commands_count") == before);
}

TEST_CASE("a coupon that nobody holds can be seen by the shop, and not used") {
  Opened at("campaign_rpc");
  const Json pool =
      at.shop.get("/api/v1/campaigns/spring/coupons?state=available&limit=1", at.shop.operator_()).body["data"][0];
  const std::string path = "/api/v1/coupons/" + pool["code"].get<std::string>();
  run(at.shop,
      {
          {"seen",
           Who::service,
           "GET " + path,
           "",
           200,
           "",
           {{"state", "available"}, {"user_id", nullptr}, {"issued_at", nullptr}}},
          {"not redeemed", Who::service, "POST " + path + "/redeem", "", 409, "not_issued", {}, {}, {"+decision"}},
          {"nor cancelled", Who::service, "POST " + path + "/cancel", "", 409, "not_redeemed", {}, {}, {"+decision"}},
      });
}

TEST_CASE("a code is read in any case, without separators, and with the letters that people mistake") {
  Shop shop;
  shop.campaign({{"id", "spring"}, {"total", 500}, {"code", {{"pattern", "AB-####-####"}}}});
  // One with a 0 and a 1 in its random part.
  std::string code;
  for (int i = 0; i < 500; ++i) {
    code = shop.issue("spring", "minji")["code"].get<std::string>();
    if (code.find('0') != std::string::npos && code.find('1') != std::string::npos) break;
  }
  REQUIRE(code.find('0') != std::string::npos);
  REQUIRE(code.find('1') != std::string::npos);
  std::string small = code;
  for (char& c : small) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  const auto with = [](std::string text, char from, const std::string& to) {
    std::string out;
    for (const char c : text) out += c == from ? to : std::string(1, c);
    return out;
  };
  const std::vector<std::string> spellings{code,
                                           small,
                                           with(code, '-', ""),
                                           with(code, '-', "%20"),
                                           with(code, '-', "_"),
                                           with(code, '-', "."),
                                           "-" + code + "-",
                                           with(code, '0', "O"),
                                           with(code, '0', "o"),
                                           with(code, '1', "I"),
                                           with(code, '1', "l"),
                                           with(with(with(small, '-', ""), '0', "o"), '1', "i")};
  for (const std::string& spelling : spellings) {
    INFO(spelling);
    const Reply reply = shop.get("/api/v1/coupons/" + spelling, shop.user());
    CHECK(reply.status == 200);
    CHECK(reply.body["code"] == code);
  }
  for (const std::string& wrong : {code + "0", code.substr(1), with(code, '-', "%2F"), with(code, '-', "~"),
                                   std::string(300, 'A'), std::string("%F0%9F%98%80")}) {
    INFO(wrong);
    CHECK(shop.get("/api/v1/coupons/" + wrong, shop.user()).code() == "coupon_not_found");
  }
}

TEST_CASE("validate says what redeem would do, and writes nothing") {
  Opened at("small", {.scripts = {{"small", R"(return policy { name = "small", rules = {
              discount { percent = "12.5", min_order = 1000, max_amount = 5000, rounding = "half_even", currency = "KRW" },
              expiry { days = 1 }, budget { max = 5200, currency = "KRW" } } })"}}});
  struct Row {
    std::string name;
    std::string order;
    Micros later = 0;
    std::string code;
    std::int64_t discount = 0;
  };
  const std::vector<Row> rows{
      {"a percentage", R"({"amount":20000,"currency":"KRW"})", 0, "", 2500},
      {"rounded to even", R"({"amount":1004,"currency":"KRW"})", 0, "", 126},
      {"capped", R"({"amount":9007199254740991,"currency":"KRW"})", 0, "", 5000},
      {"too small", R"({"amount":999,"currency":"KRW"})", 0, "min_order_not_met"},
      {"another currency", R"({"amount":20000,"currency":"USD"})", 0, "currency_mismatch"},
      {"expired", R"({"amount":20000,"currency":"KRW"})", day, "coupon_expired"},
      {"with items",
       R"({"amount":20000,"currency":"KRW","items":[{"sku":"tea","quantity":2,"amount":20000,"tags":["x"]}]})", 0, "",
       2500},
  };
  for (const Row& row : rows) {
    at.shop.clock().set(opening + row.later);
    const std::string body = R"({"order":)" + row.order + "}";
    const Json valid{{"valid", row.code.empty()}};
    const Reply said = run(at.shop, {row.name, Who::service, at.call("validate"), body, 200, "", valid});
    CHECK(said.body.value("code", "") == row.code);
    CHECK(!said.body["trace"].empty());
    if (row.code.empty()) CHECK(said.body["discount"]["amount"] == row.discount);
    const Reply to_user = run(at.shop, {row.name, Who::user, at.call("validate"), body, 200, "", valid});
    CHECK(!to_user.body.contains("trace"));

    const Reply done = at.shop.post("/api/v1/coupons/" + at.code + "/redeem", at.shop.service(), Json::parse(body));
    INFO(row.name << ": " << said.text << "\n" << done.text);
    CHECK(done.code() == row.code);
    CHECK((done.status == 200) == row.code.empty());
    if (row.code.empty()) {
      CHECK(done.body["discount"]["amount"] == row.discount);
      const Reply again = at.shop.post("/api/v1/coupons/" + at.code + "/validate", at.shop.user(), Json::parse(body));
      CHECK(again.body["code"] == "already_redeemed");
      CHECK(at.shop.post("/api/v1/coupons/" + at.code + "/cancel", at.shop.service(), Json::object()).status == 200);
    }
  }
  at.shop.clock().set(opening);
}

TEST_CASE("a discount is on the order, and a budget that is cancelled comes back") {
  Opened at("pot", {.scripts = {{"pot", R"(return policy { name = "pot", rules = {
    discount { amount = 3000 }, budget { max = 5000, currency = "KRW" } } })"}}});
  const std::string other = at.shop.issue("spring", "minji")["code"];
  const std::string other_redeem = "POST /api/v1/coupons/" + other + "/redeem";
  run(at.shop,
      {
          {"first", Who::user, at.call("redeem"), order, 200, "", {{"discount", {{"amount", 3000}}}}, {}, changed},
          {"the budget is spent", Who::user, other_redeem, order, 409, "budget_exhausted", {}, {}, {"+decision"}},
          {"cancelled", Who::user, at.call("cancel"), "", 200, "", {}, {}, changed},
          {"there is money again", Who::user, other_redeem, order, 200, "", {}, {}, changed},
          {"never more than the order",
           Who::user,
           at.call("validate"),
           R"({"order":{"amount":100,"currency":"KRW"}})",
           200,
           "",
           {{"discount", {{"amount", 100}}}}},
      });
  CHECK(at.shop.drift().empty());
}

TEST_CASE("what expires, expires on the instant") {
  Opened at("kakaopay");
  const Micros end =
      *parse_instant(at.shop.get("/api/v1/coupons/" + at.code, at.shop.user()).body["expires_at"].get<std::string>());
  at.shop.clock().set(end - 1);
  run(at.shop, {{"the last instant", Who::user, "GET /api/v1/coupons/" + at.code, "", 200, "", {{"expired", false}}},
                {"good", Who::user, at.call("validate"), order, 200, "", {{"valid", true}}}});
  at.shop.clock().set(end);
  run(at.shop,
      {{"past", Who::user, "GET /api/v1/coupons/" + at.code, "", 200, "", {{"expired", true}, {"state", "issued"}}},
       {"refused", Who::user, at.call("redeem"), order, 409, "coupon_expired", {}, {}, {"+decision"}}});
}

TEST_CASE("a cancellation that comes too late is refused by the rule") {
  Opened at("strict", {.scripts = {{"strict", R"(return policy { name = "strict", rules = {
    cancel_window { hours = 1 } } })"}}});
  run(at.shop, {{"used", Who::user, at.call("redeem"), "", 200, "", {}, {}, changed}});
  at.shop.clock().advance(hour);
  run(at.shop, {{"too late", Who::user, at.call("cancel"), "", 409, "cancel_too_late", {}, {}, {"+decision"}}});
  at.shop.clock().advance(-1);
  run(at.shop, {{"in time", Who::user, at.call("cancel"), "", 200, "", {}, {}, changed}});
}

TEST_CASE("an order that makes no sense is refused, and each field is named") {
  Opened at("campaign_rpc");
  const auto bad = [&](const std::string& json, const std::vector<std::string>& fields) {
    return Scenario{json, Who::user, at.call("redeem"), R"({"order":)" + json + "}", 400, "invalid_request",
                    {},   fields};
  };
  run(at.shop,
      {
          bad("5", {"order"}),
          bad("null", {"order"}),
          bad("{}", {"order.amount", "order.currency"}),
          bad(R"({"amount":-1,"currency":"KRW"})", {"order.amount"}),
          bad(R"({"amount":1.5,"currency":"KRW"})", {"order.amount"}),
          bad(R"({"amount":1e3,"currency":"KRW"})", {"order.amount"}),
          bad(R"({"amount":"1000","currency":"KRW"})", {"order.amount"}),
          bad(R"({"amount":9007199254740992,"currency":"KRW"})", {"order.amount"}),
          bad(R"({"amount":18446744073709551616,"currency":"KRW"})", {"order.amount"}),
          bad(R"({"amount":1000,"currency":"won"})", {"order.currency"}),
          bad(R"({"amount":1000,"currency":"krw"})", {"order.currency"}),
          bad(R"({"amount":1000,"currency":410})", {"order.currency"}),
          bad(R"({"amount":1000,"currency":"KRW","total":1000})", {"order.total"}),
          bad(R"({"amount":1000,"currency":"KRW","items":{}})", {"order.items"}),
          bad(R"({"amount":1000,"currency":"KRW","items":[{"sku":"a","quantity":0}]})", {"order.items[0].quantity"}),
          bad(R"({"amount":1000,"currency":"KRW","items":[{"sku":"a"},{"sku":"b","amount":-1,"color":1}]})",
              {"order.items[1].amount", "order.items[1].color"}),
          bad(R"({"amount":1000,"currency":"KRW","items":[{"sku":"a","tags":[1]}]})", {"order.items[0].tags"}),
          {"beside the order",
           Who::user,
           at.call("redeem"),
           R"({"orders":{}})",
           400,
           "invalid_request",
           {},
           {"orders"}},
          {"cancel takes nothing",
           Who::user,
           at.call("cancel"),
           R"({"reason":"x"})",
           400,
           "invalid_request",
           {},
           {"reason"}},
          {"validate needs an order", Who::user, at.call("validate"), "{}", 400, "invalid_request", {}, {"order"}},
      });
}

}  // namespace
}  // namespace scrip::test
