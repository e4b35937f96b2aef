// Kakaopay's coupon service, call by call.
#include <catch2/catch.hpp>
#include <set>

#include "crowd.h"
#include "wire.h"

namespace scrip::test {
namespace {

const std::vector<std::string> given{"+coupon", "+decision", "~tally"};
const std::vector<std::string> changed{"+decision", "~coupon", "~tally"};
const std::vector<std::string> refused{"+decision"};

Json msg(const std::string& sentence) {
  return {{"msg", sentence}};
}

std::vector<std::string> codes_of(Shop& shop, int count) {
  REQUIRE(shop.post("/coupon", shop.operator_(), {{"create_count", count}}).status == 200);
  std::vector<std::string> codes;
  std::string query;
  for (;;) {
    const Reply page = shop.get("/coupon" + query, shop.operator_());
    REQUIRE(page.status == 200);
    for (const Json& code : page.body["coupon_list"]) codes.push_back(code.get<std::string>());
    if (!page.body.contains("next_cursor")) return codes;
    query = "?cursor=" + page.body["next_cursor"].get<std::string>();
  }
}

Reply bind_to(Shop& shop, const std::string& code, const std::string& user) {
  return shop.call({.method = "PUT",
                    .path = "/coupon",
                    .token = shop.operator_(),
                    .body = body({{"coupon_code", code}, {"user_id", user}})});
}

TEST_CASE("Kakaopay: who signs up and logs in") {
  Shop shop(with_compat());
  const std::string sign_up = "POST /user/signup";
  const std::string log_in = "POST /user/login";
  const std::string kim = R"({"username":"kim","password":"correct horse"})";
  play(shop,
       {
           {.name = "sign-up", .call = sign_up, .body = kim, .answer = msg("kim sign up"), .changed = {"+account"}},
           {.name = "the name is taken",
            .call = sign_up,
            .body = kim,
            .status = 409,
            .answer = msg("There is already an account kim.")},
           {.name = "no password",
            .call = sign_up,
            .body = R"({"username":"lee"})",
            .status = 400,
            .answer = msg("password is required.")},
           {.name = "no name",
            .call = sign_up,
            .body = R"({"password":"correct horse"})",
            .status = 400,
            .answer = msg("username is required.")},
           {.name = "a short password",
            .call = sign_up,
            .body = R"({"username":"lee","password":"short"})",
            .status = 400},
           {.name = "a number for a name",
            .call = sign_up,
            .body = R"({"username":7,"password":"correct horse"})",
            .status = 400},
           {.name = "no JSON", .call = sign_up, .body = "username=lee", .status = 400},
           {.name = "no UTF-8",
            .call = sign_up,
            .body = "{\"username\":\"\xff\",\"password\":\"correct horse\"}",
            .status = 400},
           {.name = "a form",
            .call = sign_up,
            .body = "username=lee",
            .status = 415,
            .headers = {{"Content-Type", "application/x-www-form-urlencoded"}}},
           {.name = "what the original does not know it leaves alone",
            .call = sign_up,
            .body = R"({"username":"lee","password":"correct horse","role":"operator"})",
            .answer = msg("lee sign up"),
            .changed = {"+account"}},
           {.name = "a wrong password",
            .call = log_in,
            .body = R"({"username":"kim","password":"wrong horse"})",
            .status = 401,
            .answer = msg("Wrong login or password.")},
           {.name = "nobody's name",
            .call = log_in,
            .body = R"({"username":"nobody","password":"correct horse"})",
            .status = 401,
            .answer = msg("Wrong login or password.")},
           {.name = "no name", .call = log_in, .body = "{}", .status = 400},
           {.name = "no token", .call = "GET /user/jwt_test", .status = 401, .answer = msg("a bearer token is needed")},
           {.name = "a bad token",
            .call = "GET /user/jwt_test",
            .status = 401,
            .answer = msg("the token is not valid or has expired"),
            .headers = {{"Authorization", "Bearer nonsense"}}},
       });
  // The role in the body made nobody an operator.
  for (const std::string name : {"kim", "lee"}) {
    const Reply in = shop.call(
        {.method = "POST", .path = "/user/login", .body = body({{"username", name}, {"password", "correct horse"}})});
    REQUIRE(in.status == 200);
    REQUIRE(in.body.size() == 1);
    const std::string token = in.body["access_token"].get<std::string>();
    const Reply whose = shop.get("/user/jwt_test", token);
    CHECK(whose.status == 200);
    CHECK(whose.body == Json{{"logged_in_as", name}});
    CHECK(shop.get("/api/v1/me", token).body["role"] == "user");
  }
}

TEST_CASE("Kakaopay: coupons are made, bound, used and given back") {
  Shop shop(with_compat());
  const std::string coupon = "POST /coupon";
  const auto count = [](const Json& n) { return body({{"create_count", n}}); };
  play(shop, {
                 {.name = "three coupons",
                  .who = Who::operator_,
                  .call = coupon,
                  .body = count(3),
                  .answer = msg("3 Coupon Created."),
                  .changed = {"~campaign", "~codes"}},
                 {.name = "none", .who = Who::operator_, .call = coupon, .body = count(0), .status = 400},
                 {.name = "fewer than none", .who = Who::operator_, .call = coupon, .body = count(-3), .status = 400},
                 {.name = "half a coupon", .who = Who::operator_, .call = coupon, .body = count(1.5), .status = 400},
                 {.name = "a word", .who = Who::operator_, .call = coupon, .body = count("3"), .status = 400},
                 {.name = "too many",
                  .who = Who::operator_,
                  .call = coupon,
                  .body = R"({"create_count":99999999999999999999})",
                  .status = 400},
                 {.name = "nothing said", .who = Who::operator_, .call = coupon, .body = "{}", .status = 400},
                 {.name = "a member makes none", .who = Who::user, .call = coupon, .body = count(1), .status = 403},
                 {.name = "nobody makes none", .call = coupon, .body = count(1), .status = 401},
             });
  const Reply list = shop.get("/coupon", shop.operator_());
  REQUIRE(list.body["coupon_list"].size() == 3);
  CHECK(list.body.size() == 1);
  const std::string first = list.body["coupon_list"][0].get<std::string>();
  const std::string second = list.body["coupon_list"][1].get<std::string>();
  CHECK(first.starts_with("kakaopay-"));
  CHECK(first.size() == 28);
  std::string typed = first.substr(9);
  for (char& c : typed) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  typed = "KAKAOPAY " + typed;

  const std::string to_bind = "PUT /coupon";
  const std::string use = "POST /coupon/use";
  const auto binding = [](const std::string& code, const Json& user) {
    return body({{"coupon_code", code}, {"user_id", user}});
  };
  const auto of = [](const std::string& code) { return body({{"coupon_code", code}}); };
  const std::string none = "kakaopay-0000-0000-0000-0000";
  const Json bound{{"coupon_code", first}, {"bind_user_id", "minji"}, {"expire_date", "20261128"}};
  play(shop,
       {
           {.name = "nobody holds any",
            .who = Who::user,
            .call = "GET /coupon/bind_list",
            .answer = {{"bind_coupon_list", Json::array()}}},
           {.name = "used before it is bound",
            .who = Who::operator_,
            .call = use,
            .body = of(first),
            .status = 400,
            .changed = refused},
           {.name = "to a member",
            .who = Who::operator_,
            .call = to_bind,
            .body = binding(first, "minji"),
            .answer = msg(first + " is successfully bind to minji"),
            .changed = given},
           {.name = "to another as well",
            .who = Who::operator_,
            .call = to_bind,
            .body = binding(first, "junho"),
            .status = 409,
            .changed = refused},
           {.name = "one that nobody made",
            .who = Who::operator_,
            .call = to_bind,
            .body = binding(none, "minji"),
            .status = 404,
            .answer = msg("There is no such coupon.")},
           {.name = "to no text", .who = Who::operator_, .call = to_bind, .body = binding(second, 7), .status = 400},
           {.name = "to nobody", .who = Who::operator_, .call = to_bind, .body = of(second), .status = 400},
           {.name = "no coupon",
            .who = Who::operator_,
            .call = to_bind,
            .body = R"({"user_id":"minji"})",
            .status = 400},
           {.name = "by a member", .who = Who::user, .call = to_bind, .body = binding(second, "minji"), .status = 403},
           {.name = "by the shop",
            .who = Who::service,
            .call = to_bind,
            .body = binding(second, "minji"),
            .status = 403},
           {.name = "by nobody", .call = to_bind, .body = binding(second, "minji"), .status = 401},
           {.name = "one's own",
            .who = Who::user,
            .call = "GET /coupon/bind_list",
            .answer = {{"bind_coupon_list", Json::array({bound})}}},
           {.name = "not another's",
            .who = Who::other_user,
            .call = "GET /coupon/bind_list",
            .answer = {{"bind_coupon_list", Json::array()}}},
           {.name = "the operator sees all",
            .who = Who::operator_,
            .call = "GET /coupon/bind_list",
            .answer = {{"bind_coupon_list", Json::array({bound})}}},
           {.name = "nobody sees none", .call = "GET /coupon/bind_list", .status = 401},
           {.name = "given back before it is used",
            .who = Who::user,
            .call = "POST /coupon/cancel/" + first,
            .status = 400,
            .changed = refused},
           {.name = "used by another",
            .who = Who::other_user,
            .call = use,
            .body = of(first),
            .status = 404,
            .answer = msg("There is no such coupon.")},
           {.name = "used by nobody", .call = use, .body = of(first), .status = 401},
           {.name = "used, however it is typed",
            .who = Who::user,
            .call = use,
            .body = of(typed),
            .answer = msg(first + " is successfully used"),
            .changed = changed},
           {.name = "used twice",
            .who = Who::user,
            .call = use,
            .body = of(first),
            .status = 400,
            .answer = msg("This coupon has already been used."),
            .changed = refused},
           {.name = "used, one that nobody made", .who = Who::user, .call = use, .body = of(none), .status = 404},
           {.name = "used, nothing said", .who = Who::user, .call = use, .body = "{}", .status = 400},
           {.name = "what is used stays in the list",
            .who = Who::user,
            .call = "GET /coupon/bind_list",
            .answer = {{"bind_coupon_list", Json::array({bound})}}},
           {.name = "given back by another",
            .who = Who::other_user,
            .call = "POST /coupon/cancel/" + first,
            .status = 404},
           {.name = "given back",
            .who = Who::user,
            .call = "POST /coupon/cancel/" + first,
            .answer = msg(first + "'s status is successfully canceled"),
            .changed = changed},
           {.name = "given back twice",
            .who = Who::user,
            .call = "POST /coupon/cancel/" + first,
            .status = 400,
            .changed = refused},
           {.name = "given back, one that nobody made",
            .who = Who::user,
            .call = "POST /coupon/cancel/" + none,
            .status = 404},
           {.name = "used by the operator",
            .who = Who::operator_,
            .call = use,
            .body = of(first),
            .answer = msg(first + " is successfully used"),
            .changed = changed},
           // The original showed them to everybody.
           {.name = "a member sees no codes", .who = Who::user, .call = "GET /coupon", .status = 403},
           {.name = "nobody sees no codes", .call = "GET /coupon", .status = 401},
           {.name = "a member sees none that expired",
            .who = Who::user,
            .call = "GET /coupon/expired-today",
            .status = 403},
           {.name = "a cursor that is none", .who = Who::operator_, .call = "GET /coupon?cursor=x", .status = 400},
       });
  CHECK(shop.drift().empty());
}

TEST_CASE("Kakaopay: ten billion coupons are made at once, and ten billion more, and are listed from any place on") {
  Shop shop(with_compat());
  const std::string call = "POST /coupon";
  const std::string ten_billion = body({{"create_count", 10'000'000'000}});
  // Rows: the campaign's total, and how far its codes go.
  const std::vector<std::string> two_rows{"~campaign", "~codes"};
  for (const char* const name : {"ten billion", "ten billion more"}) {
    play(shop, {{.name = name,
                 .who = Who::operator_,
                 .call = call,
                 .body = ten_billion,
                 .answer = msg("10000000000 Coupon Created."),
                 .changed = two_rows}});
  }
  CHECK(shop.get("/api/v1/campaigns/kakaopay", shop.operator_()).body["total"] == 20'000'000'000);
  std::set<std::string> seen;
  for (const std::int64_t from : {std::int64_t{0}, std::int64_t{9'999'999'500}, std::int64_t{19'999'999'000}}) {
    CAPTURE(from);
    const Reply page = shop.get("/coupon?cursor=" + std::to_string(from), shop.operator_());
    REQUIRE(page.status == 200);
    REQUIRE(page.body["coupon_list"].size() == 1'000);
    CHECK(page.body.contains("next_cursor") == (from < 19'999'999'000));
    for (const Json& code : page.body["coupon_list"]) seen.insert(code.get<std::string>());
  }
  CHECK(seen.size() == 3'000);
  // The last of them is as good as any.
  const Reply last = shop.get("/coupon?cursor=19999999999", shop.operator_());
  REQUIRE(last.body["coupon_list"].size() == 1);
  CHECK(bind_to(shop, last.body["coupon_list"][0].get<std::string>(), "minji").status == 200);
  CHECK(shop.drift().empty());
}

TEST_CASE("Kakaopay: a code of another campaign does not exist there") {
  Shop shop(with_compat());
  shop.campaign({{"id", "spring"}, {"total", 5}});
  const std::string code = shop.issue("spring", "minji")["code"].get<std::string>();
  const std::string free = shop.get("/api/v1/campaigns/spring/coupons?state=available", shop.operator_())
                               .body["data"][0]["code"]
                               .get<std::string>();
  play(shop, {
                 {.name = "bound",
                  .who = Who::operator_,
                  .call = "PUT /coupon",
                  .body = body({{"coupon_code", free}, {"user_id", "minji"}}),
                  .status = 404},
                 {.name = "used",
                  .who = Who::user,
                  .call = "POST /coupon/use",
                  .body = body({{"coupon_code", code}}),
                  .status = 404},
                 {.name = "given back", .who = Who::user, .call = "POST /coupon/cancel/" + code, .status = 404},
                 {.name = "listed",
                  .who = Who::user,
                  .call = "GET /coupon/bind_list",
                  .answer = {{"bind_coupon_list", Json::array()}}},
                 {.name = "listed for the operator",
                  .who = Who::operator_,
                  .call = "GET /coupon/bind_list",
                  .answer = {{"bind_coupon_list", Json::array()}}},
             });
}

TEST_CASE("Kakaopay: a coupon expires seven days after its code was made, whenever it was bound") {
  Shop shop(with_compat());
  const std::string early = codes_of(shop, 2)[0];
  shop.clock().advance(2 * day);
  const auto codes = codes_of(shop, 2);
  REQUIRE(codes.size() == 4);
  const std::string late = codes[2];
  for (const std::string& code : {early, late}) REQUIRE(bind_to(shop, code, "minji").status == 200);
  REQUIRE(bind_to(shop, codes[3], "junho").status == 200);
  const auto row = [](const std::string& code, const std::string& user, const std::string& date) {
    return Json{{"coupon_code", code}, {"bind_user_id", user}, {"expire_date", date}};
  };
  const auto expired = [](const Json& rows) { return Json{{"result", rows}}; };
  const auto created = [](const std::string& code, const std::string& user) {
    return Json{{"coupon_code", code}, {"coupon_status", "CREATED"}, {"bind_user_id", user}};
  };
  play(shop, {
                 {.name = "newest expiry first",
                  .who = Who::user,
                  .call = "GET /coupon/bind_list",
                  .answer = {{"bind_coupon_list", {row(late, "minji", "20261130"), row(early, "minji", "20261128")}}}},
                 {.name = "the operator's too",
                  .who = Who::operator_,
                  .call = "GET /coupon/bind_list",
                  .answer = {{"bind_coupon_list",
                              {row(late, "minji", "20261130"), row(codes[3], "junho", "20261130"),
                               row(early, "minji", "20261128")}}}},
             });
  shop.clock().set(opening + 7 * day - 1);
  play(shop, {{.name = "a moment before",
               .who = Who::operator_,
               .call = "GET /coupon/expired-today",
               .answer = expired(Json::array())}});
  shop.clock().advance(1);
  play(shop, {
                 {.name = "the moment it ends",
                  .who = Who::operator_,
                  .call = "GET /coupon/expired-today",
                  .answer = expired(Json::array({created(early, "minji")}))},
                 {.name = "it cannot be used",
                  .who = Who::user,
                  .call = "POST /coupon/use",
                  .body = body({{"coupon_code", early}}),
                  .status = 400,
                  .changed = refused},
                 {.name = "an old code cannot be bound",
                  .who = Who::operator_,
                  .call = "PUT /coupon",
                  .body = body({{"coupon_code", codes[1]}, {"user_id", "junho"}}),
                  .status = 400,
                  .changed = refused},
             });
  shop.clock().set(opening + 8 * day);
  play(shop, {
                 {.name = "used in time",
                  .who = Who::user,
                  .call = "POST /coupon/use",
                  .body = body({{"coupon_code", late}}),
                  .answer = msg(late + " is successfully used"),
                  .changed = changed},
                 {.name = "that was yesterday",
                  .who = Who::operator_,
                  .call = "GET /coupon/expired-today",
                  .answer = expired(Json::array())},
             });
  shop.clock().set(opening + 9 * day + hour);
  play(shop, {{.name = "what was used has not expired",
               .who = Who::operator_,
               .call = "GET /coupon/expired-today",
               .answer = expired(Json::array({created(codes[3], "junho")}))}});
}

TEST_CASE("Kakaopay: dates are those of the campaign's zone") {
  ShopOptions options = with_compat();
  options.timezone = "Asia/Seoul";
  Shop shop(options);
  shop.clock().set(*parse_instant("2026-11-22T00:30:00+09:00"));
  REQUIRE(bind_to(shop, codes_of(shop, 1)[0], "minji").status == 200);
  CHECK(shop.get("/coupon/bind_list", shop.user()).body["bind_coupon_list"][0]["expire_date"] == "20261129");
  // 28 November in UTC, and today there where the campaign is.
  shop.clock().set(*parse_instant("2026-11-29T00:40:00+09:00"));
  CHECK(shop.get("/coupon/expired-today", shop.operator_()).body["result"].size() == 1);
  shop.clock().set(*parse_instant("2026-11-29T23:59:59+09:00"));
  CHECK(shop.get("/coupon/expired-today", shop.operator_()).body["result"].size() == 1);
  shop.clock().set(*parse_instant("2026-11-30T00:00:00+09:00"));
  CHECK(shop.get("/coupon/expired-today", shop.operator_()).body["result"].empty());
}

TEST_CASE("Kakaopay: lists of thousands hold everything once") {
  Shop shop(with_compat());
  const auto codes = codes_of(shop, 2'500);
  CHECK(codes.size() == 2'500);
  CHECK(std::set<std::string>(codes.begin(), codes.end()).size() == 2'500);
  CHECK(shop.get("/coupon", shop.operator_()).body["coupon_list"].size() == 1'000);

  constexpr int bound = 2'100;
  share(bound, 16, [&](int i) {
    if (bind_to(shop, codes[static_cast<std::size_t>(i)], "minji").status != 200) throw std::runtime_error("not bound");
  });
  const std::set<std::string> wanted(codes.begin(), codes.begin() + bound);
  const auto listed = [](const Reply& reply, const char* list) {
    std::set<std::string> found;
    for (const Json& row : reply.body[list]) found.insert(row["coupon_code"].get<std::string>());
    CHECK(found.size() == reply.body[list].size());
    return found;
  };
  CHECK(listed(shop.get("/coupon/bind_list", shop.user()), "bind_coupon_list") == wanted);
  CHECK(listed(shop.get("/coupon/bind_list", shop.operator_()), "bind_coupon_list") == wanted);
  shop.clock().advance(7 * day);
  CHECK(listed(shop.get("/coupon/expired-today", shop.operator_()), "result") == wanted);
  CHECK(shop.drift().empty());
}

TEST_CASE("Kakaopay: one coupon is bound to one, and used once, whoever asks together") {
  Shop shop(with_compat());
  const std::string code = codes_of(shop, 1)[0];
  std::atomic<int> won{0};
  crowd(16, [&](int i) { won += bind_to(shop, code, "user-" + std::to_string(i)).status == 200 ? 1 : 0; });
  CHECK(won == 1);
  std::atomic<int> used{0};
  crowd(16, [&](int) {
    used += shop.post("/coupon/use", shop.operator_(), {{"coupon_code", code}}).status == 200 ? 1 : 0;
  });
  CHECK(used == 1);
  CHECK(shop.drift().empty());
}

}  // namespace
}  // namespace scrip::test
