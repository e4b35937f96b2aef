// Bytes that have arrived and wait to be consumed from the front. Not thread-safe.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace scrip::http {

class ByteQueue {
 public:
  std::string_view view() const { return std::string_view(bytes_).substr(begin_); }
  std::size_t size() const { return bytes_.size() - begin_; }
  bool empty() const { return size() == 0; }

  // Views are invalid afterwards.
  void append(std::string_view bytes) {
    if (begin_ > 0 && begin_ >= size()) {  // moving is cheaper than what was consumed meanwhile
      bytes_.erase(0, begin_);
      begin_ = 0;
    }
    bytes_.append(bytes);
  }

  // Precondition: count <= size(). Views of what is left stay valid.
  void consume(std::size_t count) { begin_ += count; }

  void clear() {
    bytes_.clear();
    begin_ = 0;
  }

  // Gives the memory back when nothing is left: an idle connection costs no buffer.
  void release() {
    if (!empty()) return;
    if (bytes_.capacity() > small) bytes_ = std::string();
    clear();
  }

 private:
  static constexpr std::size_t small = 1024;
  std::string bytes_;
  std::size_t begin_ = 0;
};

}  // namespace scrip::http
