#include "cli/latencies.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace scrip::cli {

// Times below 2 * steps have a place each; the others share one with those that have the same
// leading bits.
std::size_t Latencies::index_of(std::uint64_t us) {
  if (us < 2 * steps) return us;
  const auto shift = static_cast<std::size_t>(std::bit_width(us)) - static_cast<std::size_t>(std::bit_width(steps));
  return std::min(shift * steps + (us >> shift), std::tuple_size_v<decltype(counts_)> - 1);
}

std::uint64_t Latencies::longest_of(std::size_t index) {
  if (index < 2 * steps) return index;
  const std::size_t shift = index / steps - 1;
  return ((index - shift * steps + 1) << shift) - 1;
}

void Latencies::add(std::chrono::microseconds time) {
  const auto us = static_cast<std::uint64_t>(std::max<std::int64_t>(time.count(), 0));
  ++counts_[index_of(us)];
  ++count_;
  sum_us_ += us;
  max_us_ = std::max(max_us_, us);
}

void Latencies::add(const Latencies& others) {
  for (std::size_t i = 0; i < counts_.size(); ++i) counts_[i] += others.counts_[i];
  count_ += others.count_;
  sum_us_ += others.sum_us_;
  max_us_ = std::max(max_us_, others.max_us_);
}

double Latencies::mean_ms() const {
  return count_ == 0 ? 0 : static_cast<double>(sum_us_) / static_cast<double>(count_) / 1'000;
}

double Latencies::quantile_ms(double share) const {
  const auto wanted = std::max<std::int64_t>(1, std::llround(std::ceil(share * static_cast<double>(count_))));
  std::int64_t passed = 0;
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    passed += counts_[i];
    if (passed >= wanted) return static_cast<double>(std::min(longest_of(i), max_us_)) / 1'000;
  }
  return max_ms();
}

}  // namespace scrip::cli
