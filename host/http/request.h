// What a handler is given and what it returns. Nothing here knows which library parsed the bytes
// or whether a thread of its own runs the handler.
#pragma once

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

namespace scrip::http {

enum class Method : std::uint8_t { get, head, post, put, patch, delete_, options, other };

std::string_view name(Method method);

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
  // for 30 s, invalid_request for a body that is cut off or whose chunks are malformed.
  virtual Result<std::size_t> read(char* to, std::size_t size) = 0;
};

struct Request {
  Method method = Method::get;
  std::string path;            // percent-decoded, without the query
  std::string request_id;      // unique in this process; in the log and in X-Request-Id
  std::string remote_address;  // "127.0.0.1"
  std::optional<Identity> identity;
  std::vector<std::pair<std::string, std::string>> captures;  // {id} of the route's pattern
  std::vector<std::pair<std::string, std::string>> query;     // percent-decoded, in order

  // The value of {name}; the route has it.
  const std::string& capture(std::string_view name) const;
  // The first value of ?name=; nullopt when absent.
  std::optional<std::string_view> query_value(std::string_view name) const;
  // A header's first value, by case-insensitive name; nullopt when absent.
  std::optional<std::string_view> header(std::string_view name) const;
  // The value of a cookie.
  std::optional<std::string> cookie(std::string_view name) const;

  // The whole body, read when first asked for. payload_too_large above the route's limit.
  Result<std::string_view> body();
  // For routes with `streams`: the body piece by piece instead.
  BodySource& body_source() { return *source_; }

  // Set by the server.
  std::function<std::optional<std::string_view>(std::string_view)> header_of_;
  BodySource* source_ = nullptr;
  std::size_t body_limit_ = 0;
  std::optional<std::string> body_;
};

// Where a streamed answer goes; write() blocks the handler while the reader is slow.
class Sink {
 public:
  virtual ~Sink() = default;
  // False when the client is gone; stop then.
  virtual bool write(std::string_view bytes) = 0;
};

struct Response {
  int status = 200;
  std::string content_type = "application/json";
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;
  // When set, the body is what it writes (chunked), and `body` is ignored.
  std::function<void(Sink&)> stream;
  // Close the connection after this answer (an early refusal with the body unread does so anyway).
  bool close = false;

  static Response json(int status, std::string body);
  // application/problem+json of RFC 9457, with the status, title and code of the error.
  static Response problem(const Error& error);

  Response& with(std::string name, std::string value) &;
  Response&& with(std::string name, std::string value) &&;
};

}  // namespace scrip::http
