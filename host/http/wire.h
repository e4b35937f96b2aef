// An exchange's side of a connection: reads and writes that wait until the client is ready, which
// holds up no thread (fiber_scheduler.h), and give up when it makes no progress. Used by one exchange
// at a time.
#pragma once

#include <chrono>
#include <cstddef>
#include <string_view>

#include "coupon/error.h"
#include "http/connection.h"

namespace scrip::http {

class Wire {
 public:
  // `progress_time`: how long to wait for the next byte to come or go.
  Wire(Connection& connection, std::chrono::milliseconds progress_time);

  // Up to `size` bytes straight from the socket; 0 when the client sends no more.
  // Errors: request_timeout.
  Result<std::size_t> receive(char* to, std::size_t size);

  // More bytes for connection.in; 0 when the client sends no more. Errors: request_timeout.
  Result<std::size_t> fill();

  // Sends all of it. False when the client is gone or reads nothing.
  bool send(std::string_view bytes);

 private:
  Connection& connection_;
  std::chrono::milliseconds progress_time_;
};

}  // namespace scrip::http
