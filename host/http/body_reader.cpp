#include "http/body_reader.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

namespace scrip::http {
namespace {

Error malformed(std::string message) {
  return {.code = Code::invalid_request, .message = std::move(message)};
}

}  // namespace

BodyReader::BodyReader(const Head& head, Connection& connection, Wire& wire)
    : head_(head), connection_(connection), wire_(wire), left_(head.content_length) {}

bool BodyReader::at_end() const {
  if (error_) return false;
  switch (head_.framing) {
    case Framing::length:
      return left_ == 0;
    case Framing::chunked:
      return decoder_.done();
    case Framing::none:
      break;
  }
  return true;
}

Result<std::size_t> BodyReader::read(char* to, std::size_t size) {
  if (error_) return *error_;
  if (at_end() || size == 0) return std::size_t{0};
  invite();
  return head_.framing == Framing::length ? read_length(to, size) : read_chunked(to, size);
}

// Not when the body comes already: it was not waiting then.
void BodyReader::invite() {
  if (std::exchange(invited_, true)) return;
  if (head_.expects_continue && connection_.in.empty()) wire_.send("HTTP/1.1 100 Continue\r\n\r\n");
}

Error BodyReader::fail(Error error) {
  error_ = std::move(error);
  return *error_;
}

Result<std::size_t> BodyReader::read_length(char* to, std::size_t size) {
  auto room = static_cast<std::size_t>(std::min<std::uint64_t>(size, left_));
  if (connection_.in.empty()) {
    auto count = wire_.receive(to, room);  // straight to where it is wanted
    if (!count) return fail(std::move(count.error()));
    if (*count == 0) return fail(malformed("the body ends before its Content-Length"));
    room = *count;
  } else {
    const std::string_view arrived = connection_.in.view();
    room = std::min(room, arrived.size());
    std::memcpy(to, arrived.data(), room);
    connection_.in.consume(room);
  }
  left_ -= room;
  return room;
}

Result<std::size_t> BodyReader::read_chunked(char* to, std::size_t size) {
  for (;;) {
    const auto step = decoder_.decode(connection_.in.view(), to, size);
    connection_.in.consume(step.consumed);
    if (decoder_.malformed()) return fail(malformed("the body's chunks are malformed"));
    if (step.produced > 0 || decoder_.done()) return step.produced;
    auto count = wire_.fill();
    if (!count) return fail(std::move(count.error()));
    if (*count == 0) return fail(malformed("the body ends before its last chunk"));
  }
}

bool BodyReader::finish() {
  if (error_) return false;
  if (head_.framing == Framing::length) {
    const auto arrived = static_cast<std::size_t>(std::min<std::uint64_t>(connection_.in.size(), left_));
    connection_.in.consume(arrived);
    left_ -= arrived;
  }
  if (head_.framing == Framing::chunked) {
    std::array<char, 4096> dropped;
    while (!decoder_.done() && !decoder_.malformed() && !connection_.in.empty()) {
      connection_.in.consume(decoder_.decode(connection_.in.view(), dropped.data(), dropped.size()).consumed);
    }
  }
  return at_end();
}

}  // namespace scrip::http
