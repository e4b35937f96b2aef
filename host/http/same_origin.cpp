#include "http/same_origin.h"

#include "http/ascii.h"

namespace scrip::http {
namespace {

// "shop.example:8080" of "https://shop.example:8080". The scheme is not compared: a proxy in front
// may have taken the TLS off.
std::string_view authority_of(std::string_view origin) {
  const std::size_t scheme = origin.find("://");
  return scheme == std::string_view::npos ? std::string_view() : origin.substr(scheme + 3);
}

}  // namespace

bool is_same_origin(const Request& request) {
  if (const auto site = request.header("Sec-Fetch-Site")) return *site == "same-origin" || *site == "none";
  if (const auto origin = request.header("Origin")) {
    const std::string_view authority = authority_of(*origin);
    return !authority.empty() && same_name(authority, request.authority);
  }
  return true;
}

}  // namespace scrip::http
