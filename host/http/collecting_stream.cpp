#include "http/collecting_stream.h"

#include <algorithm>
#include <cstring>

namespace scrip::http {
namespace {

constexpr std::size_t worth_sending_alone = 64 * 1024;
constexpr std::size_t usual_answer = 1024;

}  // namespace

CollectingStream::CollectingStream(std::string_view head, Exchange& exchange) : head_(head), exchange_(exchange) {
  out_.reserve(usual_answer);
}

ssize_t CollectingStream::read(char* to, std::size_t size) {
  const std::size_t count = std::min(size, head_.size() - read_);
  std::memcpy(to, head_.data() + read_, count);
  read_ += count;
  return static_cast<ssize_t>(count);
}

ssize_t CollectingStream::write(const char* from, std::size_t size) {
  if (size < worth_sending_alone) {
    out_.append(from, size);
  } else {
    open_ = flush() && exchange_.send({from, size});
  }
  return open_ ? static_cast<ssize_t>(size) : -1;
}

bool CollectingStream::flush() {
  if (open_ && !out_.empty()) open_ = exchange_.send(out_);
  out_.clear();
  return open_;
}

}  // namespace scrip::http
