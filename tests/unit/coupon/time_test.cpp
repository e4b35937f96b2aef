#include "coupon/time.h"

#include <catch2/catch.hpp>
#include <random>
#include <string>

using namespace scrip;

TEST_CASE("an instant is read from RFC 3339 with its offset") {
  const auto [text, instant] = GENERATE(table<std::string, Micros>({
      {"1970-01-01T00:00:00Z", 0},
      {"1970-01-01T00:00:00.000001Z", 1},
      {"2026-11-21T01:00:00Z", 1'795'222'800 * second},
      {"2026-11-21t01:00:00z", 1'795'222'800 * second},
      {"2026-11-21T10:00:00+09:00", 1'795'222'800 * second},
      {"2026-11-20T20:30:00-04:30", 1'795'222'800 * second},
      {"2026-11-21T01:00:00-00:00", 1'795'222'800 * second},
      {"2026-11-21T01:00:00.5Z", 1'795'222'800 * second + 500'000},
      {"2026-11-21T01:00:00.123456+00:00", 1'795'222'800 * second + 123'456},
      {"2024-02-29T00:00:00Z", 1'709'164'800 * second},
      {"2000-02-29T00:00:00Z", 951'782'400 * second},
      {"1969-12-31T23:00:00-01:00", 0},
      {"2026-11-22T00:59:00+23:59", 1'795'222'800 * second},
      {"9999-12-31T23:59:59.999999Z", latest_instant},
  }));
  CAPTURE(text);
  CHECK(parse_instant(text) == instant);
}

TEST_CASE("a text that is no instant is refused") {
  const std::string text = GENERATE(
      "", "2026", "2026-11-21", "2026-11-21T01:00:00", "2026-11-21T01:00Z", "2026-11-21 01:00:00Z",
      "2026-11-21T01:00:00 Z", " 2026-11-21T01:00:00Z", "2026-11-21T01:00:00Z ", "2026-11-21T01:00:00Zx",
      "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z", "2026-11-00T00:00:00Z", "2026-11-31T00:00:00Z",
      "2026-02-29T00:00:00Z", "2100-02-29T00:00:00Z", "2026-11-21T24:00:00Z", "2026-11-21T23:60:00Z",
      "2026-11-21T23:59:60Z", "2016-12-31T23:59:60Z", "2026-11-21T1:00:00Z", "26-11-21T01:00:00Z",
      "2026-1-21T01:00:00Z", "2026-11-21T01:00:00.Z", "2026-11-21T01:00:00.1234567Z", "2026-11-21T01:00:00,5Z",
      "2026-11-21T01:00:00+0900", "2026-11-21T01:00:00+09", "2026-11-21T01:00:00+9:00", "2026-11-21T01:00:00+24:00",
      "2026-11-21T01:00:00+09:60", "2026-11-21T01:00:00+09:00:00", "2026-11-21T01:00:00*09:00",
      "2026-11-21T01:00:00KST", "+2026-11-21T01:00:00Z", "-2026-11-21T01:00:00Z", "2026-11-21T-1:00:00Z",
      "2026-11-21T+1:00:00Z", "1969-12-31T23:59:59Z", "1970-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01",
      "10000-01-01T00:00:00Z", "0000-01-01T00:00:00Z", "2026-W47-6T01:00:00Z", "20261121T010000Z");
  CAPTURE(text);
  CHECK_FALSE(parse_instant(text).has_value());
}

TEST_CASE("an instant is written with a fraction only when it has one") {
  CHECK(format_instant(0) == "1970-01-01T00:00:00Z");
  CHECK(format_instant(1'795'222'800 * second) == "2026-11-21T01:00:00Z");
  CHECK(format_instant(1'795'222'800 * second + 123'456) == "2026-11-21T01:00:00.123456Z");
  CHECK(format_instant(1'795'222'800 * second + 500'000) == "2026-11-21T01:00:00.500000Z");
  CHECK(format_instant(latest_instant) == "9999-12-31T23:59:59.999999Z");
  CHECK(format_instant(-1) == "1969-12-31T23:59:59.999999Z");
  CHECK(format_instant(951'782'400 * second - 1) == "2000-02-28T23:59:59.999999Z");
  CHECK(format_instant(951'782'400 * second) == "2000-02-29T00:00:00Z");
  // Out of range: held a little outside it, as by local_time().
  CHECK(format_instant(latest_instant + second) == "10000-01-01T00:00:00.999999Z");
  CHECK(format_instant(INT64_MIN) == "1968-11-27T00:00:00Z");
  CHECK(format_instant(INT64_MAX) == "10001-02-03T23:59:59.999999Z");
}

TEST_CASE("an instant is written in a zone with the offset in force there") {
  const Micros instant = 1'795'222'800 * second;  // 2026-11-21T01:00:00Z
  CHECK(format_instant(instant, "Asia/Seoul") == "2026-11-21T10:00:00+09:00");
  CHECK(format_instant(instant, "UTC") == "2026-11-21T01:00:00+00:00");
  CHECK(format_instant(instant, "America/New_York") == "2026-11-20T20:00:00-05:00");
  CHECK(format_instant(instant + 7, "Asia/Kolkata") == "2026-11-21T06:30:00.000007+05:30");
  CHECK(format_instant(instant, "America/St_Johns") == "2026-11-20T21:30:00-03:30");
  CHECK(format_instant(instant, "Pacific/Marquesas") == "2026-11-20T15:30:00-09:30");
}

TEST_CASE("an offset with seconds and a year of five digits are written as RFC 3339 can") {
  CHECK(local_time("Africa/Monrovia", 0).offset_s == -(44 * 60 + 30));
  CHECK(format_instant(0, "Africa/Monrovia") == "1969-12-31T23:16:00-00:44");
  CHECK(format_instant(latest_instant, "Asia/Seoul") == "9999-12-31T23:59:59.999999Z");
}

TEST_CASE("what is written is read as the same instant, in every zone") {
  std::mt19937_64 random(8);
  std::uniform_int_distribution<Micros> any(earliest_instant, latest_instant);
  for (int i = 0; i < 3'000; ++i) {
    const Micros instant = i % 2 == 0 ? any(random) : any(random) / second * second;
    CAPTURE(instant);
    CHECK(parse_instant(format_instant(instant)) == instant);
    for (const char* zone : {"Asia/Seoul", "America/New_York", "Africa/Monrovia", "Pacific/Apia", "Asia/Kathmandu"}) {
      CAPTURE(zone);
      CHECK(parse_instant(format_instant(instant, zone)) == instant);
    }
  }
}
