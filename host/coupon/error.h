// What can go wrong, as values: a code from one closed list, a sentence, and for bad input the
// fields it is about. Nothing in the host throws across a room's border; a function that can fail
// returns Result<T>. The one table from code to HTTP status is in error.cpp, that to Connect's codes in
// compat/connect_error.cpp.
#pragma once

#include <cassert>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace scrip {

enum class Code {
  invalid_request,
  unauthenticated,
  forbidden,
  not_found,
  campaign_not_found,
  coupon_not_found,
  import_not_found,
  work_not_found,
  order_not_found,
  method_not_allowed,
  sold_out,
  already_issued,
  already_assigned,
  already_redeemed,
  not_redeemed,
  not_issued,
  total_below_issued,
  window_sold_out,
  request_in_progress,
  campaign_exists,
  user_exists,
  campaign_not_active,
  outside_event_window,
  coupon_expired,
  coupon_held,
  hold_not_found,
  not_combinable,
  order_exists,
  part_of_order,
  denied,  // a rule's own code, in Error::denied_as
  policy_file_changed,
  payload_too_large,
  unsupported_media_type,
  invalid_policy,
  idempotency_key_reused,
  rate_limited,
  overloaded,
  storage_unavailable,
  storage_conflict,  // between the store and the ledger: another node came in between, decide again
  request_timeout,
  deadline_exceeded,
  policy_error,
  policy_quarantined,
  internal,
};

// "sold_out" for Code::sold_out. Static storage.
std::string_view name(Code code);

// The HTTP status that RFC 9457 answers carry for `code`: 400 to 503.
int http_status(Code code);

// One field of a request that was refused: `field` is a JSON path such as "order.items[2].sku".
struct FieldError {
  std::string field;
  std::string message;
  bool operator==(const FieldError&) const = default;
};

struct Error {
  Code code = Code::internal;
  std::string message;             // a plain sentence for the caller
  std::string denied_as;           // only with Code::denied: the code that the rule gave
  std::string detail;              // JSON text of a rule's detail; empty when there is none
  std::string trace;               // JSON text (array) for service and operator; may be empty
  std::vector<FieldError> fields;  // with invalid_request, and which coupons of several it is about
  int retry_after_s = 0;           // with rate_limited, overloaded, storage_unavailable

  // The code a client sees: denied_as for a rule's denial, else name(code).
  std::string_view public_code() const { return code == Code::denied ? std::string_view(denied_as) : name(code); }
};

// Makes the error for one bad field.
Error invalid_field(std::string field, std::string message);

// A value or an Error. Like std::expected (C++23), which GCC 12 does not have.
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : held_(std::move(value)) {}
  Result(Error error) : held_(std::move(error)) {}
  Result(Code code, std::string message) : held_(Error{.code = code, .message = std::move(message)}) {}

  bool ok() const { return held_.index() == 0; }
  explicit operator bool() const { return ok(); }
  T& value() {
    assert(ok());
    return *std::get_if<0>(&held_);
  }
  const T& value() const {
    assert(ok());
    return *std::get_if<0>(&held_);
  }
  T& operator*() { return value(); }
  const T& operator*() const { return value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }
  Error& error() {
    assert(!ok());
    return *std::get_if<1>(&held_);
  }
  const Error& error() const {
    assert(!ok());
    return *std::get_if<1>(&held_);
  }

 private:
  std::variant<T, Error> held_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}
  Result(Code code, std::string message) : error_(Error{.code = code, .message = std::move(message)}) {}

  bool ok() const { return !error_.has_value(); }
  explicit operator bool() const { return ok(); }
  Error& error() { return *error_; }
  const Error& error() const { return *error_; }

 private:
  std::optional<Error> error_;
};

}  // namespace scrip
