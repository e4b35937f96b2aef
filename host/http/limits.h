// What one client, and all of them together, may take of the server.
#pragma once

#include <chrono>
#include <cstddef>

namespace scrip::http {

struct ServerLimits {
  std::size_t body = 1024 * 1024;                   // bytes, where a route names no limit of its own
  std::size_t head = 32 * 1024;                     // bytes of a request's head
  std::chrono::milliseconds head_time{10'000};      // to send a request's head
  std::chrono::milliseconds progress_time{30'000};  // a body or a reader without progress is cut
  std::chrono::milliseconds idle_time{60'000};      // keep-alive
  std::chrono::milliseconds linger_time{5'000};     // to read the answer that closes a connection
  std::size_t connections = 16'384;
  // Requests whose handlers run or wait at once: so many of those that run on the loops, and as many
  // of the others, so that neither can take the places of the other.
  std::size_t in_flight = 4'096;
  std::size_t queued = 16'384;  // requests that wait for a place, likewise; above it: 503 overloaded
  std::size_t loops = 1;        // threads that own the connections, and run what only waits
  std::size_t workers = 8;      // threads for handlers that hold up theirs
};

}  // namespace scrip::http
