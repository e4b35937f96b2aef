// What is dropped because it is old goes a little with each commit, so that no claim waits for much of it.
#pragma once

#include <cstdint>

namespace scrip {

// The most rows of a table, counters' names or minutes that one commit drops.
inline constexpr std::int64_t forgotten_at_once = 1'000;

}  // namespace scrip
