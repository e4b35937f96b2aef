// Sign-up, sign-in, who am I, and the attributes that rules read.
#include <catch2/catch.hpp>

#include "scenario.h"

namespace scrip::test {
namespace {

TEST_CASE("a user signs up, signs in, and is who the token says") {
  Shop shop;
  run(shop, {
                {"sign-up",
                 Who::nobody,
                 "POST /api/v1/users",
                 R"({"login":"minji","password":"correct horse"})",
                 201,
                 "",
                 {{"login", "minji"}, {"role", "user"}},
                 {},
                 {"+account"}},
                {"the name is taken", Who::nobody, "POST /api/v1/users",
                 R"({"login":"minji","password":"another horse"})", 409, "user_exists"},
                {"a password of seven characters",
                 Who::nobody,
                 "POST /api/v1/users",
                 R"({"login":"junho","password":"1234567"})",
                 400,
                 "invalid_request",
                 {},
                 {"password"}},
                {"eight characters of three bytes each are eight",
                 Who::nobody,
                 "POST /api/v1/users",
                 R"({"login":"junho","password":"가나다라마바사아"})",
                 201,
                 "",
                 {},
                 {},
                 {"+account"}},
                {"seven characters of three bytes each are seven",
                 Who::nobody,
                 "POST /api/v1/users",
                 R"({"login":"jiwoo","password":"가나다라마바사"})",
                 400,
                 "invalid_request",
                 {},
                 {"password"}},
                {"72 bytes",
                 Who::nobody,
                 "POST /api/v1/users",
                 R"({"login":"long","password":")" + std::string(72, 'p') + "\"}",
                 201,
                 "",
                 {},
                 {},
                 {"+account"}},
                {"73 bytes",
                 Who::nobody,
                 "POST /api/v1/users",
                 R"({"login":"longer","password":")" + std::string(73, 'p') + "\"}",
                 400,
                 "invalid_request",
                 {},
                 {"password"}},
                {"a password with NUL",
                 Who::nobody,
                 "POST /api/v1/users",
                 R"({"login":"nul","password":"1234\u000056789"})",
                 400,
                 "invalid_request",
                 {},
                 {"password"}},
                {"a login with a control character",
                 Who::nobody,
                 "POST /api/v1/users",
                 R"({"login":"a\nb","password":"correct horse"})",
                 400,
                 "invalid_request",
                 {},
                 {"login"}},
                {"nobody chooses a role",
                 Who::nobody,
                 "POST /api/v1/users",
                 R"({"login":"root","password":"correct horse","role":"operator"})",
                 400,
                 "invalid_request",
                 {},
                 {"role"}},
                {"both are missing",
                 Who::nobody,
                 "POST /api/v1/users",
                 "{}",
                 400,
                 "invalid_request",
                 {},
                 {"login", "password"}},
            });
  const Reply token = shop.post("/api/v1/tokens", "", {{"login", "minji"}, {"password", "correct horse"}});
  CHECK(token.status == 200);
  CHECK(token.body["expires_in"] == 86'400);
  CHECK(token.body["token_type"] == "Bearer");
  const Reply me = shop.get("/api/v1/me", token.body["access_token"].get<std::string>());
  CHECK(me.body == Json{{"login", "minji"}, {"role", "user"}});
  CHECK(shop.get("/api/v1/me", shop.operator_()).body == Json{{"login", "admin"}, {"role", "operator"}});
}

TEST_CASE("a page's session is a cookie that scripts cannot read and other sites cannot use") {
  Shop shop;
  shop.post("/api/v1/users", "", {{"login", "minji"}, {"password", "correct horse"}});
  const Json right{{"login", "minji"}, {"password", "correct horse"}};
  const Reply begun = shop.post("/api/v1/session", "", right);
  CHECK(begun.status == 200);
  CHECK(begun.body == Json{{"login", "minji"}, {"role", "user"}});
  const std::string set = begun.header("set-cookie");
  CHECK(set.ends_with("; Path=/; Max-Age=86400; HttpOnly; SameSite=Lax"));
  const std::string cookie = set.substr(0, set.find(';'));
  CHECK(shop.call({"GET", "/api/v1/me", "", "", {{"Cookie", cookie}}}).body == begun.body);

  CHECK(shop.call({"POST", "/api/v1/session", "", right.dump(), {{"Sec-Fetch-Site", "cross-site"}}}).status == 403);
  CHECK(shop.post("/api/v1/session", "", {{"login", "minji"}, {"password", "wrong"}}).header("set-cookie").empty());
  const Reply over_tls = shop.call({"POST", "/api/v1/session", "", right.dump(), {{"X-Forwarded-Proto", "https"}}});
  CHECK(over_tls.header("set-cookie").ends_with("; Secure"));

  CHECK(shop.call({"GET", "/api/v1/session", "", "", {{"Cookie", cookie}}}).body == begun.body);
  CHECK(shop.get("/api/v1/session", "").body == Json{{"login", nullptr}, {"role", nullptr}});
  // A session that is none is nobody's, and no error.
  CHECK(shop.call({"GET", "/api/v1/session", "", "", {{"Cookie", "scrip_session=old"}}}).status == 200);

  const Reply ended = shop.call({"DELETE", "/api/v1/session", "", "", {{"Cookie", cookie}}});
  CHECK(ended.status == 204);
  CHECK(ended.header("set-cookie").starts_with("scrip_session=; Path=/; Max-Age=0;"));
}

TEST_CASE("a password is stored as a bcrypt hash") {
  Shop shop;
  shop.post("/api/v1/users", "", {{"login", "minji"}, {"password", "correct horse"}});
  auto reader = shop.node().store().reader();
  REQUIRE(reader.ok());
  const auto user = (*reader)->user("minji");
  REQUIRE((user.ok() && user->has_value()));
  CHECK((**user).password_hash.starts_with("$2b$"));
}

TEST_CASE("a wrong login and a wrong password look alike") {
  Shop shop;
  shop.post("/api/v1/users", "", {{"login", "minji"}, {"password", "correct horse"}});
  const Reply wrong_password = shop.post("/api/v1/tokens", "", {{"login", "minji"}, {"password", "wrong horse"}});
  const Reply wrong_login = shop.post("/api/v1/tokens", "", {{"login", "nobody"}, {"password", "wrong horse"}});
  CHECK(wrong_password.status == 401);
  CHECK(wrong_password.text == wrong_login.text);
  const Reply longest =
      shop.post("/api/v1/tokens", "", {{"login", "minji"}, {"password", "correct horse" + std::string(100, 'x')}});
  CHECK(longest.status == 401);
}

TEST_CASE("signing in too often is refused for a while, per login and per address") {
  Shop shop({.sign_ins_at_once = 3});
  shop.post("/api/v1/users", "", {{"login", "minji"}, {"password", "correct horse"}});
  const Json wrong{{"login", "minji"}, {"password", "wrong horse"}};
  for (int i = 0; i < 3; ++i) CHECK(shop.post("/api/v1/tokens", "", wrong).status == 401);
  const Reply limited = shop.post("/api/v1/tokens", "", {{"login", "minji"}, {"password", "correct horse"}});
  CHECK(limited.status == 429);
  CHECK(limited.code() == "rate_limited");
  const int wait = std::stoi(limited.header("retry-after"));
  CHECK(wait >= 1);
  CHECK(wait <= 6);
  // Another login may, until there were too many from this address.
  int of_others = 0;
  for (int n = 0; n < 200; ++n, ++of_others) {
    const Json other{{"login", "u" + std::to_string(n)}, {"password", "wrong horse"}};
    const Reply reply = shop.post("/api/v1/tokens", "", other);
    if (reply.status == 429) break;
    CHECK(reply.status == 401);
  }
  CHECK(of_others > 0);
  CHECK(of_others < 200);
  // Nobody who has a token is kept waiting.
  CHECK(shop.get("/api/v1/me", shop.user()).status == 200);
}

TEST_CASE("the shop reads back what it told of a user") {
  Shop shop;
  const std::string path = "/api/v1/users/minji/attributes";
  CHECK(shop.get(path, shop.service()).body == Json::object());
  shop.call({"PUT", path, shop.service(), R"({"tier":"gold","orders":3})"});
  CHECK(shop.get(path, shop.operator_()).body == Json{{"tier", "gold"}, {"orders", 3}});
  CHECK(shop.get(path, shop.user()).status == 403);
  CHECK(shop.get("/api/v1/users/%07/attributes", shop.service()).status == 400);
}

TEST_CASE("the shop tells attributes of a user, and rules read them") {
  Shop shop({.scripts = {{"gold", R"(return policy { name = "gold", rules = {
    segment { attribute = "tier", any_of = { "gold" } }, segment { as = "age", attribute = "age", min = 20 } } })"}}});
  shop.campaign({{"id", "club"}, {"policy", "gold"}, {"total", 100}});
  run(shop, {
                {"unknown user",
                 Who::user,
                 "POST /api/v1/campaigns/club/issue",
                 "",
                 409,
                 "not_in_segment",
                 {},
                 {},
                 {"+decision"}},
                {"attributes",
                 Who::service,
                 "PUT /api/v1/users/minji/attributes",
                 R"({"tier":"gold","age":20,"vip":true,"score":1.5})",
                 200,
                 "",
                 {{"tier", "gold"}, {"age", 20}, {"vip", true}, {"score", 1.5}},
                 {},
                 {"~attributes"}},
                {"now in the segment",
                 Who::user,
                 "POST /api/v1/campaigns/club/issue",
                 "",
                 201,
                 "",
                 {},
                 {},
                 {"+coupon", "+decision", "~tally"}},
                {"they are replaced whole",
                 Who::operator_,
                 "PUT /api/v1/users/minji/attributes",
                 R"({"tier":"gold"})",
                 200,
                 "",
                 {},
                 {},
                 {"~attributes"}},
                {"the age is gone",
                 Who::user,
                 "POST /api/v1/campaigns/club/issue",
                 "",
                 409,
                 "not_in_segment",
                 {},
                 {},
                 {"+decision"}},
                {"null is no value",
                 Who::service,
                 "PUT /api/v1/users/minji/attributes",
                 R"({"tier":null})",
                 400,
                 "invalid_request",
                 {},
                 {"tier"}},
                {"nor is a list, or an object",
                 Who::service,
                 "PUT /api/v1/users/minji/attributes",
                 R"({"a":[1],"b":{"c":1},"d":"fine"})",
                 400,
                 "invalid_request",
                 {},
                 {"a", "b"}},
                {"more than 2^53 would be rounded",
                 Who::service,
                 "PUT /api/v1/users/minji/attributes",
                 R"({"n":9007199254740993})",
                 400,
                 "invalid_request",
                 {},
                 {"n"}},
                {"above 4 KiB", Who::service, "PUT /api/v1/users/minji/attributes",
                 R"({"text":")" + std::string(4096, 'x') + "\"}", 400, "invalid_request"},
                {"an id of 129 bytes", Who::service, "PUT /api/v1/users/" + std::string(129, 'u') + "/attributes", "{}",
                 400, "invalid_request"},
            });
}

}  // namespace
}  // namespace scrip::test
