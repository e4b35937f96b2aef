#include "coupon/zone_change.h"

#include <array>
#include <cstdio>
#include <cstdlib>

#include "coupon/zone.h"

namespace scrip {

std::vector<ZoneChange> zone_changes(std::string_view zone, Micros from, Micros to) {
  std::vector<ZoneChange> changes;
  Period period = period_at(zone, from / second);
  while (period.last * second < to) {
    const Period next = period_at(zone, period.last);
    if (next.last <= period.last) break;  // the last one there is
    const Micros at = period.last * second;
    // A name may change without the clocks.
    if (next.offset_s != period.offset_s && at > from) changes.push_back({at, period.offset_s, next.offset_s});
    period = next;
  }
  return changes;
}

std::string format_offset(int offset_s) {
  const int size = std::abs(offset_s);
  std::array<char, 16> text{};
  if (size % 60 != 0) {
    std::snprintf(text.data(), text.size(), "%c%02d:%02d:%02d", offset_s < 0 ? '-' : '+', size / 3600 % 100,
                  size / 60 % 60, size % 60);
  } else {
    std::snprintf(text.data(), text.size(), "%c%02d:%02d", offset_s < 0 ? '-' : '+', size / 3600 % 100, size / 60 % 60);
  }
  return text.data();
}

}  // namespace scrip
