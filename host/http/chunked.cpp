#include "http/chunked.h"

#include <algorithm>
#include <cstring>

#include "http/ascii.h"

namespace scrip::http {

ChunkedDecoder::Step ChunkedDecoder::decode(std::string_view from, char* to, std::size_t room) {
  Step step;
  while (step.consumed < from.size() && !done() && !malformed()) {
    if (state_ == State::data) {
      if (step.produced == room) break;
      const std::size_t available = std::min(from.size() - step.consumed, room - step.produced);
      const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(available, left_));
      std::memcpy(to + step.produced, from.data() + step.consumed, count);
      step.consumed += count;
      step.produced += count;
      left_ -= count;
      if (left_ == 0) state_ = State::data_return;
      continue;
    }
    take(from[step.consumed++]);
    if (++overhead_ > max_overhead) state_ = State::malformed;
  }
  return step;
}

void ChunkedDecoder::take_size(char c) {
  const int digit = hex_value(c);
  if (digit >= 0 && digits_ < 15) {
    left_ = left_ * 16 + static_cast<std::uint64_t>(digit);
    ++digits_;
  } else if (digits_ == 0 || digit >= 0) {
    state_ = State::malformed;
  } else if (c == '\r') {
    state_ = State::size_newline;
  } else {
    state_ = c == ';' || c == ' ' || c == '\t' ? State::extension : State::malformed;
  }
}

void ChunkedDecoder::take(char c) {
  const auto expect = [&](char wanted, State next) { state_ = c == wanted ? next : State::malformed; };
  switch (state_) {
    case State::size:
      return take_size(c);
    case State::extension:
      if (c == '\r') state_ = State::size_newline;
      if (c == '\n') state_ = State::malformed;
      return;
    case State::size_newline:
      expect('\n', left_ > 0 ? State::data : State::trailer_start);
      digits_ = 0;
      return;
    case State::data_return:
      return expect('\r', State::data_newline);
    case State::data_newline:
      expect('\n', State::size);
      overhead_ = 0;
      return;
    case State::trailer_start:
      state_ = c == '\r' ? State::last_newline : State::trailer;
      if (c == '\n') state_ = State::malformed;
      return;
    case State::trailer:
      if (c == '\r') state_ = State::trailer_newline;
      if (c == '\n') state_ = State::malformed;
      return;
    case State::trailer_newline:
      return expect('\n', State::trailer_start);
    case State::last_newline:
      return expect('\n', State::done);
    case State::data:
    case State::done:
    case State::malformed:
      return;
  }
}

}  // namespace scrip::http
