// How a loop comes by its connections.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "http/loop.h"

namespace scrip::http {
namespace {

constexpr int accepts_a_round = 64;  // then the connections that are there already have their turn
constexpr std::chrono::milliseconds accept_pause{50};
// Above the limit a client is told so, but not any number of them at once.
constexpr std::size_t connections_above_limit = 1024;

std::string text_of(const sockaddr_storage& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (address.ss_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, &address, sizeof v4);
    ::inet_ntop(AF_INET, &v4.sin_addr, text.data(), text.size());
  } else {
    sockaddr_in6 v6{};
    std::memcpy(&v6, &address, sizeof v6);
    // An IPv4 client of a socket for both is the same client as on a socket for IPv4.
    const bool mapped = IN6_IS_ADDR_V4MAPPED(&v6.sin6_addr);
    const void* const from = mapped ? v6.sin6_addr.s6_addr + 12 : v6.sin6_addr.s6_addr;
    ::inet_ntop(mapped ? AF_INET : AF_INET6, from, text.data(), text.size());
  }
  return text.data();
}

}  // namespace

bool Loop::watch_listener() {
  // Exclusive: one connection wakes one of the loops that share the socket.
  epoll_event arrival{.events = EPOLLIN | EPOLLEXCLUSIVE, .data = {.ptr = &listener_}};
  return ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, listener_, &arrival) == 0;
}

// False: nobody waits any more.
bool Loop::accept_some() {
  for (int i = 0; i < accepts_a_round; ++i) {
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    FileDescriptor socket(
        ::accept4(listener_, reinterpret_cast<sockaddr*>(&address), &size, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (socket) {
      accept(std::move(socket), text_of(address));
    } else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
      pause_accepting(errno);
      return false;
    } else if (errno != ECONNABORTED && errno != EINTR) {
      return false;
    }
  }
  return true;
}

void Loop::accept(FileDescriptor socket, std::string remote_address) {
  const std::size_t others = connections_.fetch_add(1, std::memory_order_relaxed);
  auto& heads = in_state(State::head);
  Connection& connection = heads.emplace_back();
  connection.loop = this;
  connection.self = std::prev(heads.end());
  connection.deadline = now_ + time_for(State::head);
  connection.socket = std::move(socket);
  connection.remote_address = std::move(remote_address);
  // Edge-triggered and never changed: a round trip to the kernel less for each request.
  epoll_event event{.events = EPOLLIN | EPOLLRDHUP | EPOLLET, .data = {.ptr = &connection}};
  const bool watched = ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, connection.fd(), &event) == 0;
  if (!watched || others >= limits_.connections + connections_above_limit) return close(connection);
  if (others >= limits_.connections) {
    refuse(connection, {503, {.code = Code::overloaded, .message = "too many connections", .retry_after_s = 1}});
  }
}

// The listening socket stays readable: without the pause the loop would spin on it.
void Loop::pause_accepting(int error) {
  arrivals_.trouble(std::string("cannot accept connections: ") + std::strerror(error));
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, listener_, nullptr);
  accept_again_ = now_ + accept_pause;
}

}  // namespace scrip::http
