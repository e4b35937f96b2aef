// Several coupons on one order: validate, redeem, cancel. All of them or none.
#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <mutex>
#include <thread>

#include "crowd.h"
#include "rows.h"
#include "scenario.h"

namespace scrip::test {
namespace {

const std::string redeem = "POST /api/v1/orders/redeem";
const std::string validate = "POST /api/v1/orders/validate";

std::string cancel(const std::string& order) {
  return "POST /api/v1/orders/" + order + "/cancel";
}

std::string policy(const std::string& name, const std::string& rules) {
  return "return policy { name = \"" + name + "\", rules = { " + rules + " } }";
}

// Three kinds of coupons; as many as one wants on an order, members' ones first, half of it at most.
ShopOptions sale(
    const std::string& stacking = R"(stack_groups { most = 4, groups = { { group = "alone", alone = true } } },
  stack_order { first = { "member" } }, order_cap { percent = 50 })") {
  return {
      .scripts = {{"tenth", policy("tenth", "discount { percent = 10 }")},
                  {"fixed", policy("fixed", "discount { amount = 3000 }, budget { max = 100000, currency = \"KRW\" }")},
                  {"tight", policy("tight", "discount { amount = 3000 }, budget { max = 8000, currency = \"KRW\" }")},
                  {"big", policy("big", "discount { amount = 9000, min_order = 5000 }")},
                  {"once", policy("once", "discount { amount = 1000 }, daily_cap { max = 1, on = \"redeem\" }")},
                  {"short", policy("short", "discount { amount = 1000 }, cancel_window { minutes = 5 }")},
                  {"stacking", policy("stacking", stacking)}}};
}

struct Opened {
  explicit Opened(ShopOptions options = sale()) : shop(std::move(options)) {
    for (const std::string id : {"tenth", "fixed", "tight", "big", "once", "short"}) {
      const std::string group = id == "tenth" ? "member" : id == "big" ? "alone" : "default";
      shop.campaign({{"id", id}, {"policy", id}, {"total", 1000}, {"metadata", {{"stacking_group", group}}}});
    }
  }
  std::string issue(const std::string& campaign, const std::string& user = "minji") {
    return shop.issue(campaign, user)["code"].get<std::string>();
  }
  Json campaign(const std::string& id) { return shop.get("/api/v1/campaigns/" + id, shop.operator_()).body; }
  Shop shop;
};

std::string body(const std::vector<std::string>& codes, std::int64_t amount, const std::string& id = "",
                 const std::string& user = "") {
  Json body{{"codes", codes}, {"order", {{"amount", amount}, {"currency", "KRW"}}}};
  if (!id.empty()) body["order"]["id"] = id;
  if (!user.empty()) body["user_id"] = user;
  return body.dump();
}

Json won(std::int64_t amount) {
  return {{"amount", amount}, {"currency", "KRW"}};
}

std::vector<std::string> codes_of(const Json& coupons) {
  std::vector<std::string> codes;
  for (const Json& coupon : coupons) codes.push_back(coupon["code"]);
  return codes;
}

std::vector<std::int64_t> discounts_of(const Json& coupons) {
  std::vector<std::int64_t> discounts;
  for (const Json& coupon : coupons) {
    discounts.push_back(coupon.contains("discount") ? coupon["discount"]["amount"].get<std::int64_t>() : 0);
  }
  return discounts;
}

Reply send(Shop& shop, const std::string& call, const std::string& token, const std::string& text,
           const std::string& key = "") {
  const auto space = call.find(' ');
  Call made{.method = call.substr(0, space), .path = call.substr(space + 1), .token = token, .body = text};
  if (!key.empty()) made.headers.emplace_back("Idempotency-Key", key);
  return shop.call(made);
}

// Every decision made again gives the same record.
void check_explained(Shop& shop) {
  const Json decisions = shop.get("/api/v1/decisions?limit=1000", shop.operator_()).body["data"];
  for (const Json& decision : decisions) {
    const std::string id = decision["id"];
    const Json explained = shop.get("/api/v1/decisions/" + id + "/explain", shop.operator_()).body;
    INFO(decision.dump() << "\n" << explained.dump());
    CHECK(explained["same"] == true);
  }
}

using Discounts = std::vector<std::int64_t>;

}  // namespace

TEST_CASE("several coupons are redeemed on one order, and its cancellation gives all of them back") {
  Opened at;
  const std::string tenth = at.issue("tenth");
  const std::string fixed = at.issue("fixed");
  const std::vector<std::string> redeemed{"+decision", "+decision", "+decision", "+order",
                                          "~coupon",   "~coupon",   "~tally",    "~tally"};
  run(at.shop, {
                   {"what would be",
                    Who::user,
                    validate,
                    body({fixed, tenth}, 20'000),
                    200,
                    "",
                    {{"valid", true}, {"discount", won(5'000)}},
                    {},
                    {}},
                   {"done",
                    Who::user,
                    redeem,
                    body({fixed, tenth}, 20'000, "A-1"),
                    200,
                    "",
                    {{"order_id", "A-1"}, {"discount", won(5'000)}},
                    {},
                    redeemed},
                   {"one of them by itself",
                    Who::user,
                    "POST /api/v1/coupons/" + fixed + "/cancel",
                    "",
                    409,
                    "part_of_order",
                    {},
                    {"order_id"},
                    {}},
                   {"an order of that id is there",
                    Who::service,
                    redeem,
                    body({at.issue("fixed")}, 20'000, "A-1"),
                    409,
                    "order_exists",
                    {},
                    {},
                    {}},
                   {"nobody else's order", Who::other_user, cancel("A-1"), "", 404, "order_not_found", {}, {}, {}},
                   {"undone",
                    Who::user,
                    cancel("A-1"),
                    "",
                    200,
                    "",
                    {{"order_id", "A-1"}},
                    {},
                    {"+decision", "+decision", "-order", "~coupon", "~coupon", "~tally", "~tally"}},
                   {"undone twice", Who::user, cancel("A-1"), "{}", 404, "order_not_found", {}, {}, {}},
                   {"and again, under the same id",
                    Who::service,
                    redeem,
                    body({tenth, fixed}, 20'000, "A-1"),
                    200,
                    "",
                    {{"order_id", "A-1"}, {"discount", won(5'000)}},
                    {},
                    redeemed},
               });
  CHECK(at.campaign("fixed")["redeemed"] == 1);
  REQUIRE(send(at.shop, cancel("A-1"), at.shop.service(), "").status == 200);
  CHECK(at.campaign("fixed")["redeemed"] == 0);
  CHECK(at.shop.drift().empty());
  check_explained(at.shop);
}

TEST_CASE("the order in which codes are named makes no difference") {
  std::vector<std::vector<std::string>> orders;
  std::vector<Discounts> discounts;
  Opened at;
  std::vector<std::string> codes{at.issue("tenth"), at.issue("fixed"), at.issue("fixed"), at.issue("once")};
  std::sort(codes.begin(), codes.end());
  do {
    const Reply reply = send(at.shop, redeem, at.shop.service(), body(codes, 20'001, "A"));
    REQUIRE(reply.status == 200);
    orders.push_back(codes_of(reply.body["coupons"]));
    discounts.push_back(discounts_of(reply.body["coupons"]));
    const Reply wanted = send(at.shop, cancel("A"), at.shop.service(), "");
    REQUIRE(wanted.status == 200);
  } while (std::next_permutation(codes.begin(), codes.end()));
  CHECK(orders.size() == 24);
  CHECK(std::all_of(orders.begin(), orders.end(), [&](const auto& each) { return each == orders.front(); }));
  CHECK(discounts == std::vector<Discounts>(24, {2'000, 3'000, 3'000, 1'000}));
  CHECK(at.shop.drift().empty());
}

TEST_CASE("what a cap cuts is divided to the last won, and budgets count what is given") {
  Opened at;
  const std::vector<std::string> codes{at.issue("tenth"), at.issue("fixed"), at.issue("fixed")};
  // 1,001 + 3,000 + 3,000 would come off, and 5,005 may.
  const Reply validated = send(at.shop, validate, at.shop.service(), body(codes, 10'011));
  const Reply reply = send(at.shop, redeem, at.shop.service(), body(codes, 10'011, "A"));
  REQUIRE(reply.status == 200);
  CHECK(reply.body["discount"] == won(5'005));
  CHECK(discounts_of(reply.body["coupons"]) == Discounts{715, 2'145, 2'145});
  CHECK(discounts_of(validated.body["coupons"]) == Discounts{715, 2'145, 2'145});
  CHECK(validated.body["coupons"][1]["alone"] == won(3'000));
  CHECK(at.shop.drift().empty());
  REQUIRE(send(at.shop, cancel("A"), at.shop.service(), "").status == 200);
  // A counter that had kept more than was given would show here.
  const Json last =
      at.shop.get("/api/v1/decisions?campaign=fixed&hook=cancel&limit=1", at.shop.operator_()).body["data"][0];
  CHECK(last["facts"]["counter"]["budget"] == 2'145);
  CHECK(last["verdict"]["count"]["budget"] == -2'145);
  CHECK(at.shop.drift().empty());
  check_explained(at.shop);
}

TEST_CASE("when one coupon cannot be used nothing happens, and the refusal says which") {
  Opened at;
  std::vector<std::string> codes{at.issue("tenth"), at.issue("fixed"), at.issue("fixed")};
  const std::string used = at.issue("fixed");
  REQUIRE(at.shop.post("/api/v1/coupons/" + used + "/redeem", at.shop.service(), Json::object()).status == 200);
  const std::vector<std::string> others{at.issue("tenth", "junho"), "0000-0000-0000-0000"};
  for (std::size_t place = 0; place <= codes.size(); ++place) {
    const std::string field = "codes[" + std::to_string(place) + "]";
    const auto with = [&](const std::string& code) {
      auto named = codes;
      named.insert(named.begin() + static_cast<std::ptrdiff_t>(place), code);
      return body(named, 20'000, "A");
    };
    run(at.shop, {"used " + field, Who::user, redeem, with(used), 409, "already_redeemed", {}, {field}, {"+decision"}});
    for (const std::string& other : others) {
      run(at.shop, {other + " " + field, Who::user, redeem, with(other), 404, "coupon_not_found", {}, {field}, {}});
      run(at.shop, {other + " " + field, Who::user, validate, with(other), 404, "coupon_not_found", {}, {field}, {}});
    }
  }
  // Together too they look the same.
  for (const std::string& call : {redeem, validate}) {
    run(at.shop, {call,
                  Who::user,
                  call,
                  body({others[0], codes[0], others[1]}, 20'000),
                  404,
                  "coupon_not_found",
                  {},
                  {"codes[0]", "codes[2]"},
                  {}});
  }
  const Json validated = send(at.shop, validate, at.shop.service(), body({codes[0], used}, 20'000)).body;
  CHECK(validated["valid"] == false);
  CHECK(validated["code"] == "already_redeemed");
  CHECK(validated["coupons"][0]["valid"] == true);
  CHECK(validated["coupons"][1]["refusal"] == "already_redeemed");
  CHECK(at.shop.drift().empty());
  check_explained(at.shop);
}

TEST_CASE("coupons of one campaign on one order see each other's counters") {
  Opened at;
  const std::vector<std::string> tight{at.issue("tight"), at.issue("tight"), at.issue("tight")};
  const std::vector<std::string> once{at.issue("once"), at.issue("once")};
  const std::vector<std::string> two(tight.begin(), tight.begin() + 2);
  run(at.shop, {
                   {"9,000 of 8,000",
                    Who::user,
                    redeem,
                    body(tight, 20'000, "A"),
                    409,
                    "budget_exhausted",
                    {},
                    {"codes[2]"},
                    {"+decision"}},
                   {"two of one a day",
                    Who::user,
                    redeem,
                    body(once, 20'000, "A"),
                    409,
                    "daily_cap_reached",
                    {},
                    {"codes[1]"},
                    {"+decision"}},
                   {"6,000 of 8,000",
                    Who::user,
                    redeem,
                    body(two, 20'000, "A"),
                    200,
                    "",
                    {{"discount", won(6'000)}},
                    {},
                    {"+decision", "+decision", "+decision", "+order", "~coupon", "~coupon", "~tally"}},
                   {"the rest is too little",
                    Who::user,
                    redeem,
                    body({tight[2]}, 20'000, "B"),
                    409,
                    "budget_exhausted",
                    {},
                    {"codes[0]"},
                    {"+decision"}},
                   {"given back",
                    Who::user,
                    cancel("A"),
                    "",
                    200,
                    "",
                    {},
                    {},
                    {"+decision", "+decision", "-order", "~coupon", "~coupon", "~tally"}},
                   {"enough again",
                    Who::user,
                    redeem,
                    body({tight[2], tight[0]}, 20'000, "B"),
                    200,
                    "",
                    {},
                    {},
                    {"+decision", "+decision", "+decision", "+order", "~coupon", "~coupon", "~tally"}},
               });
  CHECK(at.shop.drift().empty());
  check_explained(at.shop);
}

TEST_CASE("groups that do not go together are refused by name of the coupons") {
  Opened at;
  const std::string tenth = at.issue("tenth");
  const std::string big = at.issue("big");
  std::vector<std::string> five{tenth};
  for (int i = 0; i < 4; ++i) five.push_back(at.issue("fixed"));
  run(at.shop,
      {
          {"alone", Who::user, validate, body({big}, 20'000), 200, "", {{"valid", true}, {"discount", won(9'000)}}},
          {"not beside",
           Who::user,
           validate,
           body({tenth, big}, 20'000),
           200,
           "",
           {{"valid", false}, {"code", "not_combinable"}}},
          {"nor for real",
           Who::user,
           redeem,
           body({five[1], big, tenth}, 20'000),
           409,
           "not_combinable",
           {},
           {"codes[1]", "codes[2]"},
           {"+decision"}},
          {"too many", Who::user, redeem, body(five, 20'000), 409, "too_many_coupons", {}, {"codes"}, {"+decision"}},
      });
  check_explained(at.shop);
}

TEST_CASE("without a policy for it a coupon goes by itself, and two do not go together") {
  ShopOptions options = sale();
  options.scripts.pop_back();
  Opened at(std::move(options));
  at.shop.remove_policy("scripts/stacking.lua");
  REQUIRE(at.shop.reload().status == 200);
  const std::string one = at.issue("fixed");
  const std::string other = at.issue("tenth");
  run(at.shop, {
                   {"two",
                    Who::user,
                    redeem,
                    body({one, other}, 20'000, "A"),
                    409,
                    "not_combinable",
                    {},
                    {"codes"},
                    {"+decision"}},
                   {"one",
                    Who::user,
                    redeem,
                    body({one}, 20'000, "A"),
                    200,
                    "",
                    {{"discount", won(3'000)}},
                    {},
                    {"+decision", "+order", "~coupon", "~tally"}},
               });
  check_explained(at.shop);
}

TEST_CASE("a policy that fails refuses the orders and is put in quarantine, and nothing else with it") {
  Opened at;
  at.shop.write_policy("plugins/faulty.lua", R"(return plugin { name = "faulty", version = "1.0.0", doc = "Fails.",
    stack = function(p, facts) return effect { order = { 1, 1 } } end })");
  at.shop.write_policy("scripts/stacking.lua", policy("stacking", "faulty {}"));
  REQUIRE(at.shop.reload().status == 200);
  const std::vector<std::string> codes{at.issue("tenth"), at.issue("fixed")};
  for (int i = 0; i < 5; ++i) {
    CHECK(send(at.shop, redeem, at.shop.service(), body(codes, 20'000)).code() == "policy_error");
  }
  CHECK(send(at.shop, redeem, at.shop.service(), body(codes, 20'000)).code() == "policy_quarantined");
  CHECK(at.shop.post("/api/v1/coupons/" + codes[0] + "/redeem", at.shop.service(), Json::object()).status == 200);
  check_explained(at.shop);
}

TEST_CASE("an order is cancelled whole, or not at all") {
  Opened at;
  const std::vector<std::string> codes{at.issue("fixed"), at.issue("short")};
  REQUIRE(send(at.shop, redeem, at.shop.user(), body(codes, 20'000, "A")).status == 200);
  at.shop.clock().advance(6 * minute);
  run(at.shop,
      {"too late for one", Who::user, cancel("A"), "", 409, "cancel_too_late", {}, {"coupons[1]"}, {"+decision"}});
  CHECK(at.shop.drift().empty());
  check_explained(at.shop);
}

TEST_CASE("orders that make no sense are refused by field") {
  Opened at;
  const std::string code = at.issue("fixed");
  const std::string order = R"("order":{"amount":20000,"currency":"KRW"})";
  std::string many = "\"" + code + "\"";
  for (int i = 0; i < 20; ++i) many += ",\"" + std::to_string(i) + "\"";
  std::string spelt = code;
  std::transform(spelt.begin(), spelt.end(), spelt.begin(), [](unsigned char c) { return std::tolower(c); });
  for (const std::string& call : {redeem, validate}) {
    run(at.shop,
        {
            {"nothing", Who::user, call, "{}", 400, "invalid_request", {}, {"codes", "order"}, {}},
            {"no codes", Who::user, call, "{\"codes\":[]," + order + "}", 400, "invalid_request", {}, {"codes"}, {}},
            {"21 codes",
             Who::user,
             call,
             "{\"codes\":[" + many + "]," + order + "}",
             400,
             "invalid_request",
             {},
             {"codes"},
             {}},
            {"a number",
             Who::user,
             call,
             "{\"codes\":[1]," + order + "}",
             400,
             "invalid_request",
             {},
             {"codes[0]"},
             {}},
            {"twice", Who::user, call, body({code, "X", spelt}, 1), 400, "invalid_request", {}, {"codes[2]"}, {}},
            {"an unknown member",
             Who::user,
             call,
             "{\"codes\":[\"" + code + "\"]," + order + ",\"x\":1}",
             400,
             "invalid_request",
             {},
             {"x"},
             {}},
            {"somebody else", Who::user, call, body({code}, 1, "", "junho"), 403, "forbidden", {}, {}, {}},
            {"nobody", Who::nobody, call, body({code}, 1), 401, "unauthenticated", {}, {}, {}},
            {"whose it is not",
             Who::service,
             call,
             body({code}, 1, "", "junho"),
             404,
             "coupon_not_found",
             {},
             {"codes[0]"},
             {}},
        });
  }
  run(at.shop, {"no such order", Who::service, cancel("A"), "", 404, "order_not_found", {}, {}, {}});
  run(at.shop, {"a body", Who::service, cancel("A"), R"({"codes":[]})", 400, "invalid_request", {}, {"codes"}, {}});
}

TEST_CASE("an answer about an order is kept under its key") {
  Opened at;
  const std::vector<std::string> codes{at.issue("fixed"), at.issue("tenth")};
  const Reply first = send(at.shop, redeem, at.shop.user(), body(codes, 20'000), "k-1");
  REQUIRE(first.status == 200);
  const Reply again = send(at.shop, redeem, at.shop.user(), body(codes, 20'000), "k-1");
  CHECK(again.text == first.text);
  CHECK(again.header("idempotent-replayed") == "true");
  CHECK(send(at.shop, redeem, at.shop.user(), body(codes, 20'001), "k-1").code() == "idempotency_key_reused");
  const std::string id = first.body["order_id"];
  const Reply undone = send(at.shop, cancel(id), at.shop.user(), "", "k-2");
  REQUIRE(undone.status == 200);
  CHECK(send(at.shop, cancel(id), at.shop.user(), "", "k-2").text == undone.text);
  const Reply refused = send(at.shop, redeem, at.shop.user(), body({"NOPE"}, 20'000), "k-3");
  CHECK(refused.code() == "coupon_not_found");
  CHECK(send(at.shop, redeem, at.shop.user(), body({"NOPE"}, 20'000), "k-3").header("idempotent-replayed") == "true");
}

TEST_CASE("of orders that share a coupon exactly one is made", "[concurrent]") {
  Opened at;
  const std::string shared = at.issue("tenth");
  std::vector<std::string> own;
  for (int i = 0; i < 32; ++i) own.push_back(at.issue("fixed"));
  std::mutex mutex;
  std::map<std::string, int> outcomes;
  crowd(32, [&](int i) {
    const Reply reply =
        send(at.shop, redeem, at.shop.service(), body({own[static_cast<std::size_t>(i)], shared}, 20'000));
    const std::lock_guard lock(mutex);
    ++outcomes[reply.status == 200 ? "ok" : reply.code()];
  });
  CHECK(outcomes == std::map<std::string, int>{{"ok", 1}, {"already_redeemed", 31}});
  CHECK(at.campaign("fixed")["redeemed"] == 1);
  CHECK(at.campaign("tenth")["redeemed"] == 1);
  CHECK(at.shop.drift().empty());
}

TEST_CASE("32 orders at once do not pass a budget, and no coupon of a refused one is used", "[concurrent]") {
  Opened at;
  std::vector<std::vector<std::string>> orders(32);
  for (auto& codes : orders) codes = {at.issue("tenth"), at.issue("tight")};
  std::mutex mutex;
  std::map<std::string, int> outcomes;
  crowd(32, [&](int i) {
    const Reply reply = send(at.shop, redeem, at.shop.service(), body(orders[static_cast<std::size_t>(i)], 20'000));
    const std::lock_guard lock(mutex);
    ++outcomes[reply.status == 200 ? "ok" : reply.code()];
  });
  CHECK(outcomes == std::map<std::string, int>{{"ok", 2}, {"budget_exhausted", 30}});
  CHECK(at.campaign("tight")["redeemed"] == 2);
  CHECK(at.campaign("tenth")["redeemed"] == 2);
  CHECK(at.shop.drift().empty());
  check_explained(at.shop);
}

TEST_CASE("a replay of orders under the same rules flips nothing, and another order of application does") {
  Opened at;
  for (int i = 0; i < 3; ++i) {
    const std::vector<std::string> codes{at.issue("fixed"), at.issue("tenth")};
    REQUIRE(send(at.shop, redeem, at.shop.service(), body(codes, 7'000 + i, "A" + std::to_string(i))).status == 200);
  }
  REQUIRE(send(at.shop, cancel("A1"), at.shop.service(), "").status == 200);
  const auto replayed = [&](const Json& edits) {
    const Reply begun = at.shop.post("/api/v1/policies/replay", at.shop.operator_(), edits);
    REQUIRE(begun.status == 202);
    const std::string job = begun.header("location");
    for (;;) {
      const Json state = at.shop.get(job, at.shop.operator_()).body;
      if (state["state"] != "running" && state["state"] != "waiting") return state["report"];
      std::this_thread::yield();
    }
  };
  CHECK(replayed(Json::object())["flipped"] == 0);
  const std::string other = policy("stacking", "stack_order { base = \"original\" }");
  const Json report = replayed({{"files", {{{"name", "scripts/stacking.lua"}, {"text", other}}}}});
  CHECK(report["flips"]["other_discount"] == 3);
  CHECK(report["unable"] == 0);
}

}  // namespace scrip::test
