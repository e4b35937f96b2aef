// Who may call what. The routes are compared with the contract (design/api.md, repeated here) and
// with the OpenAPI document, and then tried: every route, with every role.
#include <algorithm>
#include <catch2/catch.hpp>
#include <map>

#include "contract.h"
#include "routed_service.h"
#include "rows.h"

namespace scrip::test {
namespace {

using http::Access;
using http::Method;

const std::map<std::string, Access> agreed{
    {"POST /api/v1/users", Access::everyone},
    {"POST /api/v1/tokens", Access::everyone},
    {"POST /api/v1/session", Access::everyone},
    {"GET /api/v1/session", Access::everyone},
    {"DELETE /api/v1/session", Access::everyone},
    {"GET /api/v1/me", Access::any_token},
    {"GET /api/v1/users/{id}/attributes", Access::service},
    {"PUT /api/v1/users/{id}/attributes", Access::service},
    {"POST /api/v1/campaigns", Access::operator_only},
    {"GET /api/v1/campaigns", Access::any_token},
    {"GET /api/v1/campaigns/{id}", Access::any_token},
    {"PATCH /api/v1/campaigns/{id}", Access::operator_only},
    {"POST /api/v1/campaigns/{id}/coupons", Access::operator_only},
    {"GET /api/v1/campaigns/{id}/coupons", Access::operator_only},
    {"GET /api/v1/campaigns/{id}/windows", Access::any_token},
    {"GET /api/v1/campaigns/{id}/coupons.csv", Access::operator_only},
    {"POST /api/v1/campaigns/{id}/imports", Access::operator_only},
    {"GET /api/v1/imports", Access::operator_only},
    {"GET /api/v1/imports/{id}", Access::operator_only},
    {"POST /api/v1/campaigns/{id}/issue", Access::any_token},
    {"POST /api/v1/campaigns/{id}/issue/batch", Access::service},
    {"POST /api/v1/campaigns/{id}/issue/validate", Access::any_token},
    {"GET /api/v1/coupons", Access::any_token},
    {"GET /api/v1/coupons/{code}", Access::any_token},
    {"POST /api/v1/coupons/{code}/assign", Access::service},
    {"POST /api/v1/coupons/{code}/validate", Access::any_token},
    {"POST /api/v1/coupons/{code}/redeem", Access::any_token},
    {"POST /api/v1/coupons/{code}/cancel", Access::any_token},
    {"GET /api/v1/coupons/expired", Access::operator_only},
    {"GET /api/v1/works", Access::any_token},
    {"POST /api/v1/works", Access::operator_only},
    {"PATCH /api/v1/works/{id}", Access::operator_only},
    {"DELETE /api/v1/works/{id}", Access::operator_only},
    {"GET /api/v1/policies", Access::operator_only},
    {"POST /api/v1/policies/reload", Access::operator_only},
    {"GET /api/v1/policies/files", Access::operator_only},
    {"GET /api/v1/policies/files/{folder}/{name}", Access::operator_only},
    {"PUT /api/v1/policies/files/{folder}/{name}", Access::operator_only},
    {"POST /api/v1/policies/check", Access::operator_only},
    {"GET /api/v1/policies/revisions", Access::operator_only},
    {"GET /api/v1/policies/revisions/{revision}", Access::operator_only},
    {"GET /api/v1/policies/revisions/{from}/diff/{to}", Access::operator_only},
    {"POST /api/v1/policies/rollback", Access::operator_only},
    {"GET /api/v1/audit", Access::operator_only},
    {"GET /api/v1/decisions", Access::operator_only},
    {"GET /api/v1/decisions/refusals", Access::operator_only},
    {"GET /api/v1/decisions/{id}", Access::operator_only},
    {"GET /api/v1/decisions/{id}/explain", Access::operator_only},
    {"GET /healthz", Access::everyone},
    {"GET /readyz", Access::everyone},
    {"GET /metrics", Access::everyone},
    {"GET /openapi.json", Access::everyone},
};

std::vector<std::string> roles_of(Access access) {
  switch (access) {
    case Access::everyone:
      return {};
    case Access::any_token:
      return {"user", "service", "operator"};
    case Access::service:
      return {"service", "operator"};
    case Access::operator_only:
      break;
  }
  return {"operator"};
}

std::string call_of(const http::Route& route) {
  return std::string(name(route.method)) + " " + route.pattern;
}

// A path of the pattern's shape.
std::string filled(std::string pattern) {
  const auto replace = [&](const std::string& what, const std::string& with) {
    if (const auto at = pattern.find(what); at != std::string::npos) pattern.replace(at, what.size(), with);
  };
  replace("{id}", "spring");
  replace("{folder}", "scripts");
  replace("{name}", "welcome.lua");
  for (const char* revision : {"{revision}", "{from}", "{to}"}) replace(revision, "00000000");
  replace("{code}", "0000-0000-0000-0000");
  return pattern;
}

TEST_CASE("the routes are those of the contract, for whom it says") {
  Shop shop;
  const RoutedService service(shop);
  std::map<std::string, Access> routed;
  for (const auto& route : service.router().routes()) routed[call_of(*route)] = route->access;
  for (const auto& [call, access] : agreed) {
    INFO(call);
    REQUIRE(routed.contains(call));
    CHECK(routed[call] == access);
  }
}

TEST_CASE("every route is documented, every documented call is routed, and both name the same roles") {
  Shop shop;
  const RoutedService service(shop);
  std::map<std::string, std::vector<std::string>> routed;
  for (const auto& route : service.router().routes()) routed[call_of(*route)] = roles_of(route->access);
  std::map<std::string, std::vector<std::string>> documented;
  for (const auto& operation : Contract::document().operations()) {
    documented[operation.method + " " + operation.path] = operation.roles();
  }
  CHECK(documented == routed);
}

TEST_CASE("a route lets in the roles it is for, and refuses the others before it reads their body") {
  Shop shop;
  shop.campaign({{"id", "spring"}});
  const RoutedService service(shop);
  const std::vector<std::pair<std::string, std::string>> callers{
      {"", ""}, {"user", shop.user()}, {"service", shop.service()}, {"operator", shop.operator_()}};
  for (const auto& route : service.router().routes()) {
    const auto roles = roles_of(route->access);
    for (const auto& [role, token] : callers) {
      INFO(call_of(*route) << " as " << (role.empty() ? "nobody" : role));
      const Rows before = rows_of(shop);
      const Reply reply = shop.call({.method = std::string(name(route->method)),
                                     .path = filled(route->pattern),
                                     .token = token,
                                     .body = route->method == Method::get ? "" : "no JSON"});
      INFO(reply.text);
      const bool may = route->access == Access::everyone || std::find(roles.begin(), roles.end(), role) != roles.end();
      if (may) {
        CHECK(reply.status != 401);
        CHECK(reply.status != 403);
        CHECK(reply.status < 500);
      } else if (role.empty()) {
        CHECK(reply.status == 401);
        CHECK(reply.code() == "unauthenticated");
      } else {
        CHECK(reply.status == 403);
        CHECK(reply.code() == "forbidden");
      }
      CHECK(changes(before, rows_of(shop)).empty());
    }
  }
}

TEST_CASE("a token that is not good is refused, also where none is needed") {
  Shop shop;
  const std::string good = shop.user();
  const auto payload = [](const std::string& json) {
    static constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    std::string out;
    unsigned bits = 0;
    int count = 0;
    for (const char c : json) {
      bits = bits << 8 | static_cast<unsigned char>(c);
      for (count += 8; count >= 6; count -= 6) out += letters[bits >> (count - 6) & 63];
    }
    if (count > 0) out += letters[bits << (6 - count) & 63];
    return out;
  };
  const std::string claims = payload(R"({"sub":"admin","role":"operator","iat":1,"exp":4102444800,"iss":"scrip"})");
  const http::Tokens another(std::string(32, 'x'));
  const std::vector<std::pair<std::string, std::string>> forged{
      {"no JWT", "nonsense"},
      {"three dots", "..."},
      {"no signature", payload(R"({"alg":"none"})") + "." + claims + "."},
      {"alg none with the signature of another",
       payload(R"({"alg":"none"})") + "." + claims + good.substr(good.rfind('.'))},
      {"another payload under a good signature",
       good.substr(0, good.find('.')) + "." + claims + good.substr(good.rfind('.'))},
      {"another secret", another.make({.subject = "admin", .role = Role::operator_})},
      {"a token that has expired",
       shop.node().tokens().make({.subject = "admin", .role = Role::operator_}, std::chrono::seconds(-5))},
      {"a trailing byte", good + "A"},
      {"very long", std::string(20'000, 'a')},
  };
  for (const auto& [what, token] : forged) {
    for (const std::string path : {"/api/v1/me", "/api/v1/policies", "/healthz"}) {
      INFO(what << " at " << path);
      const Reply reply = shop.get(path, token);
      CHECK(reply.status == 401);
      CHECK(reply.code() == "unauthenticated");
      CHECK(reply.body["detail"] == shop.get(path, "nonsense").body["detail"]);
    }
  }
  const Reply basic = shop.call({.method = "GET", .path = "/api/v1/me", .headers = {{"Authorization", "Basic YTpi"}}});
  CHECK(basic.status == 401);
}

TEST_CASE("a path that does not exist is not_found, and another method is refused with those there are") {
  Shop shop;
  for (const std::string path : {"/api/v1/nothing", "/api/v1", "/api/v1/campaigns/a/b/c", "/api/v2/me"}) {
    INFO(path);
    CHECK(shop.get(path, shop.operator_()).code() == "not_found");
  }
  const Reply wrong = shop.call({.method = "DELETE", .path = "/api/v1/campaigns", .token = shop.operator_()});
  CHECK(wrong.status == 405);
  CHECK(wrong.code() == "method_not_allowed");
  CHECK(wrong.header("allow").find("GET") != std::string::npos);
  CHECK(wrong.header("allow").find("POST") != std::string::npos);
  const Reply head = shop.call({.method = "HEAD", .path = "/healthz"});
  CHECK(head.status == 200);
}

}  // namespace
}  // namespace scrip::test
