#include "coupon/error.h"

#include <catch2/catch.hpp>
#include <set>
#include <string>

using namespace scrip;

TEST_CASE("every code has a name of its own and a status of an error") {
  std::set<std::string_view> names;
  for (int i = 0; i <= static_cast<int>(Code::internal); ++i) {
    const auto code = static_cast<Code>(i);
    CAPTURE(i, name(code));
    CHECK_FALSE(name(code).empty());
    CHECK(names.insert(name(code)).second);
    CHECK(http_status(code) >= 400);
    CHECK(http_status(code) <= 504);
  }
}

TEST_CASE("codes map to the statuses of the HTTP contract") {
  const auto [code, expected_name, status] = GENERATE(table<Code, std::string, int>({
      {Code::invalid_request, "invalid_request", 400},
      {Code::unauthenticated, "unauthenticated", 401},
      {Code::forbidden, "forbidden", 403},
      {Code::not_found, "not_found", 404},
      {Code::campaign_not_found, "campaign_not_found", 404},
      {Code::coupon_not_found, "coupon_not_found", 404},
      {Code::import_not_found, "import_not_found", 404},
      {Code::work_not_found, "work_not_found", 404},
      {Code::order_not_found, "order_not_found", 404},
      {Code::method_not_allowed, "method_not_allowed", 405},
      {Code::request_timeout, "request_timeout", 408},
      {Code::sold_out, "sold_out", 409},
      {Code::already_issued, "already_issued", 409},
      {Code::already_assigned, "already_assigned", 409},
      {Code::already_redeemed, "already_redeemed", 409},
      {Code::not_redeemed, "not_redeemed", 409},
      {Code::not_issued, "not_issued", 409},
      {Code::total_below_issued, "total_below_issued", 409},
      {Code::window_sold_out, "window_sold_out", 409},
      {Code::request_in_progress, "request_in_progress", 409},
      {Code::campaign_exists, "campaign_exists", 409},
      {Code::user_exists, "user_exists", 409},
      {Code::campaign_not_active, "campaign_not_active", 409},
      {Code::outside_event_window, "outside_event_window", 409},
      {Code::coupon_expired, "coupon_expired", 409},
      {Code::coupon_held, "coupon_held", 409},
      {Code::hold_not_found, "hold_not_found", 409},
      {Code::not_combinable, "not_combinable", 409},
      {Code::order_exists, "order_exists", 409},
      {Code::part_of_order, "part_of_order", 409},
      {Code::denied, "denied", 409},
      {Code::policy_file_changed, "policy_file_changed", 412},
      {Code::payload_too_large, "payload_too_large", 413},
      {Code::unsupported_media_type, "unsupported_media_type", 415},
      {Code::invalid_policy, "invalid_policy", 422},
      {Code::idempotency_key_reused, "idempotency_key_reused", 422},
      {Code::rate_limited, "rate_limited", 429},
      {Code::policy_error, "policy_error", 500},
      {Code::policy_quarantined, "policy_quarantined", 500},
      {Code::internal, "internal", 500},
      {Code::overloaded, "overloaded", 503},
      {Code::storage_unavailable, "storage_unavailable", 503},
      {Code::deadline_exceeded, "deadline_exceeded", 504},
  }));
  CHECK(name(code) == expected_name);
  CHECK(http_status(code) == status);
}

TEST_CASE("a rule's denial shows the rule's own code, any other error its own name") {
  CHECK(Error{.code = Code::denied, .denied_as = "too_young"}.public_code() == "too_young");
  CHECK(Error{.code = Code::sold_out, .denied_as = "ignored"}.public_code() == "sold_out");
}

TEST_CASE("an invalid field is an invalid request that names the field") {
  const Error error = invalid_field("order.amount", "must not be negative");
  CHECK(error.code == Code::invalid_request);
  CHECK(error.message == "order.amount: must not be negative");
  REQUIRE(error.fields.size() == 1);
  CHECK(error.fields[0] == FieldError{.field = "order.amount", .message = "must not be negative"});
}

TEST_CASE("an invalid body as a whole is told without a field's name") {
  CHECK(invalid_field("", "must be an object").message == "must be an object");
}

TEST_CASE("a result holds a value or an error") {
  Result<std::string> value = std::string("code");
  REQUIRE(value.ok());
  CHECK(*value == "code");
  CHECK(value->size() == 4);

  const Result<std::string> error(Code::sold_out, "none left");
  REQUIRE_FALSE(error);
  CHECK(error.error().code == Code::sold_out);
  CHECK(error.error().message == "none left");

  CHECK(Result<void>().ok());
  CHECK_FALSE(Result<void>(Code::internal, "broken").ok());
}
