#include "coupon/counter_day.h"

#include <cstdio>

namespace scrip {

std::string_view last_day_of(std::string_view counter) {
  constexpr std::string_view shape = "@dddd-dd-dd";
  if (counter.size() < shape.size()) return {};
  const std::string_view end = counter.substr(counter.size() - shape.size());
  for (std::size_t i = 0; i < shape.size(); ++i) {
    if (shape[i] == 'd' ? end[i] < '0' || end[i] > '9' : end[i] != shape[i]) return {};
  }
  return end.substr(1);
}

std::string first_day_in_use(Micros now) {
  const LocalTime local = local_time("UTC", now < 2 * day ? 0 : now - 2 * day);
  char text[16];
  std::snprintf(text, sizeof text, "%04d-%02d-%02d", local.year, local.month, local.day);
  return text;
}

}  // namespace scrip
