// The rule that closes a zone's file: two days of every year on which its clocks change, as POSIX
// writes them in TZ ("EST5EDT,M3.2.0,M11.1.0"), with the hours of RFC 8536, 3.3.1 (-167 to 167).
// A value; thread-safe.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "coupon/zone.h"

namespace scrip {

class ZoneRule {
 public:
  // Nothing for a text without a change of clocks, and for anything that is no rule.
  static std::optional<ZoneRule> parse(std::string_view text);

  // The period that holds an instant of the years -9998 to 19997.
  Period at(std::int64_t seconds) const;

 private:
  enum class Counting { julian, zero_based, month_week };  // "J60", "59", "M3.2.0"

  // When in a year clocks change, by the clocks as they were before.
  struct Change {
    Counting counting = Counting::month_week;
    int day = 0;  // of the year, or with month_week of the week: Sunday 0
    int month = 0;
    int week = 0;  // 5: the last
    std::int64_t time_s = 2 * 3'600;

    std::int64_t local_seconds(int year) const;
  };

  struct Side {
    std::string abbreviation;
    int offset_s = 0;
  };

  class Scanner;

  Side standard_;
  Side saving_;
  Change to_saving_;
  Change to_standard_;
};

}  // namespace scrip
