// The chunked transfer coding (RFC 9112, 7.1), decoded strictly as its bytes arrive: CRLF and
// nothing else ends a line, sizes have at most 15 digits. Extensions and trailers are read and
// dropped.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace scrip::http {

class ChunkedDecoder {
 public:
  // What surrounds one chunk's data, and all trailers together, may take this many bytes.
  static constexpr std::size_t max_overhead = 8 * 1024;

  struct Step {
    std::size_t consumed = 0;  // of the bytes given
    std::size_t produced = 0;  // written to `to`
  };

  // Decodes until the input or the room is used up, the body ends, or it turns out malformed.
  Step decode(std::string_view from, char* to, std::size_t room);

  bool done() const { return state_ == State::done; }
  bool malformed() const { return state_ == State::malformed; }

 private:
  enum class State : std::uint8_t {
    size,
    extension,
    size_newline,
    data,
    data_return,
    data_newline,
    trailer_start,
    trailer,
    trailer_newline,
    last_newline,
    done,
    malformed,
  };

  void take(char c);
  void take_size(char c);

  State state_ = State::size;
  int digits_ = 0;
  std::uint64_t left_ = 0;  // of the current chunk's data
  std::size_t overhead_ = 0;
};

}  // namespace scrip::http
