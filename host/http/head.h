// The head of an HTTP/1.1 request (RFC 9112), read strictly: what two readers could understand
// differently is refused, since a proxy in front may be the other reader (request smuggling).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>
#include <vector>

#include "coupon/error.h"
#include "http/method.h"

namespace scrip::http {

inline constexpr std::size_t max_request_line = 8192;  // bytes, with its CRLF; above it: 414
inline constexpr std::size_t max_fields = 128;         // header lines; above it: 431

struct Field {
  std::string_view name;
  std::string_view value;  // without the spaces around it
};

enum class Framing : std::uint8_t { none, length, chunked };

// All views are into the text that was parsed.
struct Head {
  Method method = Method::other;
  std::string_view target;  // as it came, in any of its four forms
  bool http_1_0 = false;
  std::vector<Field> fields;
  Framing framing = Framing::none;
  std::uint64_t content_length = 0;  // with Framing::length
  bool keep_alive = false;           // what the client asks for, or its version's default
  bool expects_continue = false;     // it waits for 100 before it sends the body

  // The first field of that name; nullopt when there is none.
  std::optional<std::string_view> find(std::string_view name) const;
};

// Why a connection's bytes are not a request that can be served: the answer's status (400, 408,
// 414, 417, 431, 505) and what it says. The connection is closed after it.
struct Refusal {
  int status = 400;
  Error error;
};

Refusal refuse(int status, std::string message);

// `text` is what HeadScanner found: complete, with the empty line.
std::variant<Head, Refusal> parse_head(std::string_view text);

}  // namespace scrip::http
