// What a zone's clocks show at any instant: the IANA tables of this machine, and after their last
// entry (2037 or, in slim files, long ago) the POSIX rule that closes each file (RFC 8536, 3.3),
// which the date library does not read. Thread-safe; what was read once is kept for good.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace scrip {

// A stretch of time, in seconds since 1970 UTC, with one offset: [first, last).
struct Period {
  std::int64_t first = 0, last = 0;
  int offset_s = 0;
  bool dst = false;
  std::string abbreviation;
};

// Whether the machine knows the zone. "UTC" is known without a database; "localtime" is no zone.
bool has_zone(std::string_view zone);

// The period that holds an instant. The reference is the calling thread's and holds until its next
// call. Precondition: has_zone(zone).
const Period& period_at(std::string_view zone, std::int64_t seconds);

}  // namespace scrip
