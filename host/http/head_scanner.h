// Finds where a request's head ends while its bytes arrive, and never looks at a byte twice.
#pragma once

#include <cstddef>
#include <string_view>

namespace scrip::http {

class HeadScanner {
 public:
  enum class Found {
    incomplete,
    complete,      // size() bytes, the empty line included; 2: an empty line came instead of a head
    bare_newline,  // a line that LF alone ends: not HTTP, and a way to smuggle requests
  };

  // `bytes` is everything since the head's first byte; it has only grown since the last call.
  Found scan(std::string_view bytes) {
    for (;;) {
      const std::size_t newline = bytes.find('\n', scanned_);
      if (newline == std::string_view::npos) {
        scanned_ = bytes.size();
        return Found::incomplete;
      }
      if (newline == line_ || bytes[newline - 1] != '\r') return Found::bare_newline;
      const bool empty_line = newline == line_ + 1;
      scanned_ = line_ = newline + 1;
      if (empty_line) return Found::complete;
    }
  }

  std::size_t size() const { return line_; }
  // Whether the first line, the request's, is not complete yet.
  bool in_first_line() const { return line_ == 0; }
  void reset() { scanned_ = line_ = 0; }

 private:
  std::size_t scanned_ = 0;
  std::size_t line_ = 0;  // where the current line starts
};

}  // namespace scrip::http
