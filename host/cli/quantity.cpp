#include "cli/quantity.h"

#include <array>
#include <charconv>
#include <cstdint>
#include <limits>
#include <utility>

namespace scrip::cli {
namespace {

using Unit = std::pair<std::string_view, std::int64_t>;

// From the largest to the smallest.
constexpr std::array<Unit, 6> times{
    {{"d", 86'400'000'000}, {"h", 3'600'000'000}, {"m", 60'000'000}, {"s", 1'000'000}, {"ms", 1'000}, {"us", 1}}};
constexpr std::array<Unit, 4> sizes{{{"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}, {"", 1}}};

struct Number {
  std::int64_t value = 0;
  std::string_view unit;
};

std::optional<Number> split(std::string_view text) {
  Number number;
  const char* const end = text.data() + text.size();
  const auto [stopped, problem] = std::from_chars(text.data(), end, number.value);
  if (problem != std::errc() || number.value < 0) return std::nullopt;
  number.unit = text.substr(static_cast<std::size_t>(stopped - text.data()));
  return number;
}

std::optional<std::int64_t> scaled(std::int64_t value, std::int64_t factor) {
  if (value > std::numeric_limits<std::int64_t>::max() / factor) return std::nullopt;
  return value * factor;
}

template <std::size_t N>
std::string format(std::int64_t value, const std::array<Unit, N>& units) {
  for (const auto& [name, factor] : units) {
    if (value != 0 && value % factor == 0) return std::to_string(value / factor) + std::string(name);
  }
  return std::to_string(value);
}

}  // namespace

std::optional<std::chrono::microseconds> parse_duration(std::string_view text) {
  const auto number = split(text);
  if (!number) return std::nullopt;
  if (number->unit.empty() && number->value == 0) return std::chrono::microseconds(0);
  for (const auto& [name, factor] : times) {
    if (number->unit != name) continue;
    const auto value = scaled(number->value, factor);
    return value ? std::optional(std::chrono::microseconds(*value)) : std::nullopt;
  }
  return std::nullopt;
}

std::string format_duration(std::chrono::microseconds duration) {
  return format(duration.count(), times);
}

std::optional<std::size_t> parse_size(std::string_view text) {
  const auto number = split(text);
  if (!number) return std::nullopt;
  for (const auto& [name, factor] : sizes) {
    if (number->unit != name && (name.empty() || number->unit != name.substr(0, 1))) continue;
    const auto value = scaled(number->value, factor);
    return value ? std::optional(static_cast<std::size_t>(*value)) : std::nullopt;
  }
  return std::nullopt;
}

std::string format_size(std::size_t bytes) {
  return format(static_cast<std::int64_t>(bytes), sizes);
}

}  // namespace scrip::cli
