// Lets one line of a kind through at a time, for what can happen thousands of times a second.
// Thread-safe.
#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>

namespace scrip::cli {

class LogThrottle {
 public:
  using Time = std::chrono::steady_clock::time_point;
  explicit LogThrottle(std::chrono::milliseconds interval = std::chrono::seconds(10)) : interval_(interval) {}

  // A number when a line may be written now: how many were left out since the last one.
  std::optional<std::uint64_t> pass(Time now = std::chrono::steady_clock::now()) {
    const std::lock_guard lock(mutex_);
    if (last_ && now - *last_ < interval_) {
      ++left_out_;
      return std::nullopt;
    }
    last_ = now;
    const std::uint64_t left_out = left_out_;
    left_out_ = 0;
    return left_out;
  }

 private:
  const std::chrono::milliseconds interval_;
  std::mutex mutex_;  // guards:
  std::optional<Time> last_;
  std::uint64_t left_out_ = 0;
};

}  // namespace scrip::cli
