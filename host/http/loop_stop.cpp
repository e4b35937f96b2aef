// How a loop ends: nothing that was asked for goes unanswered, and nobody waits for an idle client.
#include <sys/socket.h>

#include <algorithm>

#include "http/loop.h"

namespace scrip::http {

void Loop::stop(std::chrono::milliseconds grace) {
  {
    const std::lock_guard lock(mutex_);
    stop_requested_ = grace;
  }
  fibers_.poke();
}

void Loop::begin_stop() {
  while (accept_some()) {  // who has connected already may have sent a request
  }
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, listener_, nullptr);
  // From now on a connection is refused rather than left to wait. Closing the descriptor would
  // pull it away from under the other loops.
  ::shutdown(listener_, SHUT_RDWR);
  accept_again_.reset();
  stop_at_ = now_ + *stop_requested_;

  for (Connection& connection : in_state(State::lingering)) {
    connection.deadline = std::min(connection.deadline, now_ + time_for(State::lingering));
  }
  // A request may have arrived that epoll has not told about yet.
  std::vector<Connection*> waiting;
  for (const State state : {State::head, State::idle}) {
    for (Connection& connection : in_state(state)) waiting.push_back(&connection);
  }
  for (Connection* const connection : waiting) {
    read(*connection);
    const bool incomplete = connection->state == State::head || connection->state == State::idle;
    if (incomplete && !connection->readable) close(*connection);
  }
}

void Loop::end_grace() {
  grace_ended_ = true;
  for (const State state : {State::head, State::idle, State::body, State::lingering}) {
    while (!in_state(state).empty()) close(in_state(state).front());
  }
  for (Connection& connection : in_state(State::busy)) ::shutdown(connection.fd(), SHUT_RDWR);
}

bool Loop::finished() const {
  return stop_at_ && std::all_of(lists_.begin(), lists_.end(), [](const auto& list) { return list.empty(); });
}

}  // namespace scrip::http
