#include "http/head.h"

#include <catch2/catch.hpp>
#include <string>

#include "http/head_scanner.h"

using namespace scrip;
using namespace scrip::http;

namespace {

std::string with(const std::string& headers) {
  return "POST /a HTTP/1.1\r\nHost: h\r\n" + headers + "\r\n";
}

// 0 when the head is taken.
int refusal_of(const std::string& text) {
  const auto parsed = parse_head(text);
  const auto* const refusal = std::get_if<Refusal>(&parsed);
  return refusal ? refusal->status : 0;
}

}  // namespace

TEST_CASE("a head is found however its bytes are cut") {
  const std::string text = "GET / HTTP/1.1\r\nHost: h\r\n\r\nrest";
  for (std::size_t piece = 1; piece <= text.size(); ++piece) {
    HeadScanner scanner;
    auto found = HeadScanner::Found::incomplete;
    for (std::size_t end = piece; found == HeadScanner::Found::incomplete; end += piece) {
      found = scanner.scan(std::string_view(text).substr(0, end));
    }
    INFO("pieces of " << piece);
    CHECK(found == HeadScanner::Found::complete);
    CHECK(scanner.size() == text.size() - 4);
  }
}

TEST_CASE("a line that LF alone ends is reported at once") {
  for (const std::string text : {"\n", "GET / HTTP/1.1\n", "GET / HTTP/1.1\r\nHost: h\n\r\n", "GET / HTTP/1.1\r\n\n"}) {
    HeadScanner scanner;
    INFO(text);
    CHECK(scanner.scan(text) == HeadScanner::Found::bare_newline);
  }
}

TEST_CASE("a head is taken apart") {
  const std::string text =
      "PATCH /a%20b?c=d HTTP/1.1\r\nHost: shop.example:8080\r\nX-One:  two words \t\r\nx-empty:\r\n"
      "Content-Length: 12\r\n\r\n";
  const auto parsed = parse_head(text);
  const auto* const head = std::get_if<Head>(&parsed);
  REQUIRE(head);
  CHECK(head->method == Method::patch);
  CHECK(head->target == "/a%20b?c=d");
  CHECK(head->find("x-one") == "two words");
  CHECK(head->find("X-Empty") == "");
  CHECK(!head->find("X-Two"));
  CHECK(head->framing == Framing::length);
  CHECK(head->content_length == 12);
  CHECK(head->keep_alive);
  CHECK(!head->expects_continue);
}

TEST_CASE("a header's value is what came, not percent-decoded") {
  const std::string text = with("Idempotency-Key: 50%25%0d%0aX: y\r\n");
  const auto parsed = parse_head(text);
  REQUIRE(std::holds_alternative<Head>(parsed));
  CHECK(std::get<Head>(parsed).find("Idempotency-Key") == "50%25%0d%0aX: y");
}

TEST_CASE("a control character is refused wherever in a value it is, and a tab and bytes above ASCII are not") {
  const std::string value = "a value that is longer than some words of eight bytes each";
  for (std::size_t at = 1; at + 1 < value.size(); ++at) {
    CAPTURE(at);
    const auto status_with = [&](char c) {
      std::string odd = value;
      odd[at] = c;
      return refusal_of(with("X-One: " + odd + "\r\n"));
    };
    for (const char c : {'\0', '\x01', '\x1f', '\x7f'}) CHECK(status_with(c) == 400);
    for (const char c : {'\t', ' ', '~', '\x80', '\xff'}) CHECK(status_with(c) == 0);
  }
}

TEST_CASE("malformed heads are refused with their status") {
  struct Case {
    std::string text;
    int status;
  };
  const std::vector<Case> cases{
      {"GET /\r\n\r\n", 400},
      {"GET  / HTTP/1.1\r\nHost: h\r\n\r\n", 400},
      {"GET / HTTP/1.1 \r\nHost: h\r\n\r\n", 400},
      {" GET / HTTP/1.1\r\nHost: h\r\n\r\n", 400},
      {"GET\t/ HTTP/1.1\r\nHost: h\r\n\r\n", 400},
      {"G(T / HTTP/1.1\r\nHost: h\r\n\r\n", 400},
      {"GET / HTTP/1.1x\r\nHost: h\r\n\r\n", 400},
      {"GET / http/1.1\r\nHost: h\r\n\r\n", 400},
      {"GET / HTTP/2.0\r\nHost: h\r\n\r\n", 505},
      {"PRI * HTTP/2.0\r\n\r\n", 505},
      {"GET / HTTP/1.1\r\n\r\n", 400},  // no Host
      {"GET /" + std::string(max_request_line, 'a') + " HTTP/1.1\r\nHost: h\r\n\r\n", 414},
      {with("Host: other\r\n"), 400},
      {with("No colon\r\n"), 400},
      {with(": no name\r\n"), 400},
      {with("Space : x\r\n"), 400},
      {with("X-Folded: a\r\n b\r\n"), 400},
      {with("X-Folded: a\r\n\tb\r\n"), 400},
      {with("X-Control: a\rb\r\n"), 400},
      {with("X-Control: a\x01z\r\n"), 400},
      {with(std::string("X-Nul: a\0b\r\n", 12)), 400},
      {with("Authorization: Bearer a\r\nauthorization: Bearer b\r\n"), 400},
      {with("Idempotency-Key: a\r\nIdempotency-Key: b\r\n"), 400},
      {with("Content-Encoding: gzip\r\ncontent-encoding: gzip\r\n"), 400},
      {with("Connect-Timeout-Ms: 1\r\nConnect-Timeout-Ms: 2\r\n"), 400},
      {with("Connect-Protocol-Version: 1\r\nConnect-Protocol-Version: 1\r\n"), 400},
      {with("Expect: 200-ok\r\n"), 417},
  };
  for (const Case& each : cases) {
    INFO(each.text.substr(0, 80));
    CHECK(refusal_of(each.text) == each.status);
  }
}

TEST_CASE("bodies that two readers could frame differently are refused") {
  for (const std::string headers : {
           "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
           "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
           "Content-Length: 5\r\nContent-Length: 6\r\n",
           "Content-Length: 5, 6\r\n",
           "Content-Length: 5, 5\r\n",
           "Content-Length: +5\r\n",
           "Content-Length: -5\r\n",
           "Content-Length: 0x5\r\n",
           "Content-Length: 5 5\r\n",
           "Content-Length: \r\n",
           "Content-Length: 99999999999999999999\r\n",
           "Transfer-Encoding: gzip\r\n",
           "Transfer-Encoding: chunked, gzip\r\n",
           "Transfer-Encoding: gzip, chunked\r\n",
           "Transfer-Encoding: xchunked\r\n",
           "Transfer-Encoding: \r\n",
           "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
           "Transfer-Encoding : chunked\r\n",
           "Transfer-Encoding: \x0b"
           "chunked\r\n",
       }) {
    INFO(headers);
    CHECK(refusal_of(with(headers)) == 400);
  }
  CHECK(refusal_of("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n") == 400);
  CHECK(refusal_of(with("Transfer-Encoding: Chunked\r\n")) == 0);
}

TEST_CASE("whether the connection goes on is what the client's version and its options say") {
  struct Case {
    std::string text;
    bool keep_alive;
  };
  const std::vector<Case> cases{
      {"GET / HTTP/1.1\r\nHost: h\r\n\r\n", true},
      {"GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", false},
      {"GET / HTTP/1.1\r\nHost: h\r\nConnection: Upgrade, CLOSE\r\n\r\n", false},
      {"GET / HTTP/1.1\r\nHost: h\r\nConnection: x\r\nConnection: close\r\n\r\n", false},
      {"GET / HTTP/1.1\r\nHost: h\r\nConnection: closed\r\n\r\n", true},
      {"GET / HTTP/1.0\r\n\r\n", false},
      {"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", true},
  };
  for (const Case& each : cases) {
    INFO(each.text);
    const auto parsed = parse_head(each.text);
    REQUIRE(std::holds_alternative<Head>(parsed));
    CHECK(std::get<Head>(parsed).keep_alive == each.keep_alive);
  }
}

TEST_CASE("more headers than anybody needs are refused") {
  std::string headers;
  for (std::size_t i = 1; i < max_fields; ++i) headers += "X: y\r\n";
  CHECK(refusal_of(with(headers)) == 0);
  CHECK(refusal_of(with(headers + "X: y\r\n")) == 431);
}
