// Toodat's event, call by call.
#include <catch2/catch.hpp>

#include "crowd.h"
#include "rows.h"
#include "wire.h"

namespace scrip::test {
namespace {

const std::vector<std::string> given{"+coupon", "+decision", "~tally"};
const std::vector<std::string> refused{"+decision"};
const Json none_left{{"result", "쿠폰이 모두 소진되었습니다"}};
const Json has_it{{"result", "이미 쿠폰을 받았습니다"}};

std::string account(const std::string& email, const std::string& password = "correct horse") {
  return body({{"email", email}, {"password", password}, {"confirm_password", password}});
}

std::string credentials(const std::string& email, const std::string& password = "correct horse") {
  return body({{"email", email}, {"password", password}});
}

// The cookie as a browser sends it back.
std::string cookie_of(const Reply& reply) {
  const std::string set = reply.header("set-cookie");
  return set.substr(0, set.find(';'));
}

// Signs up and in.
std::string session(Shop& shop, const std::string& email) {
  const auto post = [&](const std::string& path, const std::string& text) {
    return shop.call({.method = "POST", .path = path, .body = text});
  };
  REQUIRE(post("/account/signup/", account(email)).status == 201);
  const Reply in = post("/account/login/", credentials(email));
  REQUIRE(in.status == 200);
  return cookie_of(in);
}

Reply claim(Shop& shop, const std::string& cookie, const Json& coupon, const Json& work) {
  return shop.call({.method = "POST",
                    .path = "/couponuser/",
                    .body = body({{"coupon", coupon}, {"work", work}}),
                    .headers = {{"Cookie", cookie}}});
}

void add_works(Shop& shop, int count) {
  for (int i = 1; i <= count; ++i) {
    REQUIRE(shop.post("/api/v1/works", shop.operator_(), {{"title", "작품 " + std::to_string(i)}}).status == 201);
  }
}

TEST_CASE("Toodat: members sign up, in and out") {
  Shop shop(with_compat());
  const std::string sign_up = "POST /account/signup/";
  const std::string log_in = "POST /account/login/";
  const std::string log_out = "POST /account/logout/";
  const Json wrong{{"result", "이메일 혹은 비밀번호가 올바르지 않습니다"}};
  play(shop,
       {
           {.name = "sign-up",
            .call = sign_up,
            .body = account("minji@example.com"),
            .status = 201,
            .answer = {{"email", "minji@example.com"}},
            .changed = {"+account"}},
           {.name = "the address is taken",
            .call = sign_up,
            .body = account("minji@example.com"),
            .status = 400,
            .answer = {{"email", {"There is already an account minji@example.com."}}}},
           {.name = "two passwords",
            .call = sign_up,
            .body = R"({"email":"a@example.com","password":"correct horse","confirm_password":"correct house"})",
            .status = 400,
            .answer = {{"confirm_password", {"must be the same as the password"}}}},
           {.name = "the password once",
            .call = sign_up,
            .body = R"({"email":"a@example.com","password":"correct horse"})",
            .status = 400,
            .answer = {{"confirm_password", {"is required"}}}},
           {.name = "a short password", .call = sign_up, .body = account("a@example.com", "short"), .status = 400},
           {.name = "no JSON", .call = sign_up, .body = "email", .status = 400},
           {.name = "a wrong password",
            .call = log_in,
            .body = credentials("minji@example.com", "correct house"),
            .status = 400,
            .answer = wrong},
           {.name = "nobody's address",
            .call = log_in,
            .body = credentials("nobody@example.com"),
            .status = 400,
            .answer = wrong},
           {.name = "nothing said", .call = log_in, .body = "{}", .status = 400},
           {.name = "from another site",
            .call = log_in,
            .body = credentials("minji@example.com"),
            .status = 403,
            .headers = {{"Origin", "http://evil.example"}}},
           {.name = "out before in", .call = log_out, .status = 403},
           {.name = "no slash, no path", .call = "POST /account/login", .body = "{}", .status = 404},
       });
  for (const std::string bad : {"minji", "@example.com", "a@", "a@b", "a@b@c.d", "a b@c.d", "a@c..d", "a@.d", "a@d."}) {
    play(shop, {{.name = "no address: " + bad, .call = sign_up, .body = account(bad), .status = 400}});
  }

  const Reply in = play(
      shop,
      {.name = "in", .call = log_in, .body = credentials("minji@example.com"), .answer = {{"result", "로그인 성공"}}});
  const std::string set = in.header("set-cookie");
  CHECK(set.find("HttpOnly") != std::string::npos);
  CHECK(set.find("SameSite=Lax") != std::string::npos);
  const std::string cookie = cookie_of(in);
  play(shop, {
                 {.name = "signed in", .call = "GET /work/", .answer = Json::array(), .headers = {{"Cookie", cookie}}},
                 {.name = "out, from another site",
                  .call = log_out,
                  .status = 403,
                  .headers = {{"Cookie", cookie}, {"Origin", "http://evil.example"}}},
             });
  const Reply out = play(shop, {.name = "out", .call = log_out, .headers = {{"Cookie", cookie}}});
  CHECK(out.header("set-cookie").find("Max-Age=0") != std::string::npos);
  play(shop, {{.name = "the cookie that is left",
               .call = "GET /work/",
               .status = 403,
               .headers = {{"Cookie", cookie_of(out)}}}});
}

TEST_CASE("Toodat: a coupon for each work, once") {
  Shop shop(with_compat());
  add_works(shop, 3);
  const std::string cookie = session(shop, "minji@example.com");
  const std::vector<std::pair<std::string, std::string>> signed_in{{"Cookie", cookie}};
  const std::string call = "POST /couponuser/";
  const auto of = [](const Json& coupon, const Json& work) { return body({{"coupon", coupon}, {"work", work}}); };
  const std::string now = "2026-11-21T01:00:00Z";
  const Json first{{"id", 1}, {"title", "작품 1"}, {"created_at", now}, {"updated_at", now}};
  const auto no_such = [](const std::string& field, const std::string& key) {
    return Json{{field, {"Invalid pk \"" + key + "\" - object does not exist."}}};
  };
  const Reply works = play(shop, {.name = "the works", .call = "GET /work/", .headers = signed_in});
  REQUIRE(works.body.size() == 3);
  CHECK(works.body[0] == first);

  const Reply got = play(shop, {.name = "by number",
                                .call = call,
                                .body = of(1, 1),
                                .status = 201,
                                .has = {{"is_used", false},
                                        {"created_at", now},
                                        {"updated_at", now},
                                        {"coupon", 1},
                                        {"user", "minji@example.com"},
                                        {"work", 1}},
                                .changed = given,
                                .headers = signed_in});
  CHECK(got.body.size() == 8);
  CHECK(got.body["id"].is_number_integer());
  const std::string code = got.body["code"].get<std::string>();
  CHECK(code.size() == 8);
  CHECK(code.find_first_not_of("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") == std::string::npos);
  const Reply row = shop.get("/api/v1/coupons/" + code, shop.operator_());
  CHECK(row.body["campaign_id"] == "toodat");
  CHECK(row.body["user_id"] == "minji@example.com");
  CHECK(row.body["subject"] == "work:1");

  play(shop, {
                 {.name = "again",
                  .call = call,
                  .body = of(1, 1),
                  .status = 400,
                  .answer = has_it,
                  .changed = refused,
                  .headers = signed_in},
                 {.name = "for another work, by the campaign's id",
                  .call = call,
                  .body = of("toodat", 2),
                  .status = 201,
                  .has = {{"coupon", 1}, {"work", 2}},
                  .changed = given,
                  .headers = signed_in},
                 {.name = "digits, as a form sends them",
                  .call = call,
                  .body = of("1", "3"),
                  .status = 201,
                  .has = {{"coupon", 1}, {"work", 3}},
                  .changed = given,
                  .headers = signed_in},
                 {.name = "no such work",
                  .call = call,
                  .body = of(1, 99),
                  .status = 400,
                  .answer = no_such("work", "99"),
                  .headers = signed_in},
                 {.name = "no such coupon",
                  .call = call,
                  .body = of(99, 1),
                  .status = 400,
                  .answer = no_such("coupon", "99"),
                  .headers = signed_in},
                 {.name = "no such id",
                  .call = call,
                  .body = of("nothing", 1),
                  .status = 400,
                  .answer = no_such("coupon", "nothing"),
                  .headers = signed_in},
                 {.name = "a number that no integer holds",
                  .call = call,
                  .body = R"({"coupon":1,"work":18446744073709551615})",
                  .status = 400,
                  .answer = no_such("work", "18446744073709551615"),
                  .headers = signed_in},
                 {.name = "no work",
                  .call = call,
                  .body = R"({"coupon":1})",
                  .status = 400,
                  .answer = {{"work", {"This field is required."}}},
                  .headers = signed_in},
                 {.name = "nothing", .call = call, .body = "{}", .status = 400, .headers = signed_in},
                 {.name = "lists",
                  .call = call,
                  .body = of(Json::array(), Json::object()),
                  .status = 400,
                  .headers = signed_in},
                 {.name = "halves", .call = call, .body = of(1.5, 1.5), .status = 400, .headers = signed_in},
                 {.name = "a long text",
                  .call = call,
                  .body = of(std::string(1'000, '1'), 1),
                  .status = 400,
                  .headers = signed_in},
                 {.name = "not signed in", .call = call, .body = of(1, 1), .status = 403},
                 {.name = "from another site",
                  .call = call,
                  .body = of(1, 1),
                  .status = 403,
                  .headers = {{"Cookie", cookie}, {"Sec-Fetch-Site", "cross-site"}}},
                 {.name = "works without a session", .call = "GET /work/", .status = 403},
             });

  // A work that is gone gives no more; an ended event gives none and says why.
  CHECK(shop.call({.method = "DELETE", .path = "/api/v1/works/3", .token = shop.operator_()}).status == 204);
  const std::string other = session(shop, "junho@example.com");
  CHECK(claim(shop, other, 1, 3).body == no_such("work", "3"));
  const Reply ended = shop.call({.method = "PATCH",
                                 .path = "/api/v1/campaigns/toodat",
                                 .token = shop.operator_(),
                                 .body = R"({"status":"ended"})"});
  REQUIRE(ended.status == 200);
  const Reply late = claim(shop, other, 1, 1);
  CHECK(late.status == 400);
  CHECK(late.body["result"].is_string());
  CHECK(shop.drift().empty());
}

TEST_CASE("Toodat: forty ask at once for five coupons, and five get one") {
  Shop shop(with_compat());
  add_works(shop, 1);
  REQUIRE(shop.call({.method = "PATCH",
                     .path = "/api/v1/campaigns/toodat",
                     .token = shop.operator_(),
                     .body = R"({"total":5})"})
              .status == 200);
  std::vector<std::string> cookies;
  for (int i = 0; i < 40; ++i) cookies.push_back(session(shop, "user" + std::to_string(i) + "@example.com"));
  std::atomic<int> won{0};
  std::atomic<int> lost{0};
  crowd(40, [&](int i) {
    const Reply reply = claim(shop, cookies[static_cast<std::size_t>(i)], 1, 1);
    if (reply.status == 201) ++won;
    if (reply.status == 400 && reply.body == none_left) ++lost;
  });
  CHECK(won == 5);
  CHECK(lost == 35);
  const auto campaign = shop.get("/api/v1/campaigns/toodat", shop.operator_()).body;
  CHECK(campaign["issued"] == 5);
  CHECK(campaign["remaining"] == 0);
  CHECK(shop.drift().empty());
}

TEST_CASE("Toodat: a member who asks often at once gets one coupon for the work") {
  Shop shop(with_compat());
  add_works(shop, 1);
  const std::string cookie = session(shop, "minji@example.com");
  std::atomic<int> won{0};
  std::atomic<int> told{0};
  crowd(20, [&](int) {
    const Reply reply = claim(shop, cookie, "toodat", 1);
    if (reply.status == 201) ++won;
    if (reply.status == 400 && reply.body == has_it) ++told;
  });
  CHECK(won == 1);
  CHECK(told == 19);
  CHECK(shop.get("/api/v1/campaigns/toodat", shop.operator_()).body["issued"] == 1);
}

TEST_CASE("Toodat: signing in is limited in its own words") {
  ShopOptions options = with_compat();
  options.sign_ins_at_once = 1;
  Shop shop(options);
  const auto try_in = [&] {
    return shop.call({.method = "POST", .path = "/account/login/", .body = credentials("minji@example.com")});
  };
  CHECK(try_in().status == 400);
  const Reply limited = try_in();
  CHECK(limited.status == 429);
  CHECK(limited.body["detail"].is_string());
  CHECK(!limited.header("retry-after").empty());
}

}  // namespace
}  // namespace scrip::test
