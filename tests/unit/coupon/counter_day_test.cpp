// Counters that end with a day.
#include "coupon/counter_day.h"

#include <catch2/catch.hpp>

using namespace scrip;

TEST_CASE("a counter's last day is what its name ends with, when that looks like one") {
  const auto [name, day] = GENERATE(table<std::string, std::string>({
      {"issued:day:u:mina@2026-11-21", "2026-11-21"},
      {"@2026-11-21", "2026-11-21"},
      {"a@2026-11-21@2026-11-22", "2026-11-22"},
      {"a@2026-99-99", "2026-99-99"},
      {"", ""},
      {"2026-11-21", ""},
      {"window:2026-11-21", ""},
      {"a@2026-11-2", ""},
      {"a@2026-11-211", ""},
      {"a@2026-11-21 ", ""},
      {"a@2026.11.21", ""},
      {"a@2026-11-2x", ""},
      {"a@-026-11-21", ""},
      {"issued:day:u:mina@2026-11-21T10", ""},
  }));
  CAPTURE(name);
  CHECK(last_day_of(name) == day);
}

TEST_CASE("a day is over when it has ended in every zone, and not before") {
  // The last of the earth to end a day is twelve hours behind UTC.
  const auto [now, first] = GENERATE(table<std::string, std::string>({
      {"2026-11-23T23:59:59.999999Z", "2026-11-21"},
      {"2026-11-24T00:00:00Z", "2026-11-22"},
      {"2026-03-01T12:00:00Z", "2026-02-27"},
      {"2028-03-02T00:00:00Z", "2028-02-29"},
      {"1970-01-01T00:00:00Z", "1970-01-01"},
      {"1970-01-03T00:00:00Z", "1970-01-01"},
      {"9999-12-31T23:59:59Z", "9999-12-29"},
  }));
  CAPTURE(now);
  CHECK(first_day_in_use(*parse_instant(now)) == first);
  // The day before it has ended there.
  if (*parse_instant(now) >= 3 * day) CHECK(local_day("Etc/GMT+12", first)->first <= *parse_instant(now));
}
