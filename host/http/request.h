// What a handler is given and what it returns. Nothing here knows which library parsed the bytes
// or whether a thread of its own runs the handler. One request is touched by one thread at a time.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "coupon/error.h"
#include "coupon/user.h"
#include "http/method.h"

namespace scrip::http {

struct Head;

// Who the token (or session cookie) says is calling. Verified.
struct Identity {
  std::string subject;
  Role role = Role::user;
};

// Reads a request's body from the socket, piece by piece. Decodes chunked bodies.
class BodySource {
 public:
  virtual ~BodySource() = default;
  // Up to `size` bytes; 0 at the end of the body. Errors: request_timeout when no progress was made
  // for 30 s, invalid_request for a body that is cut off or whose chunks are malformed. After an
  // error every further read fails in the same way.
  virtual Result<std::size_t> read(char* to, std::size_t size) = 0;
};

struct Request {
  Method method = Method::get;
  std::string path;                             // percent-decoded, without the query; UTF-8
  std::string authority;                        // "host:port" as the client names this server; may be empty
  std::string request_id;                       // unique in this process; in the log and in X-Request-Id
  std::string remote_address;                   // "127.0.0.1"
  std::chrono::steady_clock::time_point began;  // when its head had been read
  std::optional<Identity> identity;
  std::vector<std::pair<std::string, std::string>> captures;  // {id} of the route's pattern; UTF-8
  std::vector<std::pair<std::string, std::string>> query;     // percent-decoded, in order; UTF-8

  // The value of {name}; the route has it.
  const std::string& capture(std::string_view name) const;
  // The first value of ?name=; nullopt when absent.
  std::optional<std::string_view> query_value(std::string_view name) const;
  // A header's first value, by case-insensitive name, exactly as it came but for the spaces around
  // it; nullopt when absent. The headers that a request is understood by (Authorization,
  // Content-Type, Idempotency-Key, ...) come once: a repeated one was refused.
  std::optional<std::string_view> header(std::string_view name) const;
  // The value of a cookie.
  std::optional<std::string> cookie(std::string_view name) const;

  // The whole body, read when first asked for. payload_too_large above the route's limit.
  Result<std::string_view> body();
  std::size_t body_limit() const { return body_limit_; }
  // For routes with `streams`: the body piece by piece instead. Precondition: body() was not called.
  BodySource& body_source() { return *source_; }

  // Set by the server.
  const Head* head_ = nullptr;
  BodySource* source_ = nullptr;
  std::size_t body_limit_ = 0;
  std::optional<Result<std::string>> body_;
};

// Where a streamed answer goes.
class Sink {
 public:
  virtual ~Sink() = default;
  // Takes bytes, gathers them to pieces worth sending, and blocks the handler while the reader is
  // slow. False when the client is gone; stop then.
  virtual bool write(std::string_view bytes) = 0;
  // Sends what was gathered now, for an answer whose parts are far apart in time.
  virtual bool flush() = 0;
};

struct Response {
  int status = 200;
  std::string content_type = "application/json";  // ignored when there is no body
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;
  // When set, the body is what it writes (chunked), and `body` is ignored. Not called for HEAD. An
  // exception in it cuts the connection, so that nobody takes the answer for complete.
  std::function<void(Sink&)> stream;
  // Close the connection after this answer (an early refusal with the body unread does so anyway).
  bool close = false;

  static Response json(int status, std::string body);
  // application/problem+json of RFC 9457, with the status, title and code of the error: members
  // type, title, status, detail, code; "errors" for fields; "context" and "trace" where a rule gave
  // them. With Retry-After when the error has it, and WWW-Authenticate for unauthenticated.
  static Response problem(const Error& error);
  // The same under a status that no code stands for (414, 431, 505, ...).
  static Response problem(const Error& error, int status);

  Response& with(std::string name, std::string value) &;
  Response&& with(std::string name, std::string value) &&;
};

}  // namespace scrip::http
