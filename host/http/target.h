// A request's target (RFC 9112, 3.2), taken apart and percent-decoded. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "coupon/error.h"

namespace scrip::http {

struct Target {
  std::string_view authority;  // of an absolute target, "host:port"; it then counts instead of Host
  std::string_view raw_path;   // as it came, without the query
  std::string path;            // decoded
  std::vector<std::pair<std::string, std::string>> query;  // decoded, in order; '+' is a space
};

// Takes "/path?query", "http://authority/path?query" and "*". invalid_request for a bad escape, a
// control character, a NUL or text that is not UTF-8 once decoded, and for anything else.
// Views are into `target`.
Result<Target> parse_target(std::string_view target);

// nullopt for a '%' that two hexadecimal digits do not follow.
std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space = false);

}  // namespace scrip::http
