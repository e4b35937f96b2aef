// Errors as the Connect protocol writes them: {"code","message"}, JSON whatever the request was in,
// under the status that belongs to the code. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "coupon/error.h"
#include "http/request.h"

namespace scrip::compat {

enum class ConnectCode : std::uint8_t {
  canceled,
  unknown,
  invalid_argument,
  deadline_exceeded,
  not_found,
  already_exists,
  permission_denied,
  resource_exhausted,
  failed_precondition,
  aborted,
  out_of_range,
  unimplemented,
  internal,
  unavailable,
  data_loss,
  unauthenticated,
};

// "invalid_argument". Static storage.
std::string_view name(ConnectCode code);
int http_status(ConnectCode code);

// What an error of ours is called there.
ConnectCode connect_code(Code code);

// With Retry-After when the error has it. A status other than the code's own is for what HTTP has a
// word of its own for: 404, 405, 415.
http::Response connect_error(ConnectCode code, std::string_view message);
http::Response connect_error(ConnectCode code, std::string_view message, int status);
http::Response connect_error(const Error& error);

}  // namespace scrip::compat
