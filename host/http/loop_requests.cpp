// What a loop makes of the bytes it has read: requests for Arrivals, in the order in which they
// came, or refusals of its own.
#include <sys/socket.h>

#include <string>

#include "http/loop.h"

namespace scrip::http {

// Goes on with what has arrived until more is needed or an exchange has taken over.
void Loop::advance(Connection& connection) {
  for (;;) {
    if (!connection.incoming && !take_head(connection)) return;
    if (connection.in.size() < connection.incoming->gather && !connection.ended) {
      return move(connection, State::body);
    }
    if (!answer(connection)) return;
  }
}

// True: connection.incoming is there.
bool Loop::take_head(Connection& connection) {
  for (;;) {
    const auto found = connection.scanner.scan(connection.in.view());
    const std::size_t size = connection.scanner.size();
    if (found == HeadScanner::Found::bare_newline) {
      refuse(connection, http::refuse(400, "lines end with CRLF"));
      return false;
    }
    const bool incomplete = found == HeadScanner::Found::incomplete;
    if ((incomplete ? connection.in.size() : size) > limits_.head) {
      refuse(connection, http::refuse(431, "the request's head is too large"));
      return false;
    }
    if (incomplete) {
      await_head(connection);
      return false;
    }
    std::string head(connection.in.view().substr(0, size));
    connection.in.consume(size);
    connection.scanner.reset();
    if (size == 2) continue;  // an empty line before a request is let pass (RFC 9112, 2.2)
    if (const auto refusal = arrivals_.take_head(connection, std::move(head))) {
      refuse(connection, *refusal);
      return false;
    }
    return true;
  }
}

void Loop::await_head(Connection& connection) {
  if (connection.scanner.in_first_line() && connection.in.size() > max_request_line) {
    return refuse(connection, http::refuse(414, "the request line is too long"));
  }
  if (connection.ended) return close(connection);
  if (stop_at_) return connection.answered > 0 ? linger(connection) : close(connection);
  const bool idle = connection.in.empty() && connection.answered > 0;
  if (idle) connection.in.release();
  const State state = idle ? State::idle : State::head;
  if (connection.state != state) move(connection, state);
}

// True: it was answered here and now, and the connection goes on.
bool Loop::answer(Connection& connection) {
  move(connection, State::busy);
  return !arrivals_.answer(*this, connection) && answer_overloaded(connection);
}

// A client that would have to connect again is one more burden: if the whole request has arrived,
// the connection is kept.
bool Loop::answer_overloaded(Connection& connection) {
  const Head& head = connection.incoming->head;
  const bool keep = head.keep_alive && head.framing != Framing::chunked && !head.expects_continue &&
                    connection.in.size() >= head.content_length && !stop_at_;
  const Refusal why{503, {.code = Code::overloaded, .message = "the server is overloaded", .retry_after_s = 1}};
  if (!keep) {
    refuse(connection, why);
    return false;
  }
  if (!send(connection, arrivals_.refusal(connection, why, true))) {
    close(connection);
    return false;
  }
  connection.in.consume(static_cast<std::size_t>(head.content_length));
  connection.incoming.reset();
  ++connection.answered;
  return true;
}

void Loop::refuse(Connection& connection, const Refusal& why) {
  if (send(connection, arrivals_.refusal(connection, why, false))) {
    linger(connection);
  } else {
    close(connection);
  }
}

// Without waiting: who leaves so much unread that a small answer has no room is not waited for.
bool Loop::send(Connection& connection, const std::string& bytes) {
  return ::send(connection.fd(), bytes.data(), bytes.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(bytes.size());
}

// Closing a socket with unread bytes resets the connection, and the client may lose the answer. So
// only our side is closed, and what still comes is read and dropped for a while.
void Loop::linger(Connection& connection) {
  connection.incoming.reset();
  connection.in.clear();
  connection.in.release();
  if (connection.ended) return close(connection);
  ::shutdown(connection.fd(), SHUT_WR);
  move(connection, State::lingering);
  connection.readable = true;
  read_again(connection);
}

}  // namespace scrip::http
