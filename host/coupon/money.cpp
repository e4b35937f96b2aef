#include "coupon/money.h"

#include <algorithm>
#include <cassert>
#include <limits>

namespace scrip {
namespace {

__extension__ typedef __int128 Int128;

constexpr int max_digits = 15;
constexpr int max_scale = 6;

constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

constexpr std::int64_t power_of_ten(int exponent) {
  std::int64_t power = 1;
  for (int i = 0; i < exponent; ++i) power *= 10;
  return power;
}

}  // namespace

bool is_currency(std::string_view code) {
  return code.size() == 3 && std::all_of(code.begin(), code.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

std::optional<Rounding> parse_rounding(std::string_view name) {
  if (name == "floor") return Rounding::floor;
  if (name == "half_up") return Rounding::half_up;
  if (name == "half_even") return Rounding::half_even;
  return std::nullopt;
}

std::optional<Decimal> parse_decimal(std::string_view text) {
  const std::size_t point = std::min(text.find('.'), text.size());
  const std::string_view whole = text.substr(0, point);
  const std::string_view fraction = text.substr(std::min(point + 1, text.size()));
  const bool has_point = point < text.size();
  if (whole.empty() || fraction.empty() == has_point) return std::nullopt;
  if (fraction.size() > max_scale || whole.size() + fraction.size() > max_digits) return std::nullopt;
  Decimal decimal{.digits = 0, .scale = static_cast<int>(fraction.size())};
  for (const std::string_view part : {whole, fraction}) {
    for (const char c : part) {
      if (!is_digit(c)) return std::nullopt;
      decimal.digits = decimal.digits * 10 + (c - '0');
    }
  }
  return decimal;
}

std::int64_t percent_of(std::int64_t amount, Decimal percent, Rounding rounding) {
  assert(amount >= 0 && amount <= max_amount);
  assert(percent.digits >= 0 && percent.scale >= 0 && percent.scale <= max_scale);
  const Int128 product = Int128{amount} * percent.digits;
  const Int128 divisor = Int128{100} * power_of_ten(percent.scale);
  Int128 quotient = product / divisor;
  const Int128 twice_rest = 2 * (product % divisor);
  switch (rounding) {
    case Rounding::floor:
      break;
    case Rounding::half_up:
      if (twice_rest >= divisor) ++quotient;
      break;
    case Rounding::half_even:
      if (twice_rest > divisor || (twice_rest == divisor && quotient % 2 != 0)) ++quotient;
      break;
  }
  return static_cast<std::int64_t>(std::min(quotient, Int128{std::numeric_limits<std::int64_t>::max()}));
}

}  // namespace scrip
