#include "http/request.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstring>

#include "http/head.h"
#include "http/same_origin.h"

using namespace scrip;
using namespace scrip::http;

namespace {

// A request with these headers; `text` must outlive it.
struct Parsed {
  explicit Parsed(std::string headers) : text("POST / HTTP/1.1\r\nHost: shop.example:8080\r\n" + headers + "\r\n") {
    head = std::get<Head>(parse_head(text));
    request.authority = "shop.example:8080";
    request.head_ = &head;
  }
  std::string text;
  Head head;
  Request request;
};

class TextSource final : public BodySource {
 public:
  explicit TextSource(std::string text) : text_(std::move(text)) {}
  Result<std::size_t> read(char* to, std::size_t size) override {
    const std::size_t count = std::min({size, text_.size() - read_, std::size_t{7}});
    std::memcpy(to, text_.data() + read_, count);
    read_ += count;
    return count;
  }

 private:
  std::string text_;
  std::size_t read_ = 0;
};

}  // namespace

TEST_CASE("a cookie is found among others") {
  const Parsed parsed("Cookie: a=b; scrip_session=\"x.y.z\";c = d \r\nCookie: e=f=g\r\n");
  CHECK(parsed.request.cookie("scrip_session") == "x.y.z");
  CHECK(parsed.request.cookie("a") == "b");
  CHECK(parsed.request.cookie("c") == "d");
  CHECK(parsed.request.cookie("e") == "f=g");
  CHECK(!parsed.request.cookie("session"));
  CHECK(!parsed.request.cookie("A"));
}

TEST_CASE("a query's first value counts") {
  Request request;
  request.query = {{"limit", "5"}, {"limit", "6"}};
  CHECK(request.query_value("limit") == "5");
  CHECK(!request.query_value("cursor"));
}

TEST_CASE("a body up to the limit is read, and once") {
  for (const std::size_t size : {0U, 1U, 99U, 100U}) {
    TextSource source(std::string(size, 'x'));
    Request request;
    request.source_ = &source;
    request.body_limit_ = 100;
    INFO(size);
    const auto body = request.body();
    REQUIRE(body);
    CHECK(*body == std::string(size, 'x'));
    CHECK(*request.body() == *body);
  }
  TextSource source(std::string(101, 'x'));
  Request request;
  request.source_ = &source;
  request.body_limit_ = 100;
  const auto body = request.body();
  REQUIRE(!body);
  CHECK(body.error().code == Code::payload_too_large);
  CHECK(!request.body());
}

TEST_CASE("a request is of the same origin by what the browser says of it") {
  struct Case {
    const char* headers;
    bool same;
  };
  const std::vector<Case> cases{
      {"", true},  // no browser
      {"Sec-Fetch-Site: same-origin\r\n", true},
      {"Sec-Fetch-Site: none\r\n", true},
      {"Sec-Fetch-Site: same-site\r\n", false},
      {"Sec-Fetch-Site: cross-site\r\n", false},
      {"Sec-Fetch-Site: cross-site\r\nOrigin: http://shop.example:8080\r\n", false},
      {"Sec-Fetch-Site: same-origin\r\nOrigin: http://evil.example\r\n", true},
      {"Origin: http://shop.example:8080\r\n", true},
      {"Origin: https://SHOP.example:8080\r\n", true},
      {"Origin: http://shop.example\r\n", false},
      {"Origin: http://shop.example:80801\r\n", false},
      {"Origin: http://evil.example\r\n", false},
      {"Origin: http://shop.example:8080.evil.example\r\n", false},
      {"Origin: null\r\n", false},
      {"Origin: \r\n", false},
  };
  for (const Case& each : cases) {
    INFO(each.headers);
    CHECK(is_same_origin(Parsed(each.headers).request) == each.same);
  }
}
