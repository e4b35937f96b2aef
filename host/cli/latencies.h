// How long many things took, in a fixed space: counts in steps of at most 1.6 %. One thread.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace scrip::cli {

class Latencies {
 public:
  void add(std::chrono::microseconds time);
  void add(const Latencies& others);

  std::int64_t count() const { return count_; }
  double mean_ms() const;
  // What `share` of them (0.99) took at most, at most as long as the longest; 0 when there are none.
  double quantile_ms(double share) const;
  double max_ms() const { return static_cast<double>(max_us_) / 1'000; }

 private:
  static constexpr std::size_t steps = 64;  // between a power of two and the next
  static std::size_t index_of(std::uint64_t us);
  static std::uint64_t longest_of(std::size_t index);

  std::array<std::int64_t, 40 * steps> counts_{};
  std::int64_t count_ = 0;
  std::uint64_t sum_us_ = 0;
  std::uint64_t max_us_ = 0;
};

}  // namespace scrip::cli
