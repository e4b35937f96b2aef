// Dividing a whole among parts so that the parts sum to it: the method of the largest remainder, in
// whole numbers. Pure; thread-safe.
#pragma once

#include <cstdint>
#include <vector>

namespace scrip {

// Shares of `whole` in proportion to the weights: each its exact share rounded down, and what is then
// left by one to those that lost most by the rounding, of equal ones to the first. None is above its
// weight, and they sum to `whole`. Preconditions: no weight is negative, 0 <= whole <= their sum < 2^63.
std::vector<std::int64_t> apportion(std::int64_t whole, const std::vector<std::int64_t>& weights);

}  // namespace scrip
