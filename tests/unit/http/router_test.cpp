#include "http/router.h"

#include <catch2/catch.hpp>

using namespace scrip::http;

namespace {

Router table() {
  Router router;
  const auto add = [&](Method method, const char* pattern) {
    router.add({.method = method, .pattern = pattern, .handler = {}});
  };
  add(Method::get, "/");
  add(Method::get, "/coupons");
  add(Method::get, "/coupons/expired");
  add(Method::get, "/coupons/{code}");
  add(Method::post, "/coupons/{code}/redeem");
  add(Method::delete_, "/coupons/{code}");
  add(Method::post, "/campaigns/{id}/coupons/{code}");
  add(Method::put, "/coupons/expired/{id}");
  return router;
}

std::string pattern_of(const Router::Match& match) {
  return match.route ? match.route->pattern : "";
}

}  // namespace

TEST_CASE("paths find their routes") {
  const Router router = table();
  struct Case {
    Method method;
    const char* path;
    const char* pattern;
  };
  const std::vector<Case> cases{
      {Method::get, "/", "/"},
      {Method::get, "/coupons", "/coupons"},
      {Method::head, "/coupons", "/coupons"},
      {Method::get, "/coupons/expired", "/coupons/expired"},
      {Method::get, "/coupons/%65xpired", "/coupons/expired"},
      {Method::get, "/coupons/EXPIRED", "/coupons/{code}"},
      {Method::delete_, "/coupons/expired", "/coupons/{code}"},
      {Method::post, "/coupons/expired/redeem", "/coupons/{code}/redeem"},
      {Method::put, "/coupons/expired/redeem", "/coupons/expired/{id}"},
      {Method::get, "", ""},
      {Method::get, "coupons", ""},
      {Method::get, "*", ""},
      {Method::get, "/coupons/", ""},
      {Method::get, "//coupons", ""},
      {Method::get, "/coupons//redeem", ""},
      {Method::get, "/coupons/a/b/c", ""},
      {Method::get, "/Coupons", ""},
      {Method::get, "/coupons/%zz", ""},
  };
  for (const Case& each : cases) {
    INFO(name(each.method) << " " << each.path);
    CHECK(pattern_of(router.match(each.method, each.path)) == each.pattern);
  }
}

TEST_CASE("captures come out decoded, and an escaped slash stays inside its segment") {
  const Router router = table();
  const auto match = router.match(Method::post, "/campaigns/sum%6Der/coupons/a%2Fb");
  const std::vector<std::pair<std::string, std::string>> captures{{"id", "summer"}, {"code", "a/b"}};
  CHECK(match.captures == captures);
}

TEST_CASE("captures are those of the route that was found, not of a way that was given up") {
  const auto match = table().match(Method::post, "/coupons/expired/redeem");
  const std::vector<std::pair<std::string, std::string>> captures{{"code", "expired"}};
  CHECK(match.captures == captures);
}

TEST_CASE("a path with other methods tells which") {
  const Router router = table();
  CHECK(router.match(Method::post, "/coupons").allow == "GET, HEAD");
  CHECK(router.match(Method::post, "/coupons/expired").allow == "GET, HEAD, DELETE");
  CHECK(router.match(Method::other, "/coupons/a/redeem").allow == "POST");
  CHECK(router.match(Method::head, "/coupons/a/redeem").allow == "POST");
  CHECK(router.match(Method::get, "/nowhere").allow.empty());
}

TEST_CASE("a path of nothing but slashes is no work") {
  CHECK(table().match(Method::get, std::string(8000, '/')).route == nullptr);
}
