// When a zone's clocks change. Pure; thread-safe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "coupon/time.h"

namespace scrip {

// At `at` the clocks go from one offset to another; both in seconds east of UTC.
struct ZoneChange {
  Micros at = 0;
  int before_s = 0;
  int after_s = 0;
  bool operator==(const ZoneChange&) const = default;
};

// The changes of the offset after `from` and before `to`, in order. Preconditions: is_zone(zone), both
// in the accepted range.
std::vector<ZoneChange> zone_changes(std::string_view zone, Micros from, Micros to);

// "+09:00", "-03:30", "+00:00"; with seconds where an offset has some: "+08:27:52".
std::string format_offset(int offset_s);

}  // namespace scrip
