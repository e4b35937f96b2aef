#include "compat/connect_error.h"

#include <array>
#include <cstddef>

#include "api/json_text.h"
#include "coupon/text.h"

namespace scrip::compat {
namespace {

struct Row {
  std::string_view name;
  int status;
};

// In the order of the enumeration.
constexpr std::array<Row, 16> table{{
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
}};
static_assert(table[static_cast<std::size_t>(ConnectCode::unauthenticated)].name == "unauthenticated");

const Row& row(ConnectCode code) {
  return table[static_cast<std::size_t>(code)];
}

}  // namespace

std::string_view name(ConnectCode code) {
  return row(code).name;
}

int http_status(ConnectCode code) {
  return row(code).status;
}

// Without a default, so that the compiler names a code that is forgotten here.
ConnectCode connect_code(Code code) {
  switch (code) {
    case Code::invalid_request:
    case Code::unsupported_media_type:
    case Code::idempotency_key_reused:
      return ConnectCode::invalid_argument;
    case Code::unauthenticated:
      return ConnectCode::unauthenticated;
    case Code::forbidden:
      return ConnectCode::permission_denied;
    case Code::not_found:
    case Code::campaign_not_found:
    case Code::coupon_not_found:
    case Code::import_not_found:
    case Code::work_not_found:
    case Code::order_not_found:
      return ConnectCode::not_found;
    case Code::method_not_allowed:
      return ConnectCode::unimplemented;
    case Code::campaign_exists:
    case Code::user_exists:
    case Code::order_exists:
      return ConnectCode::already_exists;
    case Code::request_in_progress:
    case Code::policy_file_changed:
      return ConnectCode::aborted;
    case Code::sold_out:
    case Code::already_issued:
    case Code::already_assigned:
    case Code::already_redeemed:
    case Code::not_redeemed:
    case Code::not_issued:
    case Code::total_below_issued:
    case Code::window_sold_out:
    case Code::campaign_not_active:
    case Code::outside_event_window:
    case Code::coupon_expired:
    case Code::coupon_held:
    case Code::hold_not_found:
    case Code::not_combinable:
    case Code::part_of_order:
    case Code::denied:
    case Code::invalid_policy:
      return ConnectCode::failed_precondition;
    case Code::payload_too_large:
    case Code::rate_limited:
      return ConnectCode::resource_exhausted;
    case Code::overloaded:
    case Code::storage_unavailable:
    case Code::storage_conflict:
      return ConnectCode::unavailable;
    case Code::request_timeout:
    case Code::deadline_exceeded:
      return ConnectCode::deadline_exceeded;
    case Code::policy_error:
    case Code::policy_quarantined:
    case Code::internal:
      break;
  }
  return ConnectCode::internal;
}

http::Response connect_error(ConnectCode code, std::string_view message) {
  return connect_error(code, message, http_status(code));
}

http::Response connect_error(ConnectCode code, std::string_view message, int status) {
  // A message may quote what came, and what came may be anything.
  const std::string_view shown = is_utf8(message) ? message : "what came is not UTF-8";
  return http::Response::json(status, api::ObjectText().text("code", name(code)).text("message", shown).take());
}

http::Response connect_error(const Error& error) {
  http::Response response = connect_error(connect_code(error.code), error.message);
  if (error.retry_after_s > 0) response.with("Retry-After", std::to_string(error.retry_after_s));
  if (error.code == Code::unauthenticated) response.with("WWW-Authenticate", "Bearer");
  return response;
}

}  // namespace scrip::compat
