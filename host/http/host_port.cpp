#include "http/host_port.h"

#include <charconv>

namespace scrip::http {

std::optional<HostPort> parse_host_port(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  std::string_view host = text.substr(0, colon);
  const std::string_view port = text.substr(colon + 1);
  if (host.starts_with('[') && host.ends_with(']')) {
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != std::string_view::npos) {
    return std::nullopt;  // an IPv6 address without its brackets
  }
  unsigned number = 0;
  const char* const end = port.data() + port.size();
  const auto [stopped, problem] = std::from_chars(port.data(), end, number);
  if (host.empty() || problem != std::errc() || stopped != end || number > 65'535) return std::nullopt;
  return HostPort{std::string(host), std::string(port)};
}

}  // namespace scrip::http
