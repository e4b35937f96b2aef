#include "http/socket_waits.h"

#include <sys/epoll.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string>

namespace scrip::http {

Result<void> SocketWaits::open(int wake) {
  epoll_ = FileDescriptor(::epoll_create1(EPOLL_CLOEXEC));
  // Edge-triggered, so that nobody has to read it.
  epoll_event event{.events = EPOLLIN | EPOLLET, .data = {.ptr = nullptr}};
  if (epoll_ && ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, wake, &event) == 0) return {};
  return {Code::internal, std::string("cannot watch sockets: ") + std::strerror(errno)};
}

bool SocketWaits::begin(Wait& wait, Ready ready, Time deadline) {
  const std::uint32_t events = ready == Ready::readable ? EPOLLIN | EPOLLRDHUP : EPOLLOUT;
  epoll_event event{.events = events | EPOLLONESHOT, .data = {.ptr = &wait}};
  // Who has waited once is known, and is likely to wait again.
  const bool watched = ::epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, wait.socket, &event) == 0 ||
                       (errno == ENOENT && ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, wait.socket, &event) == 0);
  if (watched) wait.deadline = deadlines_.emplace(deadline, &wait);
  return watched;
}

void SocketWaits::poll(int time_ms, std::vector<Fiber*>& ready) {
  std::array<epoll_event, 64> events;
  const int count = ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), time_ms);
  for (int i = 0; i < count; ++i) {
    auto* const wait = static_cast<Wait*>(events[static_cast<std::size_t>(i)].data.ptr);
    if (wait == nullptr) continue;
    deadlines_.erase(wait->deadline);
    ready.push_back(wait->fiber);
  }
}

void SocketWaits::expire(Time now, std::vector<Fiber*>& late) {
  while (!deadlines_.empty() && deadlines_.begin()->first <= now) {
    Wait& wait = *deadlines_.begin()->second;
    deadlines_.erase(deadlines_.begin());
    ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, wait.socket, nullptr);
    wait.late = true;
    late.push_back(wait.fiber);
  }
}

}  // namespace scrip::http
