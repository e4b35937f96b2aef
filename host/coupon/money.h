// Money: an integer number of a currency's minor units, with its ISO 4217 code beside it. A
// percentage is an integer or a decimal string; nothing here is ever a binary fraction.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace scrip {

// The largest amount the host takes: 2^53 - 1, exact in Lua and in JSON.
inline constexpr std::int64_t max_amount = 9'007'199'254'740'991;

struct Money {
  std::int64_t amount = 0;  // minor units, 0 to max_amount
  std::string currency;     // "KRW"
  bool operator==(const Money&) const = default;
};

// Three capital letters, as ISO 4217 codes are.
bool is_currency(std::string_view code);

enum class Rounding { floor, half_up, half_even };

// "floor", "half_up", "half_even"; nullopt otherwise.
std::optional<Rounding> parse_rounding(std::string_view name);

// A decimal number as written, value = digits / 10^scale: "12.5" is {125, 1}.
struct Decimal {
  std::int64_t digits = 0;
  int scale = 0;
};

// [0-9]{1,15}(\.[0-9]{1,6})?, at most 15 digits in all; nullopt otherwise (a sign included).
std::optional<Decimal> parse_decimal(std::string_view text);

// amount * percent / 100, rounded as named, computed in 128 bits. Preconditions: amount 0 to
// max_amount, percent not above 10^6. A result that int64 cannot hold gives the largest int64.
std::int64_t percent_of(std::int64_t amount, Decimal percent, Rounding rounding);

}  // namespace scrip
