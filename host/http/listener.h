// A listening TCP socket.
#pragma once

#include <string>

#include "coupon/error.h"
#include "http/file_descriptor.h"

namespace scrip::http {

struct Listener {
  FileDescriptor socket;  // non-blocking; what it accepts has TCP_NODELAY
  int port = 0;
};

// "127.0.0.1:8080", "[::1]:0", "localhost:8080"; port 0 picks one. With a backlog that holds a burst
// of thousands of connects. Errors: invalid_request for what is no address, internal when the
// system refuses; the message names the address.
Result<Listener> listen_on(const std::string& address);

}  // namespace scrip::http
