// coupon-live's one call.
#include <catch2/catch.hpp>

#include "crowd.h"
#include "wire.h"

namespace scrip::test {
namespace {

const std::string call = "POST /v1/coupons/issue";
const std::vector<std::string> given{"+coupon", "+decision", "~tally"};
const std::vector<std::string> refused{"+decision"};

std::string of(const Json& user, const Json& coupon) {
  return body({{"userId", user}, {"couponId", coupon}});
}

Json code(const std::string& text) {
  return {{"code", text}};
}

Reply issue(Shop& shop, std::int64_t user, std::int64_t coupon = 3) {
  return shop.post("/v1/coupons/issue", shop.service(), {{"userId", user}, {"couponId", coupon}});
}

void edit(Shop& shop, const std::string& id, const Json& change) {
  const Reply reply = shop.call(
      {.method = "PATCH", .path = "/api/v1/campaigns/" + id, .token = shop.operator_(), .body = change.dump()});
  REQUIRE(reply.status == 200);
}

TEST_CASE("coupon-live: a coupon inside a window, each refusal in the original's word") {
  Shop shop(with_compat());
  const Reply got =
      play(shop, {.name = "a coupon", .who = Who::service, .call = call, .body = of(7, 3), .changed = given});
  CHECK(got.text == "쿠폰이 발급되었습니다.");
  CHECK(got.header("content-type") == "text/plain; charset=utf-8");
  const Json list = shop.get("/api/v1/coupons?user_id=7", shop.service()).body["data"];
  REQUIRE(list.size() == 1);
  CHECK(list[0]["campaign_id"] == "coupon-live");

  play(shop,
       {
           {.name = "again",
            .who = Who::service,
            .call = call,
            .body = of(7, 3),
            .status = 400,
            .has = code("COUPON_ALREADY_ISSUED_TO_USER"),
            .changed = refused},
           {.name = "another member, by the operator",
            .who = Who::operator_,
            .call = call,
            .body = of(8, 3),
            .changed = given},
           {.name = "a greater number than any",
            .who = Who::service,
            .call = call,
            .body = of(INT64_MAX, 3),
            .changed = given},
           {.name = "no such coupon",
            .who = Who::service,
            .call = call,
            .body = of(7, 4),
            .status = 400,
            .has = code("COUPON_NOT_FOUND")},
           {.name = "member 0",
            .who = Who::service,
            .call = call,
            .body = of(0, 3),
            .status = 400,
            .has = code("INVALID_REQUEST")},
           {.name = "coupon 0",
            .who = Who::service,
            .call = call,
            .body = of(7, 0),
            .status = 400,
            .has = code("INVALID_REQUEST")},
           {.name = "a member below zero",
            .who = Who::service,
            .call = call,
            .body = of(-1, 3),
            .status = 400,
            .has = code("INVALID_REQUEST")},
           {.name = "too great a number",
            .who = Who::service,
            .call = call,
            .body = R"({"userId":9223372036854775808,"couponId":3})",
            .status = 400,
            .has = code("INVALID_REQUEST")},
           {.name = "texts",
            .who = Who::service,
            .call = call,
            .body = of("7", "3"),
            .status = 400,
            .has = code("INVALID_REQUEST")},
           {.name = "half a member", .who = Who::service, .call = call, .body = of(7.5, 3), .status = 400},
           {.name = "nothing",
            .who = Who::service,
            .call = call,
            .body = "{}",
            .status = 400,
            .answer = {{"code", "INVALID_REQUEST"}, {"message", "userId is required."}}},
           {.name = "no JSON",
            .who = Who::service,
            .call = call,
            .body = "userId=7",
            .status = 400,
            .has = code("INVALID_REQUEST")},
           {.name = "no UTF-8", .who = Who::service, .call = call, .body = "{\"userId\":\"\xff\"}", .status = 400},
           {.name = "too large",
            .who = Who::service,
            .call = call,
            .body = std::string((1 << 20) + 1, ' '),
            .status = 413,
            .has = code("PAYLOAD_TOO_LARGE")},
           {.name = "no token", .call = call, .body = of(9, 3), .status = 401, .has = code("UNAUTHENTICATED")},
           {.name = "a member's token",
            .who = Who::user,
            .call = call,
            .body = of(9, 3),
            .status = 403,
            .has = code("FORBIDDEN")},
           {.name = "another verb", .who = Who::service, .call = "GET /v1/coupons/issue", .status = 405},
       });

  edit(shop, "coupon-live", {{"total", 3}});
  play(shop, {{.name = "none left",
               .who = Who::service,
               .call = call,
               .body = of(10, 3),
               .status = 400,
               .has = code("REMAINING_QUANTITY_EXCEEDED"),
               .changed = refused}});
  for (const std::string status : {"paused", "ended"}) {
    edit(shop, "coupon-live", {{"status", status}});
    play(shop, {{.name = status,
                 .who = Who::service,
                 .call = call,
                 .body = of(10, 3),
                 .status = 400,
                 .has = code("COUPON_EXPIRED"),
                 .changed = refused}});
  }
  CHECK(shop.drift().empty());
}

TEST_CASE("coupon-live: any campaign by its number, with its own rules") {
  ShopOptions options = with_compat();
  options.scripts.emplace_back("gold", R"(return policy {
  name = "gold", rules = { segment { attribute = "tier", any_of = { "gold" } } },
})");
  Shop shop(options);
  CHECK(shop.campaign({{"id", "gold"}, {"policy", "gold"}})["number"] == 4);
  const Reply no = issue(shop, 7, 4);
  CHECK(no.status == 400);
  CHECK(no.body["code"] == "NOT_IN_SEGMENT");
  CHECK(no.body["message"].is_string());
}

TEST_CASE("coupon-live: ten windows a day in Seoul, each of a minute") {
  Shop shop(with_compat());
  std::int64_t user = 0;
  int in = 0;
  const Micros midnight = opening - 10 * hour;
  for (int hours = 0; hours < 24; ++hours) {
    const Micros opens = midnight + hours * hour;
    for (const auto& [at, inside] : std::vector<std::pair<Micros, bool>>{
             {opens - 1, false}, {opens, true}, {opens + minute - 1, true}, {opens + minute, false}}) {
      INFO(format_instant(at, "Asia/Seoul"));
      shop.clock().set(at);
      const Reply reply = issue(shop, ++user);
      if (inside && hours >= 10 && hours <= 19) {
        ++in;
        CHECK(reply.status == 200);
      } else {
        CHECK(reply.status == 400);
        CHECK(reply.body["code"] == "COUPON_EXPIRED");
      }
    }
  }
  CHECK(in == 20);
  CHECK(shop.get("/api/v1/campaigns/coupon-live", shop.operator_()).body["issued"] == in);
}

TEST_CASE("coupon-live: a crowd takes what there is, each member one") {
  Shop shop(with_compat());
  edit(shop, "coupon-live", {{"total", 30}});
  std::atomic<int> won{0};
  std::atomic<int> second{0};
  std::atomic<int> late{0};
  // Fifty members, each from four places.
  crowd(40, [&](int caller) {
    for (int i = 0; i < 5; ++i) {
      const Reply reply = issue(shop, (caller * 5 + i) % 50 + 1);
      const std::string word = reply.status == 400 ? reply.body["code"].get<std::string>() : "";
      if (reply.status == 200) ++won;
      if (word == "COUPON_ALREADY_ISSUED_TO_USER") ++second;
      if (word == "REMAINING_QUANTITY_EXCEEDED") ++late;
    }
  });
  CHECK(won == 30);
  CHECK(won + second + late == 200);
  int holders = 0;
  for (int user = 1; user <= 50; ++user) {
    const auto held = shop.get("/api/v1/coupons?user_id=" + std::to_string(user), shop.service()).body["data"].size();
    CHECK(held <= 1);
    holders += static_cast<int>(held);
  }
  CHECK(holders == 30);
  CHECK(shop.drift().empty());
}

TEST_CASE("coupon-live: with --open-rpc it needs no token") {
  Shop shop(with_compat(true));
  play(shop,
       {
           {.name = "no token", .call = call, .body = of(7, 3), .changed = given},
           {.name = "a service's", .who = Who::service, .call = call, .body = of(8, 3), .changed = given},
           {.name = "a bad one",
            .call = call,
            .body = of(9, 3),
            .status = 401,
            .headers = {{"Authorization", "Bearer x"}}},
           // The others keep asking.
           {.name = "codes", .call = "GET /coupon", .status = 401},
           {.name = "a claim at Toodat's", .call = "POST /couponuser/", .body = "{}", .status = 403},
           {.name = "a claim here", .call = "POST /api/v1/campaigns/coupon-live/issue", .body = "{}", .status = 401},
       });
}

}  // namespace
}  // namespace scrip::test
