#include "http/head.h"

#include <array>
#include <charconv>
#include <cstring>
#include <utility>

#include "http/ascii.h"

namespace scrip::http {
namespace {

using Refused = std::optional<Refusal>;

constexpr std::size_t usual_fields = 12;

constexpr std::array<bool, 256> token_characters = [] {
  std::array<bool, 256> allowed{};
  for (const char c : std::string_view("!#$%&'*+-.^_`|~")) allowed[static_cast<unsigned char>(c)] = true;
  for (int c = '0'; c <= '9'; ++c) allowed[static_cast<std::size_t>(c)] = true;
  for (int c = 'a'; c <= 'z'; ++c) allowed[static_cast<std::size_t>(c)] = true;
  for (int c = 'A'; c <= 'Z'; ++c) allowed[static_cast<std::size_t>(c)] = true;
  return allowed;
}();

// RFC 9110, 5.6.2.
bool is_token(std::string_view text) {
  for (const char c : text) {
    if (!token_characters[static_cast<unsigned char>(c)]) return false;
  }
  return !text.empty();
}

// Whether one of eight bytes may be a control character (https://graphics.stanford.edu/~seander/bithacks.html,
// "hasless" and "haszero").
bool may_have_control(const char* eight) {
  constexpr std::uint64_t ones = 0x0101010101010101;
  constexpr std::uint64_t tops = ones << 7;
  std::uint64_t bytes = 0;
  std::memcpy(&bytes, eight, sizeof bytes);
  const std::uint64_t deleted = bytes ^ ones * 0x7f;
  return (((bytes - ones * 0x20) & ~bytes) | ((deleted - ones) & ~deleted)) & tops;
}

bool is_field_value(std::string_view text) {
  while (text.size() >= 8 && !may_have_control(text.data())) text.remove_prefix(8);
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte < 0x20 && c != '\t') || byte == 0x7f) return false;
  }
  return true;
}

// Fields of which only one may come: a second one would leave it open which of them counts.
constexpr std::array<std::string_view, 12> single_fields{"Host",
                                                         "Content-Length",
                                                         "Transfer-Encoding",
                                                         "Content-Type",
                                                         "Authorization",
                                                         "Expect",
                                                         "Origin",
                                                         "Sec-Fetch-Site",
                                                         "Idempotency-Key",
                                                         "Content-Encoding",
                                                         "Connect-Protocol-Version",
                                                         "Connect-Timeout-Ms"};

Refused parse_request_line(std::string_view line, Head& head) {
  const std::string_view method = take_until(line, ' ');
  head.target = take_until(line, ' ');
  const std::string_view version = line;
  if (!is_token(method) || head.target.empty()) return refuse(400, "the request line is malformed");
  if (version.size() != 8 || !version.starts_with("HTTP/") || version[6] != '.') {
    return refuse(400, "the request line is malformed");
  }
  if (version != "HTTP/1.1" && version != "HTTP/1.0") {
    return refuse(505, "HTTP/1.1 and HTTP/1.0 are spoken here");
  }
  head.http_1_0 = version == "HTTP/1.0";
  head.method = parse_method(method);
  return std::nullopt;
}

Refused parse_field(std::string_view line, Head& head) {
  if (line.front() == ' ' || line.front() == '\t') return refuse(400, "a header is folded");
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos || !is_token(line.substr(0, colon))) {
    return refuse(400, "a header is malformed");
  }
  const Field field{line.substr(0, colon), trim(line.substr(colon + 1))};
  if (!is_field_value(field.value)) return refuse(400, "a header holds control characters");
  for (const std::string_view single : single_fields) {
    if (same_name(single, field.name) && head.find(single)) {
      return refuse(400, "the header " + std::string(single) + " is repeated");
    }
  }
  if (head.fields.size() == max_fields) return refuse(431, "the request has too many headers");
  head.fields.push_back(field);
  return std::nullopt;
}

Refused parse_framing(Head& head) {
  const auto length = head.find("Content-Length");
  const auto encoding = head.find("Transfer-Encoding");
  if (length && encoding) return refuse(400, "a body has either Content-Length or Transfer-Encoding");
  if (encoding) {
    if (head.http_1_0 || !same_name(*encoding, "chunked")) {
      return refuse(400, "the only Transfer-Encoding taken is chunked, with HTTP/1.1");
    }
    head.framing = Framing::chunked;
  }
  if (length) {
    const char* const end = length->data() + length->size();
    const auto [stopped, problem] = std::from_chars(length->data(), end, head.content_length);
    // 18 digits fit every place that counts bytes with a sign.
    if (length->empty() || length->size() > 18 || problem != std::errc() || stopped != end) {
      return refuse(400, "Content-Length is not a number");
    }
    if (head.content_length > 0) head.framing = Framing::length;
  }
  return std::nullopt;
}

void parse_connection(Head& head) {
  head.keep_alive = !head.http_1_0;
  for (const Field& field : head.fields) {
    if (!same_name(field.name, "Connection")) continue;
    for (std::string_view options = field.value; !options.empty();) {
      const std::string_view option = trim(take_until(options, ','));
      if (same_name(option, "close")) {
        head.keep_alive = false;
        return;
      }
      if (same_name(option, "keep-alive")) head.keep_alive = true;
    }
  }
}

Refused parse_expect(Head& head) {
  const auto expect = head.find("Expect");
  if (!expect || head.http_1_0) return std::nullopt;
  if (!same_name(*expect, "100-continue")) return refuse(417, "the only Expect taken is 100-continue");
  head.expects_continue = head.framing != Framing::none;
  return std::nullopt;
}

std::string_view take_line(std::string_view& text) {
  std::string_view line = take_until(text, '\n');
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  return line;
}

}  // namespace

std::optional<std::string_view> Head::find(std::string_view name) const {
  for (const Field& field : fields) {
    if (same_name(field.name, name)) return field.value;
  }
  return std::nullopt;
}

Refusal refuse(int status, std::string message) {
  return {status,
          {.code = status == 408 ? Code::request_timeout : Code::invalid_request, .message = std::move(message)}};
}

std::variant<Head, Refusal> parse_head(std::string_view text) {
  Head head;
  head.fields.reserve(usual_fields);
  const std::string_view request_line = take_line(text);
  if (request_line.size() + 2 > max_request_line) return refuse(414, "the request line is too long");
  if (auto refused = parse_request_line(request_line, head)) return std::move(*refused);
  for (std::string_view line = take_line(text); !line.empty(); line = take_line(text)) {
    if (auto refused = parse_field(line, head)) return std::move(*refused);
  }
  if (!head.http_1_0 && !head.find("Host")) return refuse(400, "the header Host is missing");
  if (auto refused = parse_framing(head)) return std::move(*refused);
  parse_connection(head);
  if (auto refused = parse_expect(head)) return std::move(*refused);
  return head;
}

}  // namespace scrip::http
