// Instants and zones. An instant is an integer number of microseconds since 1970-01-01T00:00:00Z
// (UTC, no leap seconds); a zone is an IANA name such as "Asia/Seoul". Pure functions: nobody here
// asks what time it is (ops/clock.h does). Thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace scrip {

using Micros = std::int64_t;

inline constexpr Micros microsecond = 1;
inline constexpr Micros second = 1'000'000;
inline constexpr Micros minute = 60 * second;
inline constexpr Micros hour = 60 * minute;
inline constexpr Micros day = 24 * hour;

// The instants that Scrip accepts: years 1970 to 9999.
inline constexpr Micros earliest_instant = 0;
inline constexpr Micros latest_instant = 253'402'300'799 * second + 999'999;

// RFC 3339 with an offset ("Z" or "+09:00"); nullopt for anything else: no offset, a day that does
// not exist, a year out of range. Up to six digits of a second's fraction; more is refused.
std::optional<Micros> parse_instant(std::string_view text);

// "2026-11-21T01:00:00Z", with ".123456" only when the instant has a fraction of a second.
std::string format_instant(Micros instant);

// The same in a zone's local time with its offset: "2026-11-21T10:00:00+09:00". Always names the same
// instant: where RFC 3339 cannot write the local time (an offset with seconds, before 1972; the year
// 10000) the offset is cut to minutes, or UTC is written. Precondition: is_zone(zone).
std::string format_instant(Micros instant, std::string_view zone);

// Whether the IANA database of this machine knows the zone. "UTC" is known without one.
bool is_zone(std::string_view zone);

struct LocalTime {
  int year = 1970, month = 1, day = 1;  // month 1-12, day 1-31
  int hour = 0, minute = 0, second = 0;
  int microsecond = 0;
  int weekday = 1;           // ISO 8601: Monday 1 to Sunday 7
  int yearday = 1;           // 1-366
  int offset_s = 0;          // east of UTC
  bool dst = false;          // daylight-saving time is in force (in Ireland: in winter, as its law has it)
  std::string abbreviation;  // "KST"
};

// What a wall clock in `zone` shows. Precondition: is_zone(zone), instant in the accepted range.
LocalTime local_time(std::string_view zone, Micros instant);

// The instant at which that wall clock shows the given date and time (`weekday` to `abbreviation`
// are ignored; fields may run over, day 32 is the first of the next month, hour 24 the next day).
// A time that the change to daylight saving skips gives the instant of the change; one that occurs
// twice gives the first. Fields far out of range give some instant out of the accepted range.
Micros instant_of(std::string_view zone, const LocalTime& local);

// [first, last) of the local day that holds `instant`; 23 or 25 hours at a daylight-saving change.
struct Interval {
  Micros first = 0, last = 0;
};
Interval local_day(std::string_view zone, Micros instant);

// The local day named "YYYY-MM-DD"; nullopt when that is no date of the years 1970 to 9999. Empty for
// a day that the zone left out (Samoa, 2011-12-30).
std::optional<Interval> local_day(std::string_view zone, std::string_view date);

}  // namespace scrip
