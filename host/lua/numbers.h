// Integers at the border: Lua has doubles, the host has 64 bits, and only what is exact in both
// may cross.
#pragma once

#include <cmath>
#include <cstdint>
#include <optional>

#include "policy/facts.h"

namespace scrip {

// The integer that a Lua number is; nullopt for a fraction, an infinity, NaN and beyond +-2^53.
inline std::optional<std::int64_t> exact_integer(double number) {
  if (!(std::abs(number) <= static_cast<double>(max_exact)) || std::trunc(number) != number) return std::nullopt;
  return static_cast<std::int64_t>(number);
}

inline bool is_exact(std::int64_t integer) {
  return integer >= -max_exact && integer <= max_exact;
}

}  // namespace scrip
