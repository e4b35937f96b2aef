#include "http/target.h"

#include "coupon/text.h"
#include "http/ascii.h"

namespace scrip::http {
namespace {

Error bad(std::string message) {
  return {.code = Code::invalid_request, .message = std::move(message)};
}

// What the rest of the host may be given: readable text without a NUL that would end it early.
bool is_text(std::string_view decoded) {
  return decoded.find('\0') == std::string_view::npos && is_utf8(decoded);
}

// Raw bytes above ASCII are let through: they are no URI, but clients do send UTF-8 so.
bool is_target(std::string_view target) {
  for (const char c : target) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte <= 0x20 || byte == 0x7f || c == '#') return false;
  }
  return true;
}

// Takes "http://authority" off the front.
std::string_view take_authority(std::string_view& target) {
  const std::size_t scheme = target.find("://");
  if (scheme == std::string_view::npos) return {};
  const std::string_view name = target.substr(0, scheme);
  if (!same_name(name, "http") && !same_name(name, "https")) return {};
  const std::string_view rest = target.substr(scheme + 3);
  const std::string_view authority = rest.substr(0, rest.find_first_of("/?"));
  if (authority.empty()) return {};
  target = rest.substr(authority.size());
  return authority;
}

bool parse_query(std::string_view text, std::vector<std::pair<std::string, std::string>>& query) {
  while (!text.empty()) {
    std::string_view value = take_until(text, '&');
    if (value.empty()) continue;
    const std::string_view key = take_until(value, '=');
    auto decoded_key = percent_decode(key, true);
    auto decoded_value = percent_decode(value, true);
    if (!decoded_key || !decoded_value || !is_text(*decoded_key) || !is_text(*decoded_value)) return false;
    query.emplace_back(std::move(*decoded_key), std::move(*decoded_value));
  }
  return true;
}

}  // namespace

std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space) {
  const bool plain =
      text.find('%') == std::string_view::npos && (!plus_is_space || text.find('+') == std::string_view::npos);
  if (plain) return std::string(text);
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%') {
      if (i + 2 >= text.size()) return std::nullopt;
      const int high = hex_value(text[i + 1]);
      const int low = hex_value(text[i + 2]);
      if (high < 0 || low < 0) return std::nullopt;
      decoded += static_cast<char>(high * 16 + low);
      i += 2;
    } else {
      decoded += plus_is_space && text[i] == '+' ? ' ' : text[i];
    }
  }
  return decoded;
}

Result<Target> parse_target(std::string_view text) {
  if (!is_target(text)) return bad("the request target holds characters that must be escaped");
  Target target;
  target.authority = take_authority(text);
  std::string_view query = text;
  target.raw_path = take_until(query, '?');
  if (target.raw_path.empty() && !target.authority.empty()) target.raw_path = "/";
  if (!target.raw_path.starts_with('/') && text != "*") return bad("the request target is not a path");
  auto path = percent_decode(target.raw_path);
  if (!path || !is_text(*path)) return bad("the path has a bad escape or is not UTF-8");
  target.path = std::move(*path);
  if (!parse_query(query, target.query)) return bad("the query has a bad escape or is not UTF-8");
  return target;
}

}  // namespace scrip::http
