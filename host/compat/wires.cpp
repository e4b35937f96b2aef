#include "compat/wires.h"

namespace scrip::compat {

http::Response error_answer(const Error& error, int status, std::string body) {
  http::Response response = http::Response::json(status, std::move(body));
  if (error.retry_after_s > 0) response.with("Retry-After", std::to_string(error.retry_after_s));
  if (status == 401) response.with("WWW-Authenticate", "Bearer");
  return response;
}

}  // namespace scrip::compat
