// "host:port", as addresses and URLs have it. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace scrip::http {

struct HostPort {
  std::string host;  // without the brackets of an IPv6 address
  std::string port;  // decimal, 0 to 65535
};

// "127.0.0.1:8080", "[::1]:8080", "localhost:8080"; nullopt for anything else.
std::optional<HostPort> parse_host_port(std::string_view text);

}  // namespace scrip::http
