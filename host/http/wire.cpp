#include "http/wire.h"

#include <sys/socket.h>

#include <array>
#include <cerrno>

#include "http/fiber_scheduler.h"

namespace scrip::http {

Wire::Wire(Connection& connection, std::chrono::milliseconds progress_time)
    : connection_(connection), progress_time_(progress_time) {}

Result<std::size_t> Wire::receive(char* to, std::size_t size) {
  while (!connection_.ended) {
    const ssize_t count = ::recv(connection_.fd(), to, size, 0);
    if (count > 0) return static_cast<std::size_t>(count);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == EAGAIN) {
      if (wait_for_socket(connection_.fd(), Ready::readable, progress_time_)) continue;
      return {Code::request_timeout, "the request's body made no progress"};
    }
    connection_.ended = true;  // a broken connection ends it as well
  }
  return std::size_t{0};
}

Result<std::size_t> Wire::fill() {
  std::array<char, 16 * 1024> piece;
  auto count = receive(piece.data(), piece.size());
  if (count) connection_.in.append({piece.data(), *count});
  return count;
}

bool Wire::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::send(connection_.fd(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(count));
    } else if (errno == EAGAIN) {
      if (!wait_for_socket(connection_.fd(), Ready::writable, progress_time_)) return false;
    } else if (errno != EINTR) {
      return false;
    }
  }
  return true;
}

}  // namespace scrip::http
