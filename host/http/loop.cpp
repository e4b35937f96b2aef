#include "http/loop.h"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <limits>
#include <utility>

namespace scrip::http {
namespace {

constexpr std::size_t scratch_size = 64 * 1024;
constexpr std::chrono::milliseconds linger_while_stopping{250};
constexpr std::size_t kept_fibers = 512;

// Of what all loops have together.
std::size_t share(std::size_t whole, std::size_t loops) {
  return loops > 1 ? (whole + loops - 1) / loops : whole;
}

Error failure(const char* what) {
  return {.code = Code::internal, .message = std::string(what) + ": " + std::strerror(errno)};
}

}  // namespace

Loop::Loop(const ServerLimits& limits, Arrivals& arrivals, std::atomic<std::size_t>& connections)
    : limits_(limits),
      arrivals_(arrivals),
      connections_(connections),
      fibers_(kept_fibers, [this](Urgency urgency) { task_ended(urgency); }),
      admission_(share(limits.in_flight, limits.loops), share(limits.queued, limits.loops)),
      scratch_(scratch_size) {}

Result<void> Loop::open(int listener) {
  listener_ = listener;
  epoll_ = FileDescriptor(::epoll_create1(EPOLL_CLOEXEC));
  if (!epoll_) return failure("cannot make an event loop");
  if (auto opened = fibers_.open(); !opened) return opened;
  epoll_event ready{.events = EPOLLIN, .data = {.ptr = &fibers_}};
  if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fibers_.fd(), &ready) != 0 || !watch_listener()) {
    return failure("cannot watch the listening socket");
  }
  return {};
}

void Loop::run() {
  std::array<epoll_event, 256> events;
  now_ = std::chrono::steady_clock::now();
  while (!finished()) {
    const int count = ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), wait_time());
    now_ = std::chrono::steady_clock::now();
    read_ready();
    for (int i = 0; i < count; ++i) dispatch(events[static_cast<std::size_t>(i)]);
    fibers_.run_ready();
    take_back();
    expire();
    destroy_closed();
  }
}

void Loop::dispatch(const epoll_event& event) {
  if (event.data.ptr == &listener_) {
    accept_some();
    return;
  }
  if (event.data.ptr == &fibers_) return fibers_.poll(false);
  auto& connection = *static_cast<Connection*>(event.data.ptr);
  connection.readable = true;
  if (event.events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) connection.hung_up = true;
  if (waits(connection)) read(connection);
}

bool Loop::waits(const Connection& connection) const {
  return connection.state != State::busy && connection.state != State::closed;
}

void Loop::read(Connection& connection) {
  const ssize_t count = ::recv(connection.fd(), scratch_.data(), scratch_.size(), 0);
  if (count < 0) {
    if (errno == EAGAIN) connection.readable = false;
    if (errno != EAGAIN && errno != EINTR) return close(connection);
  } else if (count == 0) {
    connection.readable = false;
    connection.ended = true;
    if (connection.state == State::lingering) return close(connection);
    advance(connection);
  } else {
    // Less than there was room for is all there was, unless the end is behind it.
    connection.readable = static_cast<std::size_t>(count) == scratch_.size() || connection.hung_up;
    if (connection.state != State::lingering) {
      connection.in.append({scratch_.data(), static_cast<std::size_t>(count)});
      advance(connection);
    }
  }
  read_again(connection);
}

// One recv() a round for everybody: who sends without end does not hold up the others.
void Loop::read_again(Connection& connection) {
  if (!connection.readable || connection.ready || !waits(connection)) return;
  connection.ready = true;
  ready_.push_back(&connection);
}

void Loop::read_ready() {
  for (Connection* const connection : std::exchange(ready_, {})) {
    connection->ready = false;
    if (waits(*connection)) read(*connection);
  }
}

std::chrono::milliseconds Loop::time_for(State state) const {
  switch (state) {
    case State::head:
      return limits_.head_time;
    case State::idle:
      return limits_.idle_time;
    case State::body:
      return limits_.progress_time;
    case State::lingering:
      return stop_at_ ? std::min(limits_.linger_time, linger_while_stopping) : limits_.linger_time;
    case State::busy:
    case State::closed:
      break;
  }
  return std::chrono::milliseconds(0);
}

void Loop::move(Connection& connection, State state) {
  auto& list = in_state(state);
  list.splice(list.end(), in_state(connection.state), connection.self);
  connection.state = state;
  connection.deadline = now_ + time_for(state);
}

int Loop::wait_time() {
  if (!ready_.empty() || !returned_.empty() || !fibers_.may_sleep()) return 0;
  Time next = fibers_.next_deadline();
  for (const State state : {State::head, State::idle, State::body, State::lingering}) {
    const auto& list = lists_[static_cast<std::size_t>(state)];
    if (!list.empty()) next = std::min(next, list.front().deadline);
  }
  if (accept_again_) next = std::min(next, *accept_again_);
  if (stop_at_ && !grace_ended_) next = std::min(next, *stop_at_);
  if (next == Time::max()) return -1;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(next - now_);
  return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, std::numeric_limits<int>::max()));
}

void Loop::expire() {
  const auto each_late = [&](State state, auto&& act) {
    auto& list = in_state(state);
    while (!list.empty() && list.front().deadline <= now_) act(list.front());
  };
  each_late(State::head, [&](Connection& connection) {
    // A browser opens connections for later: there is nothing to answer yet.
    if (connection.in.empty()) return close(connection);
    refuse(connection, http::refuse(408, "the request's head took too long"));
  });
  each_late(State::body, [&](Connection& connection) {
    refuse(connection, http::refuse(408, "the request's body made no progress"));
  });
  each_late(State::idle, [&](Connection& connection) { close(connection); });
  each_late(State::lingering, [&](Connection& connection) { close(connection); });
  if (accept_again_ && *accept_again_ <= now_) {
    accept_again_.reset();
    watch_listener();
  }
  if (stop_at_ && !grace_ended_ && *stop_at_ <= now_) end_grace();
}

void Loop::close(Connection& connection) {
  if (connection.state == State::closed) return;
  connections_.fetch_sub(1, std::memory_order_relaxed);
  move(connection, State::closed);
}

// Not before the round is over: its events may still point at them.
void Loop::destroy_closed() {
  auto& closed = in_state(State::closed);
  if (closed.empty()) return;
  std::erase_if(ready_, [](const Connection* connection) { return connection->state == State::closed; });
  closed.clear();
}

}  // namespace scrip::http
