// Times and sizes as people write them: "10ms", "24h", "8MiB". Pure.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace scrip::cli {

// A whole number and its unit, "us", "ms", "s", "m", "h" or "d": "500us", "24h". "0" needs none.
std::optional<std::chrono::microseconds> parse_duration(std::string_view text);
std::string format_duration(std::chrono::microseconds duration);  // in the largest unit that is exact

// A whole number of bytes, or of a unit: "4096", "64KiB", "8MiB", "1GiB" ("8M" is the same).
std::optional<std::size_t> parse_size(std::string_view text);
std::string format_size(std::size_t bytes);

}  // namespace scrip::cli
