#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "http/request.h"

using namespace scrip;
using namespace scrip::http;
using nlohmann::json;

namespace {

std::string header(const Response& response, std::string_view name) {
  for (const auto& [key, value] : response.headers) {
    if (key == name) return value;
  }
  return "";
}

}  // namespace

TEST_CASE("a problem is what RFC 9457 says") {
  const Response response = Response::problem({.code = Code::sold_out, .message = "all 500 coupons are gone"});
  CHECK(response.status == 409);
  CHECK(response.content_type == "application/problem+json");
  CHECK(json::parse(response.body) == json{{"type", "urn:scrip:error:sold_out"},
                                           {"title", "Sold out"},
                                           {"status", 409},
                                           {"detail", "all 500 coupons are gone"},
                                           {"code", "sold_out"}});
}

TEST_CASE("a problem names the fields that are wrong") {
  Error error = invalid_field("order.items[2].sku", "must be text");
  error.fields.push_back({"limit", "must be 1 to 1000"});
  const json body = json::parse(Response::problem(error).body);
  CHECK(body["errors"] == json::parse(R"([{"field":"order.items[2].sku","message":"must be text"},
                                          {"field":"limit","message":"must be 1 to 1000"}])"));
}

TEST_CASE("a rule's denial carries its own code, its detail and the trace") {
  const Response response = Response::problem({.code = Code::denied,
                                               .message = "too little",
                                               .denied_as = "order_too_small",
                                               .detail = R"({"minimum":10000})",
                                               .trace = R"([{"rule":"discount"}])"});
  const json body = json::parse(response.body);
  CHECK(response.status == 409);
  CHECK(body["code"] == "order_too_small");
  CHECK(body["type"] == "urn:scrip:error:order_too_small");
  CHECK(body["context"] == json{{"minimum", 10000}});
  CHECK(body["trace"] == json::parse(R"([{"rule":"discount"}])"));
}

TEST_CASE("what is no JSON does not get into a problem") {
  const Response response = Response::problem({.code = Code::denied, .message = "m", .denied_as = "d", .detail = "{]"});
  CHECK(!json::parse(response.body).contains("context"));
}

TEST_CASE("a deep detail does not exhaust the stack") {
  const std::string deep = std::string(200'000, '[') + std::string(200'000, ']');
  const Response response = Response::problem({.code = Code::denied, .message = "m", .denied_as = "d", .detail = deep});
  CHECK(response.body.size() > deep.size());
}

TEST_CASE("a problem about text that is not UTF-8 is JSON all the same") {
  const Response response = Response::problem(invalid_field("a\xff", "unknown \xc3"));
  CHECK(json::accept(response.body));
}

TEST_CASE("a problem says when to come back, and who may") {
  CHECK(header(Response::problem({.code = Code::rate_limited, .message = "m", .retry_after_s = 7}), "Retry-After") ==
        "7");
  CHECK(header(Response::problem({.code = Code::overloaded, .message = "m"}), "Retry-After").empty());
  CHECK(header(Response::problem({.code = Code::unauthenticated, .message = "m"}), "WWW-Authenticate") == "Bearer");
  CHECK(header(Response::problem({.code = Code::forbidden, .message = "m"}), "WWW-Authenticate").empty());
}
