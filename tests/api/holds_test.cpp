// A coupon held between validate and pay: the calls, who may make them, and what becomes of the store.
#include <algorithm>
#include <atomic>
#include <catch2/catch.hpp>
#include <map>
#include <mutex>

#include "crowd.h"
#include "rows.h"
#include "scenario.h"

namespace scrip::test {
namespace {

const std::string order = R"("order":{"id":"o-1","amount":20000,"currency":"KRW"})";
const std::vector<std::string> held_rows{"+decision", "+hold", "~tally"};
const std::vector<std::string> redeemed_rows{"+decision", "~coupon", "~hold", "~tally"};
const std::vector<std::string> released_rows{"+decision", "-hold", "~tally"};

// A discount of 1,000 from a budget, and at most so many redemptions a day.
std::string purse(int budget, int a_day) {
  return "return policy { name = \"purse\", rules = { discount { amount = 1000, currency = \"KRW\" }, budget { max = " +
         std::to_string(budget) +
         ", currency = \"KRW\" }, quota { limits = { { what = \"redeemed\", limit = " + std::to_string(a_day) +
         ", period = \"daily\", per = \"user\" } } } } }";
}

struct Opened {
  explicit Opened(int budget = 1'000'000, int a_day = 100) : shop({.scripts = {{"purse", purse(budget, a_day)}}}) {
    shop.campaign({{"id", "spring"}, {"policy", "purse"}, {"total", 100}});
    code = another();
  }
  std::string another() { return shop.issue("spring", "minji")["code"].get<std::string>(); }
  std::string call(const std::string& what) const { return "POST /api/v1/coupons/" + code + "/" + what; }
  Reply post(const std::string& of, const std::string& what, const std::string& body) {
    return shop.call(
        {.method = "POST", .path = "/api/v1/coupons/" + of + "/" + what, .token = shop.service(), .body = body});
  }
  std::string hold(const std::string& of, const std::string& more = "") {
    const Reply held = post(of, "hold", "{" + order + more + "}");
    INFO(held.text);
    REQUIRE(held.status == 200);
    return held.body["hold"]["key"].get<std::string>();
  }
  Json decisions() {
    Json list = shop.get("/api/v1/decisions?limit=100", shop.operator_()).body["data"];
    std::reverse(list.begin(), list.end());
    return list;
  }
  Shop shop;
  std::string code;
};

std::string key_body(const std::string& key, const std::string& more = "") {
  return R"({"hold":")" + key + "\"" + more + "}";
}

TEST_CASE("a coupon is held, and redeemed by the hold's key alone") {
  Opened at;
  const Json shown{{"state", "issued"},
                   {"redeemed_at", nullptr},
                   {"discount", {{"amount", 1000}, {"currency", "KRW"}}},
                   {"hold", {{"expires_at", "2026-11-21T01:10:00Z"}, {"order_id", "o-1"}}}};
  const Reply held = run(at.shop, Scenario{.name = "held",
                                           .who = Who::user,
                                           .call = at.call("hold"),
                                           .body = "{" + order + "}",
                                           .has = shown,
                                           .changed = held_rows});
  const std::string key = held.body["hold"]["key"];
  CHECK(key.size() == 21);
  const std::string other_amount = R"(,"order":{"id":"o-1","amount":1,"currency":"KRW"})";
  run(at.shop,
      {
          {"held twice", Who::user, at.call("hold"), "", 409, "coupon_held", {}, {}, {"+decision"}},
          {"a service is told until when",
           Who::service,
           at.call("redeem"),
           "{" + order + "}",
           409,
           "coupon_held",
           {{"context", {{"expires_at", "2026-11-21T01:10:00Z"}}}},
           {},
           {"+decision"}},
          {"a wrong key", Who::user, at.call("redeem"), key_body("hold-0"), 409, "hold_not_found", {}, {}, {}},
          {"another order",
           Who::user,
           at.call("redeem"),
           key_body(key, other_amount),
           400,
           "invalid_request",
           {},
           {"order.amount"},
           {}},
          {"not redeemed yet", Who::user, at.call("cancel"), "", 409, "not_redeemed", {}, {}, {"+decision"}},
          {"another user's", Who::other_user, at.call("hold"), "", 404, "coupon_not_found", {}, {}, {}},
          {"paid",
           Who::user,
           at.call("redeem"),
           key_body(key, "," + order),
           200,
           "",
           {{"state", "redeemed"}, {"discount", {{"amount", 1000}, {"currency", "KRW"}}}},
           {},
           redeemed_rows},
          {"paid twice", Who::user, at.call("redeem"), key_body(key), 409, "already_redeemed", {}, {}, {"+decision"}},
          {"held when it was used", Who::user, at.call("hold"), "", 409, "already_redeemed", {}, {}, {"+decision"}},
          {"undone",
           Who::user,
           at.call("cancel"),
           "",
           200,
           "",
           {{"state", "issued"}},
           {},
           {"+decision", "-hold", "~coupon", "~tally"}},
      });
  CHECK(at.shop.drift().empty());
}

TEST_CASE("a hold is released by its maker with the key, by an operator without") {
  Opened at;
  run(at.shop,
      {
          {"none", Who::operator_, at.call("release"), "", 409, "hold_not_found", {}, {}, {}},
          {"a user without key", Who::user, at.call("release"), "", 400, "invalid_request", {}, {"hold"}, {}},
          {"a service without key", Who::service, at.call("release"), "{}", 400, "invalid_request", {}, {"hold"}, {}},
      });
  const std::string key = at.hold(at.code);
  run(at.shop,
      {
          {"a wrong key", Who::service, at.call("release"), key_body("x"), 409, "hold_not_found", {}, {}, {}},
          {"released", Who::user, at.call("release"), key_body(key), 200, "", {{"state", "issued"}}, {}, released_rows},
          {"and gone", Who::user, at.call("redeem"), key_body(key), 409, "hold_not_found", {}, {}, {}},
      });
  at.hold(at.code);
  run(at.shop, {
                   {"by an operator", Who::operator_, at.call("release"), "", 200, "", {}, {}, released_rows},
                   {"free", Who::user, at.call("redeem"), "", 200, "", {}, {}, {"+decision", "~coupon", "~tally"}},
               });
  CHECK(at.shop.drift().empty());
}

TEST_CASE("what a hold is asked with is checked") {
  Opened at;
  for (const char* ttl : {"0", "86401", "-1", "1.5", "\"60\"", "null"}) {
    run(at.shop, Scenario{.name = ttl,
                          .who = Who::user,
                          .call = at.call("hold"),
                          .body = std::string(R"({"ttl":)") + ttl + "}",
                          .status = 400,
                          .code = "invalid_request",
                          .fields = {"ttl"}});
  }
  run(at.shop,
      {
          {"unknown member", Who::user, at.call("hold"), R"({"for":1})", 400, "invalid_request", {}, {"for"}},
          {"bad order",
           Who::user,
           at.call("hold"),
           R"({"order":{"amount":1}})",
           400,
           "invalid_request",
           {},
           {"order.currency"}},
          {"a key that is none", Who::user, at.call("redeem"), R"({"hold":""})", 400, "invalid_request", {}, {"hold"}},
          {"no such coupon", Who::service, "POST /api/v1/coupons/NOPE/hold", "", 404, "coupon_not_found"},
          {"nobody", Who::nobody, at.call("hold"), "", 401, "unauthenticated"},
          {"for a second", Who::user, at.call("hold"), R"({"ttl":1})", 200, "", {}, {}, held_rows},
      });
}

TEST_CASE("the key is told once; service and operator see until when a coupon is held") {
  Opened at;
  const std::string key = at.hold(at.code, R"(,"ttl":60)");
  const std::string path = "/api/v1/coupons/" + at.code;
  for (const std::string& token : {at.shop.service(), at.shop.operator_()}) {
    const Json shown = at.shop.get(path, token).body;
    CHECK(shown["hold"] == Json{{"expires_at", "2026-11-21T01:01:00Z"}, {"order_id", "o-1"}});
  }
  CHECK(!at.shop.get(path, at.shop.user()).body.contains("hold"));
  CHECK(at.shop.get("/api/v1/decisions", at.shop.operator_()).text.find(key) == std::string::npos);
  at.shop.clock().advance(60 * second);
  CHECK(!at.shop.get(path, at.shop.service()).body.contains("hold"));
}

TEST_CASE("validate knows holds") {
  Opened at;
  const std::string key = at.hold(at.code);
  run(at.shop, {
                   {"held by another",
                    Who::user,
                    at.call("validate"),
                    "{" + order + "}",
                    200,
                    "",
                    {{"valid", false}, {"code", "coupon_held"}}},
                   {"by the key",
                    Who::user,
                    at.call("validate"),
                    key_body(key, "," + order),
                    200,
                    "",
                    {{"valid", true}, {"discount", {{"amount", 1000}, {"currency", "KRW"}}}}},
                   {"the held order is known",
                    Who::user,
                    at.call("validate"),
                    key_body(key),
                    200,
                    "",
                    {{"valid", true}, {"discount", {{"amount", 1000}, {"currency", "KRW"}}}}},
                   {"another order",
                    Who::user,
                    at.call("validate"),
                    key_body(key, R"(,"order":{"amount":1,"currency":"KRW"})"),
                    400,
                    "invalid_request",
                    {},
                    {"order.amount"}},
                   {"a wrong key",
                    Who::user,
                    at.call("validate"),
                    key_body("hold-0"),
                    200,
                    "",
                    {{"valid", false}, {"code", "hold_not_found"}}},
                   {"neither", Who::user, at.call("validate"), "{}", 400, "invalid_request", {}, {"order"}},
                   {"later",
                    Who::service,
                    at.call("validate"),
                    key_body(key, R"(,"now":"2026-11-21T02:00:00Z")"),
                    200,
                    "",
                    {{"valid", false}, {"code", "hold_not_found"}}},
               });
  at.shop.clock().advance(600 * second);
  run(at.shop, {
                   {"over",
                    Who::user,
                    at.call("validate"),
                    key_body(key),
                    200,
                    "",
                    {{"valid", false}, {"code", "hold_not_found"}},
                    {},
                    {}},
                   {"free again", Who::user, at.call("validate"), "{" + order + "}", 200, "", {{"valid", true}}},
               });
}

TEST_CASE("64 parallel holds and redeems of one coupon: exactly one wins", "[concurrent]") {
  Opened at;
  std::atomic<int> won{0};
  std::mutex mutex;
  std::map<std::string, int> refused;
  crowd(64, [&](int i) {
    const Reply reply = at.post(at.code, i % 2 == 0 ? "hold" : "redeem", "{" + order + "}");
    if (reply.status == 200) {
      ++won;
    } else {
      const std::lock_guard lock(mutex);
      ++refused[reply.code()];
    }
  });
  CHECK(won == 1);
  CHECK(refused.size() == 1);
  CHECK(refused["coupon_held"] + refused["already_redeemed"] == 63);
  CHECK(at.shop.drift().empty());
}

TEST_CASE("a budget of one and two coupons held in parallel: one is held", "[concurrent]") {
  Opened at(1'000);
  const std::vector<std::string> codes{at.code, at.another()};
  std::atomic<int> won{0};
  std::atomic<int> exhausted{0};
  crowd(2, [&](int i) {
    const Reply reply = at.post(codes[static_cast<std::size_t>(i)], "hold", "{" + order + "}");
    won += reply.status == 200 ? 1 : 0;
    exhausted += reply.code() == "budget_exhausted" ? 1 : 0;
  });
  CHECK(won == 1);
  CHECK(exhausted == 1);
  CHECK(at.shop.drift().empty());
  // It ends by itself, and what it took is there again for the other.
  at.shop.clock().advance(600 * second);
  CHECK(at.post(codes[0], "redeem", "{" + order + "}").status == 200);
  CHECK(at.post(codes[1], "redeem", "{" + order + "}").code() == "budget_exhausted");
  CHECK(at.shop.drift().empty());
}

TEST_CASE("a quota counts a hold in the day of the hold, and gives it back to that day") {
  Opened at(1'000'000, 1);
  at.shop.clock().advance(14 * hour + 59 * minute);  // 15:59 of the 21st, UTC
  at.shop.clock().advance(7 * hour + 55 * minute);   // 23:54
  const std::string other = at.another();
  const std::string third = at.another();
  const std::string key = at.hold(at.code);
  CHECK(at.post(other, "redeem", "{" + order + "}").code() == "quota_reached");
  at.shop.clock().advance(8 * minute);  // 00:02 of the 22nd
  CHECK(at.post(at.code, "redeem", key_body(key)).status == 200);
  // Today's one is still to be had, and is not given back by undoing yesterday's.
  CHECK(at.post(other, "redeem", "{" + order + "}").status == 200);
  CHECK(at.post(at.code, "cancel", "").status == 200);
  CHECK(at.post(third, "redeem", "{" + order + "}").code() == "quota_reached");
  CHECK(at.shop.drift().empty());

  const Json last = at.decisions();
  const auto cancelled =
      std::find_if(last.begin(), last.end(), [](const Json& each) { return each["hook"] == "cancel"; });
  REQUIRE(cancelled != last.end());
  CHECK((*cancelled)["facts"]["coupon"]["counted_at"] == "2026-11-21T23:54:00Z");
  CHECK((*cancelled)["facts"]["coupon"]["redeemed_at"] == "2026-11-22T00:02:00Z");
  CHECK((*cancelled)["verdict"]["count"] == Json{{"budget", -1000}, {"redeemed:day:u:minji@2026-11-21", -1}});
}

TEST_CASE("a hold outlives a restart, and ends after it") {
  Opened at;
  const std::string key = at.hold(at.code);
  const std::string other = at.another();
  const std::string other_key = at.hold(other);
  at.shop.restart();
  CHECK(at.post(at.code, "redeem", "").code() == "coupon_held");
  CHECK(at.post(at.code, "redeem", key_body(key)).status == 200);
  at.shop.clock().advance(600 * second);
  at.shop.restart();
  CHECK(at.post(other, "redeem", key_body(other_key)).code() == "hold_not_found");
  CHECK(at.post(other, "redeem", "").status == 200);
  CHECK(at.shop.drift().empty());
}

TEST_CASE("under an Idempotency-Key a hold is made once, and its key is told again") {
  Opened at;
  const auto keyed = [&](const std::string& what, const std::string& body) {
    return at.shop.call({.method = "POST",
                         .path = "/api/v1/coupons/" + at.code + "/" + what,
                         .token = at.shop.service(),
                         .body = body,
                         .headers = {{"Idempotency-Key", "of " + what}}});
  };
  const Reply held = keyed("hold", R"({"ttl":60})");
  REQUIRE(held.status == 200);
  CHECK(keyed("hold", R"({"ttl":60})").text == held.text);
  CHECK(keyed("hold", R"({"ttl":61})").code() == "idempotency_key_reused");
  const std::string key = held.body["hold"]["key"];
  const Reply released = keyed("release", key_body(key));
  CHECK(released.status == 200);
  CHECK(keyed("release", key_body(key)).text == released.text);
  CHECK(keyed("release", key_body(key)).header("idempotent-replayed") == "true");
  CHECK(at.shop.drift().empty());
}

TEST_CASE("every step of a hold is listed, explained the same, and replayed as one redemption") {
  Opened at;
  const std::string other = at.another();
  const std::string key = at.hold(at.code);
  REQUIRE(at.post(at.code, "redeem", key_body(key)).status == 200);
  REQUIRE(at.post(at.code, "cancel", "").status == 200);
  REQUIRE(at.post(other, "release", key_body(at.hold(other))).status == 200);
  at.hold(other);
  REQUIRE(at.post(other, "hold", "").code() == "coupon_held");
  at.shop.clock().advance(600 * second);
  REQUIRE(at.post(other, "redeem", "{" + order + "}").status == 200);

  std::vector<std::string> told;
  for (const Json& decision : at.decisions()) {
    told.push_back(decision["hook"].get<std::string>() + " " + decision.value("step", "whole") + " " +
                   decision["code"].get<std::string>());
    const Reply explained =
        at.shop.get("/api/v1/decisions/" + decision["id"].get<std::string>() + "/explain", at.shop.operator_());
    INFO(explained.text);
    CHECK(explained.body["same"] == true);
  }
  CHECK(told == std::vector<std::string>{"issue whole allowed", "issue whole allowed", "redeem hold allowed",
                                         "redeem redeem_held allowed", "cancel whole allowed", "redeem hold allowed",
                                         "cancel release allowed", "redeem hold allowed", "redeem hold coupon_held",
                                         "cancel expire allowed", "redeem whole allowed"});

  const auto replayed = [&](const std::string& text) {
    const Reply started = at.shop.post("/api/v1/policies/replay", at.shop.operator_(),
                                       {{"files", Json::array({{{"name", "scripts/purse.lua"}, {"text", text}}})}});
    REQUIRE(started.status == 202);
    for (;;) {
      const Json job = at.shop.get(started.header("location"), at.shop.operator_()).body;
      if (job["state"] == "done") return job["report"];
      REQUIRE(job["state"] != "failed");
    }
  };
  const Json same = replayed(purse(1'000'000, 100) + "\n");
  CHECK(same["decisions"] == 11);
  CHECK(same["flipped"] == 0);
  CHECK(same["unable"] == 0);
  // One was redeemed in the end, at 1,000.
  CHECK(same["discounts"][0]["recorded"] == 1000);
  CHECK(same["discounts"][0]["candidate"] == 1000);
  // With nothing to give away every hold and redemption is refused once, and what followed is not told again.
  const Json none = replayed(purse(0, 100));
  CHECK(none["flips"]["newly_refused"] == 5);
  CHECK(none["discounts"][0]["candidate"] == 0);
}

}  // namespace
}  // namespace scrip::test
