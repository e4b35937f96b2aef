#include "coupon/error.h"

#include <array>
#include <cstddef>

namespace scrip {
namespace {

struct Row {
  Code code;
  std::string_view name;
  int status;
};

// The one table of codes: one row for each, in the order of the enumeration.
constexpr std::array table{
    Row{Code::invalid_request, "invalid_request", 400},
    Row{Code::unauthenticated, "unauthenticated", 401},
    Row{Code::forbidden, "forbidden", 403},
    Row{Code::not_found, "not_found", 404},
    Row{Code::campaign_not_found, "campaign_not_found", 404},
    Row{Code::coupon_not_found, "coupon_not_found", 404},
    Row{Code::import_not_found, "import_not_found", 404},
    Row{Code::work_not_found, "work_not_found", 404},
    Row{Code::order_not_found, "order_not_found", 404},
    Row{Code::method_not_allowed, "method_not_allowed", 405},
    Row{Code::sold_out, "sold_out", 409},
    Row{Code::already_issued, "already_issued", 409},
    Row{Code::already_assigned, "already_assigned", 409},
    Row{Code::already_redeemed, "already_redeemed", 409},
    Row{Code::not_redeemed, "not_redeemed", 409},
    Row{Code::not_issued, "not_issued", 409},
    Row{Code::total_below_issued, "total_below_issued", 409},
    Row{Code::window_sold_out, "window_sold_out", 409},
    Row{Code::request_in_progress, "request_in_progress", 409},
    Row{Code::campaign_exists, "campaign_exists", 409},
    Row{Code::user_exists, "user_exists", 409},
    Row{Code::campaign_not_active, "campaign_not_active", 409},
    Row{Code::outside_event_window, "outside_event_window", 409},
    Row{Code::coupon_expired, "coupon_expired", 409},
    Row{Code::coupon_held, "coupon_held", 409},
    Row{Code::hold_not_found, "hold_not_found", 409},
    Row{Code::not_combinable, "not_combinable", 409},
    Row{Code::order_exists, "order_exists", 409},
    Row{Code::part_of_order, "part_of_order", 409},
    Row{Code::denied, "denied", 409},
    Row{Code::policy_file_changed, "policy_file_changed", 412},
    Row{Code::payload_too_large, "payload_too_large", 413},
    Row{Code::unsupported_media_type, "unsupported_media_type", 415},
    Row{Code::invalid_policy, "invalid_policy", 422},
    Row{Code::idempotency_key_reused, "idempotency_key_reused", 422},
    Row{Code::rate_limited, "rate_limited", 429},
    Row{Code::overloaded, "overloaded", 503},
    Row{Code::storage_unavailable, "storage_unavailable", 503},
    Row{Code::storage_conflict, "storage_conflict", 503},
    Row{Code::request_timeout, "request_timeout", 408},
    Row{Code::deadline_exceeded, "deadline_exceeded", 504},
    Row{Code::policy_error, "policy_error", 500},
    Row{Code::policy_quarantined, "policy_quarantined", 500},
    Row{Code::internal, "internal", 500},
};

constexpr bool is_complete() {
  for (std::size_t i = 0; i < table.size(); ++i) {
    if (table[i].code != static_cast<Code>(i)) return false;
  }
  return table.back().code == Code::internal;
}
static_assert(is_complete(), "a row for every code, in order");

constexpr const Row& row(Code code) {
  return table[static_cast<std::size_t>(code)];
}

}  // namespace

std::string_view name(Code code) {
  return row(code).name;
}

int http_status(Code code) {
  return row(code).status;
}

Error invalid_field(std::string field, std::string message) {
  Error error{.code = Code::invalid_request, .message = field.empty() ? message : field + ": " + message};
  error.fields.push_back({.field = std::move(field), .message = std::move(message)});
  return error;
}

}  // namespace scrip
