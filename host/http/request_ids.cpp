#include "http/request_ids.h"

#include <array>
#include <charconv>
#include <random>

namespace scrip::http {
namespace {

std::string hex(std::uint64_t number) {
  std::array<char, 16> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), number, 16).ptr;
  return {text.data(), end};
}

}  // namespace

RequestIds::RequestIds() : prefix_(hex(std::random_device{}())) {
  prefix_.insert(0, 8 - prefix_.size(), '0');
  prefix_ += '-';
}

std::string RequestIds::next() {
  return prefix_ + hex(last_.fetch_add(1, std::memory_order_relaxed) + 1);
}

}  // namespace scrip::http
