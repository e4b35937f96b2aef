// Numbers of a fixed width in dates and times.
#pragma once

#include <cstddef>
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

// The last `width` digits of `number`, not negative, with zeros in front; gives the end of what it has written.
constexpr char* write_digits(char* to, int number, std::size_t width) {
  for (std::size_t i = width; i-- > 0; number /= 10) to[i] = static_cast<char>('0' + number % 10);
  return to + width;
}

}  // namespace scrip
