#include "http/bearer.h"

#include <catch2/catch.hpp>

#include "http/head.h"

using namespace scrip;
using namespace scrip::http;

namespace {

const std::string secret = "0123456789abcdef0123456789abcdef";

// "kim", "" for nobody, or the error's code.
std::string caller(Method method, const std::string& headers) {
  static const Tokens tokens(secret);
  static const Authenticate authenticate = bearer_or_cookie(tokens);
  const std::string text = "POST / HTTP/1.1\r\nHost: h\r\n" + headers + "\r\n";
  const Head head = std::get<Head>(parse_head(text));
  Request request;
  request.method = method;
  request.authority = "h";
  request.head_ = &head;
  const auto identity = authenticate(request);
  if (!identity) return std::string(name(identity.error().code));
  return *identity ? (*identity)->subject : "";
}

}  // namespace

TEST_CASE("callers are known by bearer token or by session cookie") {
  const Tokens tokens(secret);
  const std::string good = tokens.make({"kim", Role::user});
  const std::string stale = tokens.make({"kim", Role::user}, std::chrono::seconds(-5));
  const std::string other = tokens.make({"lee", Role::user});
  struct Case {
    Method method;
    std::string headers;
    std::string caller;
  };
  const std::vector<Case> cases{
      {Method::post, "", ""},
      {Method::post, "Authorization: Bearer " + good + "\r\n", "kim"},
      {Method::post, "Authorization: bearer  " + good + "\r\n", "kim"},
      {Method::post, "Authorization: Bearer " + good + "\r\nSec-Fetch-Site: cross-site\r\n", "kim"},
      {Method::post, "Authorization: Bearer " + good + "\r\nCookie: scrip_session=" + other + "\r\n", "kim"},
      {Method::post, "Authorization: Bearer " + stale + "\r\n", "unauthenticated"},
      {Method::post, "Authorization: Bearer " + stale + "\r\nCookie: scrip_session=" + good + "\r\n",
       "unauthenticated"},
      {Method::post, "Authorization: Bearer\r\n", "unauthenticated"},
      {Method::post, "Authorization: \r\n", "unauthenticated"},
      {Method::post, "Authorization: Basic a2ltOmtpbQ==\r\n", "unauthenticated"},
      {Method::post, "Authorization: " + good + "\r\n", "unauthenticated"},
      {Method::post, "Cookie: scrip_session=" + good + "\r\n", "kim"},
      {Method::post, "Cookie: scrip_session=" + good + "\r\nSec-Fetch-Site: same-origin\r\n", "kim"},
      {Method::post, "Cookie: scrip_session=" + good + "\r\nSec-Fetch-Site: cross-site\r\n", "forbidden"},
      {Method::delete_, "Cookie: scrip_session=" + good + "\r\nOrigin: http://evil\r\n", "forbidden"},
      {Method::other, "Cookie: scrip_session=" + good + "\r\nOrigin: http://evil\r\n", "forbidden"},
      {Method::get, "Cookie: scrip_session=" + good + "\r\nSec-Fetch-Site: cross-site\r\n", "kim"},
      {Method::post, "Cookie: scrip_session=" + stale + "\r\n", ""},
      {Method::post, "Cookie: scrip_session=" + stale + "\r\nSec-Fetch-Site: cross-site\r\n", ""},
  };
  for (const Case& each : cases) {
    INFO(name(each.method) << " " << each.headers);
    CHECK(caller(each.method, each.headers) == each.caller);
  }
}
