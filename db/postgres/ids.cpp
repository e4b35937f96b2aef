#include "db/postgres/ids.h"

#include <algorithm>
#include <chrono>

namespace scrip::postgres {
namespace {

constexpr Micros epoch = 1'735'689'600 * second;  // 2025-01-01T00:00:00Z
constexpr std::int64_t in_a_millisecond = 64;
constexpr int below_millisecond = 13;  // bits

}  // namespace

std::int64_t id_after(std::int64_t last, int node, Micros now) {
  const std::int64_t millisecond = std::max(std::max<Micros>(now - epoch, 0) / 1'000, last >> below_millisecond);
  const std::int64_t first = millisecond << below_millisecond | static_cast<std::int64_t>(node) << 6;
  if (first > last) return first;
  const bool own = (last >> 6) == (first >> 6) && last % in_a_millisecond < in_a_millisecond - 1;
  return own ? last + 1 : first + (std::int64_t{1} << below_millisecond);
}

std::int64_t first_id_at(Micros instant) {
  return std::max<Micros>(instant - epoch, 0) / 1'000 << below_millisecond;
}

Micros machine_time() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::microseconds>(since).count();
}

}  // namespace scrip::postgres
