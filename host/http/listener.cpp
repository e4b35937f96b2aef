#include "http/listener.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <memory>

#include "http/host_port.h"

namespace scrip::http {
namespace {

// The kernel takes no more of it than net.core.somaxconn, which is 4096 unless somebody set it.
constexpr int backlog = 4096;

struct FreeAddresses {
  void operator()(addrinfo* addresses) const { ::freeaddrinfo(addresses); }
};

bool set(int socket, int level, int option) {
  const int on = 1;
  return ::setsockopt(socket, level, option, &on, sizeof on) == 0;
}

int port_of(int socket) {
  sockaddr_storage bound{};
  socklen_t size = sizeof bound;
  ::getsockname(socket, reinterpret_cast<sockaddr*>(&bound), &size);
  std::array<char, NI_MAXSERV> port{};
  ::getnameinfo(reinterpret_cast<sockaddr*>(&bound), size, nullptr, 0, port.data(), port.size(), NI_NUMERICSERV);
  int number = 0;
  std::from_chars(port.data(), port.data() + std::strlen(port.data()), number);
  return number;
}

}  // namespace

Result<Listener> listen_on(const std::string& address) {
  const auto parts = parse_host_port(address);
  if (!parts) return {Code::invalid_request, "'" + address + "' is no address such as 127.0.0.1:8080 or [::1]:8080"};

  addrinfo wanted{};
  wanted.ai_socktype = SOCK_STREAM;
  wanted.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const int problem = ::getaddrinfo(parts->host.c_str(), parts->port.c_str(), &wanted, &found);
  if (problem != 0) return {Code::invalid_request, "'" + address + "': " + ::gai_strerror(problem)};
  const std::unique_ptr<addrinfo, FreeAddresses> addresses(found);

  Listener listener;
  listener.socket =
      FileDescriptor(::socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, found->ai_protocol));
  const int socket = listener.socket.get();
  const bool listens = listener.socket && set(socket, SOL_SOCKET, SO_REUSEADDR) &&
                       // Inherited by what is accepted: an answer is one write, and shall not wait.
                       set(socket, IPPROTO_TCP, TCP_NODELAY) &&
                       ::bind(socket, found->ai_addr, found->ai_addrlen) == 0 && ::listen(socket, backlog) == 0;
  if (!listens) return {Code::internal, "cannot listen on " + address + ": " + std::strerror(errno)};
  listener.port = port_of(socket);
  return listener;
}

}  // namespace scrip::http
