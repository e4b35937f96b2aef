// Numbers of a fixed width in dates and times.
#pragma once

#include <string>
#include <string_view>

namespace scrip {

// The number that up to nine decimal digits write; -1 when there is anything but digits, or nothing.
constexpr int read_digits(std::string_view text) {
  if (text.empty() || text.size() > 9) return -1;
  int number = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return -1;
    number = number * 10 + (c - '0');
  }
  return number;
}

// `number`, not negative, with zeros in front up to `width` digits.
inline void append_digits(std::string& text, int number, std::size_t width) {
  const std::string digits = std::to_string(number);
  if (digits.size() < width) text.append(width - digits.size(), '0');
  text += digits;
}

}  // namespace scrip
