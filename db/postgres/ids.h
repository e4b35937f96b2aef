// The ids of decisions, events and the like: numbers below 2^53 that grow with time and that no two nodes give, without
// asking the database for them. Milliseconds since 2025-01-01 (40 bits, which last until 2059), the node (7), and
// a number within the millisecond (6).
#pragma once

#include <cstdint>

#include "coupon/time.h"

namespace scrip::postgres {

inline constexpr int max_nodes = 128;

// The id after `last` at an instant of real time: greater than `last`, also when the clock was set back.
std::int64_t id_after(std::int64_t last, int node, Micros now);

// The lowest id that is given at an instant of real time (to the millisecond below) or later.
std::int64_t first_id_at(Micros instant);

// Real time by this machine's clock.
Micros machine_time();

}  // namespace scrip::postgres
