// The HTTP server: sockets, limits and deadlines are ours, parsing and writing HTTP/1.1 is
// cpp-httplib's. Handlers are straight-line code that may wait (ops/parking.h).
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "coupon/error.h"
#include "http/router.h"

namespace scrip::http {

struct ServerLimits {
  std::size_t body = 1024 * 1024;
  std::size_t head = 32 * 1024;
  std::chrono::milliseconds head_time{10'000};      // to send a request's head
  std::chrono::milliseconds progress_time{30'000};  // a body or a reader without progress is cut
  std::chrono::milliseconds idle_time{60'000};      // keep-alive
  std::size_t connections = 16'384;
  std::size_t in_flight = 512;  // requests whose handlers run or wait at once
  std::size_t queued = 16'384;  // requests that wait for a handler; above it: 503 overloaded
};

struct ServerEvents {
  // After each answer, on the thread that ran the handler. `route` is the pattern, or "" when none
  // matched; for metrics and the log.
  std::function<void(const Request&, const std::string& route, int status, std::chrono::microseconds)> answered;
  // An exception left a handler (answered 500 already).
  std::function<void(const Request&, const std::string& what)> failed;
};

// Reads a request's Authorization header or session cookie. An error is answered as it is; nullopt:
// nothing was sent. Called on handler threads.
using Authenticate = std::function<Result<std::optional<Identity>>(const Request&)>;

class Server {
 public:
  Server(Router router, Authenticate authenticate, ServerLimits limits, ServerEvents events);
  ~Server();  // stop(), if that was not done
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // Binds and listens, "127.0.0.1:8080" or "[::1]:0". Returns the port.
  Result<int> listen(const std::string& address);

  // Serves on threads of its own; returns at once.
  void start();

  // Stops accepting, lets what is in flight finish (at most `grace`), closes everything.
  void stop(std::chrono::milliseconds grace = std::chrono::seconds(30));

  std::size_t connections() const;
  std::size_t in_flight() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace scrip::http
