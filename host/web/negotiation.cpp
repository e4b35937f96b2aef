#include "web/negotiation.h"

#include "http/ascii.h"

namespace scrip::web {
namespace {

using http::same_name;
using http::take_until;
using http::trim;

// ";q=0", ";q=0.000": not wanted.
bool is_unwanted(std::string_view parameters) {
  while (!parameters.empty()) {
    std::string_view value = trim(take_until(parameters, ';'));
    const std::string_view name = trim(take_until(value, '='));
    if (same_name(name, "q")) return trim(value).find_first_not_of("0.") == std::string_view::npos;
  }
  return false;
}

}  // namespace

bool accepts_gzip(std::string_view header) {
  bool any = false;
  while (!header.empty()) {
    std::string_view rest = take_until(header, ',');
    const std::string_view coding = trim(take_until(rest, ';'));
    // What is said of gzip itself counts, not what is said of all.
    if (same_name(coding, "gzip") || same_name(coding, "x-gzip")) return !is_unwanted(rest);
    if (coding == "*") any = !is_unwanted(rest);
  }
  return any;
}

bool names_tag(std::string_view header, std::string_view tag) {
  while (!header.empty()) {
    std::string_view one = trim(take_until(header, ','));
    if (one == "*") return true;
    if (one.starts_with("W/")) one.remove_prefix(2);
    if (one == tag) return true;
  }
  return false;
}

}  // namespace scrip::web
