// The HTTP server: sockets, limits and deadlines are ours (loop.h), HTTP/1.1's answers are
// cpp-httplib's (protocol.h). Handlers are straight-line code that may wait (ops/parking.h), each on a
// fiber (fiber.h), so that a request in flight costs no thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "coupon/error.h"
#include "http/limits.h"
#include "http/router.h"

namespace scrip::http {

// Called on threads of the server, several at once. Must not throw.
struct ServerEvents {
  // After each answer. `route` is the pattern, or "" when none matched or the request was refused
  // before it had one; for metrics and the log.
  std::function<void(const Request&, const std::string& route, int status, std::chrono::microseconds)> answered;
  // An exception left a handler (answered 500 already) or a streamed answer (cut).
  std::function<void(const Request&, const std::string& what)> failed;
  // Something is wrong with the machine, not with a request: out of file descriptors.
  std::function<void(const std::string& what)> trouble;
};

// Reads a request's Authorization header or session cookie. An error is answered as it is; nullopt:
// nothing was sent. Called where handlers run. Must not throw.
using Authenticate = std::function<Result<std::optional<Identity>>(const Request&)>;

// All members may be called from any thread, but listen(), start() and stop() by one at a time.
class Server {
 public:
  Server(Router router, Authenticate authenticate, ServerLimits limits, ServerEvents events);
  ~Server();  // stop(), if that was not done
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // Binds and listens: "127.0.0.1:8080", "[::1]:0", "localhost:8080". Returns the port. Connections
  // wait from now on, and are served from start() on.
  Result<int> listen(const std::string& address);

  // Serves on threads of its own; returns at once. Raises the process's limit of open files as far
  // as it may and the number of connections needs it. Precondition: listen().
  Result<void> start();

  // Stops accepting, lets what is in flight finish, closes everything. What takes longer than
  // `grace` loses its connection; its handler is still waited for.
  void stop(std::chrono::milliseconds grace = std::chrono::seconds(30));

  std::size_t connections() const;
  std::size_t in_flight() const;  // requests whose handlers run or wait
  std::size_t queued() const;     // requests that wait for a handler

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace scrip::http
