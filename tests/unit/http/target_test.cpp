#include "http/target.h"

#include <catch2/catch.hpp>

using namespace scrip::http;

TEST_CASE("a target is taken apart and decoded") {
  const auto target = parse_target("/a%20b/%EC%BF%A0?user_id=a%26b&limit=5&&q=1+2%2B3&flag&x=a=b");
  REQUIRE(target);
  CHECK(target->raw_path == "/a%20b/%EC%BF%A0");
  CHECK(target->path == "/a b/쿠");
  const std::vector<std::pair<std::string, std::string>> query{
      {"user_id", "a&b"}, {"limit", "5"}, {"q", "1 2+3"}, {"flag", ""}, {"x", "a=b"}};
  CHECK(target->query == query);
  CHECK(target->authority.empty());
}

TEST_CASE("a query may hold more question marks") {
  const auto target = parse_target("/a?b=c?d");
  REQUIRE(target);
  CHECK(target->query.at(0).second == "c?d");
}

TEST_CASE("a plus in a path is a plus") {
  const auto target = parse_target("/a+b");
  REQUIRE(target);
  CHECK(target->path == "/a+b");
}

TEST_CASE("an absolute target names its authority") {
  const auto target = parse_target("HTTP://shop.example:8080/a?b=c");
  REQUIRE(target);
  CHECK(target->authority == "shop.example:8080");
  CHECK(target->path == "/a");
  const auto root = parse_target("http://shop.example?b=c");
  REQUIRE(root);
  CHECK(root->raw_path == "/");
  CHECK(root->query.size() == 1);
}

TEST_CASE("text that is UTF-8 is taken unescaped, as clients send it") {
  const auto target = parse_target("/쿠폰?이름=김");
  REQUIRE(target);
  CHECK(target->path == "/쿠폰");
  CHECK(target->query.at(0).second == "김");
}

TEST_CASE("targets that are no text are refused") {
  for (const std::string target :
       {"",      "a",       "//%",     "/%",        "/%4",          "/%4g",       "/%zz",  "/%00", "/a%00b",
        "/?a=%", "/?%00=b", "/?a=%ff", "/%ff",      "/%C0%AF",      "/%ED%A0%80", "/\xff", "/#a",  "/a b",
        "/a\tb", "/a\x7f",  "http://", "http:///a", "ftp://host/a", "?a=b",       "h:80"}) {
    INFO(target);
    const auto parsed = parse_target(target);
    REQUIRE(!parsed);
    CHECK(parsed.error().code == scrip::Code::invalid_request);
  }
}
