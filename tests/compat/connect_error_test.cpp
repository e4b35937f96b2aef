#include "compat/connect_error.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace scrip;
using namespace scrip::compat;

namespace {

std::string header(const http::Response& response, std::string_view name) {
  for (const auto& [key, value] : response.headers) {
    if (key == name) return value;
  }
  return "";
}

}  // namespace

TEST_CASE("each of Connect's codes has its status") {
  const std::vector<std::pair<std::string, int>> agreed{
      {"canceled", 499},
      {"unknown", 500},
      {"invalid_argument", 400},
      {"deadline_exceeded", 504},
      {"not_found", 404},
      {"already_exists", 409},
      {"permission_denied", 403},
      {"resource_exhausted", 429},
      {"failed_precondition", 400},
      {"aborted", 409},
      {"out_of_range", 400},
      {"unimplemented", 501},
      {"internal", 500},
      {"unavailable", 503},
      {"data_loss", 500},
      {"unauthenticated", 401},
  };
  for (std::size_t i = 0; i < agreed.size(); ++i) {
    const auto code = static_cast<ConnectCode>(i);
    CHECK(name(code) == agreed[i].first);
    CHECK(http_status(code) == agreed[i].second);
  }
}

TEST_CASE("an error of ours is told by the code that Connect has for it") {
  const std::vector<std::pair<Code, ConnectCode>> agreed{
      {Code::invalid_request, ConnectCode::invalid_argument},
      {Code::unauthenticated, ConnectCode::unauthenticated},
      {Code::forbidden, ConnectCode::permission_denied},
      {Code::campaign_not_found, ConnectCode::not_found},
      {Code::campaign_exists, ConnectCode::already_exists},
      {Code::sold_out, ConnectCode::failed_precondition},
      {Code::denied, ConnectCode::failed_precondition},
      {Code::payload_too_large, ConnectCode::resource_exhausted},
      {Code::rate_limited, ConnectCode::resource_exhausted},
      {Code::overloaded, ConnectCode::unavailable},
      {Code::storage_unavailable, ConnectCode::unavailable},
      {Code::deadline_exceeded, ConnectCode::deadline_exceeded},
      {Code::policy_error, ConnectCode::internal},
      {Code::internal, ConnectCode::internal},
  };
  for (const auto& [ours, theirs] : agreed) {
    CAPTURE(scrip::name(ours));
    CHECK(connect_code(ours) == theirs);
  }
}

// Where Connect has a code of that status, clients that only look at the status are told the same as
// by /api/v1.
TEST_CASE("a failure of ours stays one of ours, a client's one of the client's") {
  for (int i = 0; i <= static_cast<int>(Code::internal); ++i) {
    const auto code = static_cast<Code>(i);
    // 504 and 501 stand for what HTTP says with 408 and 405.
    if (code == Code::request_timeout || code == Code::method_not_allowed) continue;
    CAPTURE(scrip::name(code));
    CHECK(scrip::http_status(code) / 100 == compat::http_status(connect_code(code)) / 100);
  }
}

TEST_CASE("an error is JSON with a code and a message") {
  const http::Response response = connect_error({.code = Code::campaign_not_found, .message = "no \"such\""});
  CHECK(response.status == 404);
  CHECK(response.content_type == "application/json");
  CHECK(response.body == R"({"code":"not_found","message":"no \"such\""})");
}

TEST_CASE("a message that quotes broken text is still JSON") {
  const auto body = nlohmann::json::parse(connect_error(ConnectCode::internal, "x\xff").body, nullptr, false);
  CHECK(body.is_object());
}

TEST_CASE("an error says when to try again, and how to sign in") {
  CHECK(header(connect_error({.code = Code::overloaded, .message = "m", .retry_after_s = 2}), "Retry-After") == "2");
  CHECK(header(connect_error({.code = Code::internal, .message = "m"}), "Retry-After").empty());
  CHECK(header(connect_error({.code = Code::unauthenticated, .message = "m"}), "WWW-Authenticate") == "Bearer");
}
