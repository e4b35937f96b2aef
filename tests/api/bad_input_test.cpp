// What is not a request that we understand: refused by name, with nothing stored, and never with a
// 500. The same bodies go to every call that takes one.
#include <catch2/catch.hpp>

#include "contract.h"
#include "rows.h"
#include "scenario.h"

namespace scrip::test {
namespace {

struct BodyCall {
  std::string method;
  std::string path;
  bool may_be_empty = false;
};

// Every call that reads a body, on things that exist, as an operator.
std::vector<BodyCall> body_calls(const std::string& code) {
  return {
      {"POST", "/api/v1/users"},
      {"POST", "/api/v1/tokens"},
      {"PUT", "/api/v1/users/minji/attributes"},
      {"POST", "/api/v1/campaigns"},
      {"PATCH", "/api/v1/campaigns/spring"},
      {"POST", "/api/v1/campaigns/spring/coupons"},
      {"POST", "/api/v1/campaigns/spring/issue"},
      {"POST", "/api/v1/campaigns/spring/issue/batch"},
      {"POST", "/api/v1/campaigns/spring/issue/validate", true},
      {"POST", "/api/v1/coupons/" + code + "/assign"},
      {"POST", "/api/v1/coupons/" + code + "/validate"},
      {"POST", "/api/v1/coupons/" + code + "/redeem", true},
      {"POST", "/api/v1/coupons/" + code + "/cancel", true},
  };
}

struct Bad {
  std::string name;
  std::string body;
  std::string type = "application/json";
  int status = 400;
  std::string field{};  // one that the errors name
};

std::string nested(char open, char close, int levels) {
  return R"({"order":)" + std::string(static_cast<std::size_t>(levels), open) +
         std::string(static_cast<std::size_t>(levels), close) + "}";
}

std::string nested_objects(int levels) {
  std::string text;
  for (int i = 0; i < levels; ++i) text += R"({"a":)";
  return text + "1" + std::string(static_cast<std::size_t>(levels), '}');
}

const std::vector<Bad>& bad_bodies() {
  static const std::vector<Bad> bodies{
      {"no JSON", "user_id=minji"},
      {"half of an object", R"({"user_id":"minji")"},
      {"more than one value", R"({} {})"},
      {"a trailing comma", R"({"user_id":"minji",})"},
      {"a comment", R"({/* */})"},
      {"NaN", R"({"total":NaN})"},
      {"a list", "[]"},
      {"a string", R"("text")"},
      {"a number", "5"},
      {"null", "null"},
      {"1e400", R"({"total":1e400})"},
      {"-1e400", R"({"order":{"amount":-1e400,"currency":"KRW"}})"},
      {"a number of 5,000 digits", R"({"total":)" + std::string(5000, '9') + "}"},
      {"a member twice", R"({"user_id":"minji","user_id":"junho"})", "application/json", 400, "user_id"},
      {"a member twice, the second spelled with an escape", R"({"user_id":"minji","user\u005fid":"junho"})",
       "application/json", 400, "user_id"},
      {"a member twice, below", R"({"order":{"amount":1,"amount":2,"currency":"KRW"}})"},
      {"an unknown member", R"({"colour":{"deep":[1,2,3]}})", "application/json", 400, "colour"},
      {"invalid UTF-8", "{\"user_id\":\"\xff\xfe\"}"},
      {"overlong UTF-8", "{\"user_id\":\"\xc0\xaf\"}"},
      {"a surrogate in UTF-8", "{\"user_id\":\"\xed\xa0\x80\"}"},
      {"half of a surrogate pair, escaped", R"({"user_id":"\ud800"})"},
      {"the second half of a surrogate pair alone, escaped", R"({"user_id":"\udc00"})"},
      {"half of a surrogate pair in a name, escaped", R"({"\udfff":1})"},
      {"invalid UTF-8 in a name", "{\"\xff\":1}"},
      {"UTF-16", std::string("\xff\xfe{\0}\0", 6)},
      {"NUL", std::string("{\0}", 3)},
      {"NUL after the object", std::string("{}\0", 3)},
      {"something after a NUL", std::string("{}\0{}", 5)},
      {"a raw control character", "{\"user_id\":\"a\nb\"}"},
      {"10,000 lists", nested('[', ']', 10'000)},
      {"10,000 lists that are not closed", std::string(10'000, '[')},
      {"10,000 objects", nested_objects(10'000)},
      {"a form", "user_id=minji", "application/x-www-form-urlencoded", 415},
      {"text", "{}", "text/plain", 415},
      {"no type at all to speak of", "{}", "json", 415},
      {"above 1 MiB", "{\"name\":\"" + std::string(2 * 1024 * 1024, 'x') + "\"}", "application/json", 413},
  };
  return bodies;
}

TEST_CASE("a body that is no request is refused by every call, and changes nothing") {
  Shop shop;
  shop.campaign({{"id", "spring"}, {"total", 100}});
  const std::string code = shop.issue("spring", "minji")["code"];
  const Rows before = rows_of(shop);
  for (const BodyCall& call : body_calls(code)) {
    for (const Bad& bad : bad_bodies()) {
      // The attributes' members are the caller's to name, and a batch is larger than other bodies.
      const bool attributes = call.path.ends_with("/attributes");
      if (call.path.ends_with("/batch") && bad.status == 413) continue;
      const Reply reply = shop.call({.method = call.method,
                                     .path = call.path,
                                     .token = shop.operator_(),
                                     .body = bad.body,
                                     .headers = {{"Content-Type", bad.type}}});
      INFO(call.method << " " << call.path << ": " << bad.name << "\n" << reply.text.substr(0, 500));
      CHECK(reply.status == bad.status);
      CHECK(reply.code() == (bad.status == 400   ? "invalid_request"
                             : bad.status == 413 ? "payload_too_large"
                                                 : "unsupported_media_type"));
      if (!bad.field.empty() && !attributes) CHECK(reply.names(bad.field));
    }
    if (call.may_be_empty) continue;
    INFO(call.method << " " << call.path << " without a body");
    const Reply empty = shop.call({.method = call.method, .path = call.path, .token = shop.operator_()});
    CHECK(empty.status == 400);
  }
  CHECK(changes(before, rows_of(shop)).empty());
}

TEST_CASE("a member of the wrong type is named, in every call") {
  Shop shop;
  shop.campaign({{"id", "spring"}, {"total", 100}});
  const std::string code = shop.issue("spring", "minji")["code"];
  const std::map<std::string, std::vector<std::string>> members{
      {"/api/v1/users", {"login", "password"}},
      {"/api/v1/tokens", {"login", "password"}},
      {"/api/v1/campaigns", {"id", "name", "policy", "params", "code", "starts_at", "ends_at", "timezone", "metadata"}},
      {"/api/v1/campaigns/spring", {"name", "policy", "params", "starts_at", "ends_at", "status", "metadata"}},
      {"/api/v1/campaigns/spring/issue", {"user_id", "subject"}},
      {"/api/v1/campaigns/spring/issue/batch", {"items"}},
      {"/api/v1/coupons/" + code + "/assign", {"user_id", "subject"}},
      {"/api/v1/coupons/" + code + "/redeem", {"order"}},
      {"/api/v1/coupons/" + code + "/validate", {"order", "now", "facts"}},
      {"/api/v1/campaigns/spring/issue/validate", {"user_id", "subject", "now", "facts"}},
  };
  const Rows before = rows_of(shop);
  for (const auto& [path, names_of] : members) {
    for (const std::string& member : names_of) {
      for (const Json& value : {Json(5), Json(true), Json(-1.5), Json::array({1})}) {
        const Reply reply = shop.call({.method = path == "/api/v1/campaigns/spring" ? "PATCH" : "POST",
                                       .path = path,
                                       .token = shop.operator_(),
                                       .body = Json{{member, value}}.dump()});
        INFO(path << " " << member << " = " << value << "\n" << reply.text);
        CHECK(reply.status == 400);
        // A list may be refused for what is in it.
        CHECK((reply.names(member) || reply.names(member + "[0]")));
      }
    }
  }
  CHECK(changes(before, rows_of(shop)).empty());
}

TEST_CASE("a body of exactly 1 MiB is read, and one byte more is not") {
  Shop shop;
  const auto sized = [&](std::size_t size) {
    std::string body = R"({"id":"spring"})";
    body += std::string(size - body.size(), ' ');
    return shop.call({.method = "POST", .path = "/api/v1/campaigns", .token = shop.operator_(), .body = body});
  };
  CHECK(sized(1024 * 1024).status == 400);
  CHECK(sized(1024 * 1024 + 1).status == 413);
}

TEST_CASE("a body of very many small parts is read in time in proportion to its size") {
  // Whoever is answered at all is answered before the connection's patience ends.
  Shop shop;
  const auto filled_with = [](const std::string& part) {
    std::string body = R"({"login":[)" + part;
    while (body.size() < 1'000'000) body += "," + part;
    return body + "]}";
  };
  for (const std::string part : {"{}", "[]", "1", R"("")", R"({"a":{}})", "[[]]"}) {
    INFO(part);
    const Reply reply = shop.call({.method = "POST", .path = "/api/v1/tokens", .token = "", .body = filled_with(part)});
    CHECK(reply.fields() == std::vector<std::string>{"login", "password"});
  }
}

TEST_CASE("a chunked body is read, and one that grows too large is refused") {
  Shop shop;
  shop.campaign({{"id", "spring"}, {"total", 100}});
  const auto chunked = [&](const std::string& path, const std::string& chunks) {
    Connection connection(shop.url());
    return connection.call("POST " + path + " HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer " + shop.operator_() +
                           "\r\nContent-Type: application/json; charset=utf-8\r\nTransfer-Encoding: chunked\r\n\r\n" +
                           chunks);
  };
  const Answer given =
      chunked("/api/v1/campaigns/spring/issue", "4\r\n{\"us\r\n10\r\ner_id\":\"minji\"} \r\n0\r\n\r\n");
  INFO(given.body);
  CHECK(given.status == 201);
  std::string large;
  for (int i = 0; i < 33; ++i) large += "8000\r\n" + std::string(0x8000, ' ') + "\r\n";
  CHECK(chunked("/api/v1/campaigns", large + "0\r\n\r\n").status == 413);
  CHECK(chunked("/api/v1/campaigns", "zz\r\n{}\r\n0\r\n\r\n").status == 400);
}

TEST_CASE("a client that leaves in the middle of its body changes nothing") {
  Shop shop;
  shop.campaign({{"id", "spring"}, {"total", 100}});
  const Rows before = rows_of(shop);
  {
    Connection connection(shop.url());
    connection.send("POST /api/v1/campaigns/spring/issue HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer " +
                    shop.operator_() +
                    "\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{\"user_id\":\"minji\"}");
  }
  CHECK(shop.get("/healthz", "").status == 200);
  CHECK(changes(before, rows_of(shop)).empty());
}

TEST_CASE("a path of nonsense is not found or refused, and never an error of ours") {
  Shop shop;
  shop.campaign({{"id", "spring"}, {"total", 100}});
  const std::string longest(8000, 'x');
  for (const std::string& segment : {std::string("%00"), std::string("%ff"), std::string("%zz"), std::string("%"),
                                     std::string(".."), std::string("%2e%2e%2f"), std::string("a%0d%0ab"), longest,
                                     std::string("'%20OR%201=1"), std::string("%F0%9F%98%80"), std::string("*")}) {
    for (const std::string& path :
         {"/api/v1/campaigns/" + segment, "/api/v1/campaigns/" + segment + "/coupons", "/api/v1/coupons/" + segment,
          "/api/v1/" + segment, "/api/v1/coupons?user_id=" + segment, "/api/v1/decisions?campaign=" + segment,
          "/api/v1/decisions?coupon=" + segment}) {
      INFO(path.substr(0, 100));
      const Reply reply = shop.get(path, shop.operator_());
      CHECK((reply.status == 400 || reply.status == 404 || (reply.status == 200 && path.find('?') < path.size())));
    }
  }
}

TEST_CASE("members beside what a call takes are refused in every object of the document") {
  // Every documented request object is closed, so that a misspelt member is never ignored.
  const Contract& contract = Contract::document();
  for (const auto& operation : contract.operations()) {
    if (!operation.json->contains("requestBody")) continue;
    const Json& content = (*operation.json)["requestBody"]["content"];
    if (!content.contains("application/json")) continue;  // a file
    const Json& body = contract.schemas().resolve(content["application/json"]["schema"]);
    INFO(operation.method << " " << operation.path);
    CHECK(body.contains("additionalProperties"));
  }
}

}  // namespace
}  // namespace scrip::test
