#include <catch2/catch.hpp>
#include <limits>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "coupon/time.h"

using namespace scrip;

namespace {

Micros at(const std::string& text) {
  const auto instant = parse_instant(text);
  REQUIRE(instant.has_value());
  return *instant;
}

// Year, month, day, hour, minute, second.
Micros shown(const std::string& zone, int year, int month, int day_of_month, int hours = 0, int minutes = 0,
             int seconds = 0) {
  return instant_of(
      zone, {.year = year, .month = month, .day = day_of_month, .hour = hours, .minute = minutes, .second = seconds});
}

const std::vector<std::string> zones{
    "UTC",
    "Asia/Seoul",
    "America/New_York",
    "Europe/Berlin",
    "Europe/Dublin",
    "America/Sao_Paulo",
    "Asia/Kathmandu",
    "America/St_Johns",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Africa/Casablanca",
    "Asia/Gaza",
    "America/Nuuk",
    "Antarctica/Troll",
    "Pacific/Kiritimati",
    "Africa/Monrovia",
    "Asia/Tehran",
    "America/Havana",
};

}  // namespace

TEST_CASE("zones are the names of the IANA database") {
  for (const std::string& zone : zones) {
    CAPTURE(zone);
    CHECK(is_zone(zone));
  }
  CHECK(is_zone("Etc/GMT+9"));
  for (const std::string& zone :
       {std::string(), std::string("Asia"), std::string("Asia/"), std::string("asia/seoul"),
        std::string("Asia/Atlantis"), std::string("KST"), std::string("+09:00"), std::string("UTC "),
        std::string("localtime"), std::string("posixrules"), std::string("../../../etc/passwd"),
        std::string("/etc/localtime"), std::string("tzdata.zi"), std::string("right/UTC"), std::string("UTC\0x", 5),
        std::string(100'000, 'a')}) {
    CAPTURE(zone.substr(0, 40));
    CHECK_FALSE(is_zone(zone));
  }
}

TEST_CASE("a wall clock shows the zone's local time") {
  const LocalTime seoul = local_time("Asia/Seoul", at("2026-11-21T15:30:45.123456Z"));
  CHECK(seoul.year == 2026);
  CHECK(seoul.month == 11);
  CHECK(seoul.day == 22);
  CHECK(seoul.hour == 0);
  CHECK(seoul.minute == 30);
  CHECK(seoul.second == 45);
  CHECK(seoul.microsecond == 123'456);
  CHECK(seoul.weekday == 7);
  CHECK(seoul.yearday == 326);
  CHECK(seoul.offset_s == 9 * 3'600);
  CHECK_FALSE(seoul.dst);
  CHECK(seoul.abbreviation == "KST");

  const LocalTime new_york = local_time("America/New_York", at("2024-07-01T00:00:00Z"));
  CHECK(new_york.month == 6);
  CHECK(new_york.day == 30);
  CHECK(new_york.hour == 20);
  CHECK(new_york.weekday == 7);
  CHECK(new_york.yearday == 182);  // a leap year
  CHECK(new_york.offset_s == -4 * 3'600);
  CHECK(new_york.dst);
  CHECK(new_york.abbreviation == "EDT");

  const LocalTime first = local_time("UTC", 0);
  CHECK(first.weekday == 4);
  CHECK(first.yearday == 1);
  CHECK(first.abbreviation == "UTC");
  CHECK(local_time("UTC", latest_instant).year == 9999);
  CHECK(local_time("UTC", latest_instant).microsecond == 999'999);
  CHECK(local_time("America/New_York", 0).year == 1969);
  CHECK(local_time("America/New_York", 1).microsecond == 1);
}

TEST_CASE("clocks are changed on the right days long after the tables end") {
  CHECK(local_time("America/New_York", at("2040-07-01T12:00:00Z")).abbreviation == "EDT");
  CHECK(local_time("America/New_York", at("2040-12-01T12:00:00Z")).abbreviation == "EST");
  CHECK(shown("America/New_York", 2040, 3, 11, 3) == at("2040-03-11T07:00:00Z"));
  CHECK(local_time("Europe/Berlin", at("2150-03-29T00:59:59Z")).hour == 1);
  CHECK(local_time("Europe/Berlin", at("2150-03-29T01:00:00Z")).hour == 3);
  CHECK(local_time("Australia/Sydney", at("2099-01-01T00:00:00Z")).offset_s == 11 * 3'600);  // a southern summer
  CHECK(local_time("Australia/Sydney", at("2099-07-01T00:00:00Z")).offset_s == 10 * 3'600);
  CHECK(local_time("Asia/Seoul", at("2099-07-01T00:00:00Z")).offset_s == 9 * 3'600);
}

TEST_CASE("a time of the wall clock gives the instant") {
  CHECK(shown("Asia/Seoul", 2026, 11, 21, 10) == at("2026-11-21T01:00:00Z"));
  CHECK(shown("UTC", 1970, 1, 1) == 0);
  CHECK(shown("America/New_York", 2026, 7, 1, 12) == at("2026-07-01T16:00:00Z"));
  CHECK(instant_of("UTC", {.year = 2026, .microsecond = 7}) == at("2026-01-01T00:00:00.000007Z"));
}

TEST_CASE("fields that run over go on counting") {
  const Micros start = at("2026-11-21T00:00:00Z");
  CHECK(shown("UTC", 2026, 11, 21, 24) == start + day);
  CHECK(shown("UTC", 2026, 11, 21, -1) == start - hour);
  CHECK(shown("UTC", 2026, 11, 21, 0, 90) == start + 90 * minute);
  CHECK(shown("UTC", 2026, 11, 21, 0, 0, -1) == start - second);
  CHECK(shown("UTC", 2026, 12, 32) == at("2027-01-01T00:00:00Z"));
  CHECK(shown("UTC", 2026, 11, 31) == at("2026-12-01T00:00:00Z"));
  CHECK(shown("UTC", 2026, 3, 0) == at("2026-02-28T00:00:00Z"));
  CHECK(shown("UTC", 2026, 13, 1) == at("2027-01-01T00:00:00Z"));
  CHECK(shown("UTC", 2026, 0, 1) == at("2025-12-01T00:00:00Z"));
  CHECK(shown("UTC", 2026, -11, 1) == at("2025-01-01T00:00:00Z"));
  CHECK(instant_of("UTC", {.microsecond = 1'500'000}) == 1'500'000);
  CHECK(instant_of("UTC", {.second = 1, .microsecond = -1}) == 999'999);
}

TEST_CASE("fields far out of range give an instant out of range and harm nothing") {
  constexpr int most = std::numeric_limits<int>::max();
  constexpr int least = std::numeric_limits<int>::min();
  CHECK(shown("Asia/Seoul", most, most, most, most, most, most) > latest_instant);
  CHECK(shown("Asia/Seoul", least, least, least, least, least, least) < earliest_instant);
  CHECK(shown("America/New_York", 10'001, 1, 1) > latest_instant);
  CHECK(shown("America/New_York", 1968, 1, 1) < earliest_instant);
  CHECK(local_time("UTC", std::numeric_limits<Micros>::max()).year == 10'001);
  CHECK(local_time("UTC", std::numeric_limits<Micros>::min()).year == 1968);
}

TEST_CASE("a time that the change to daylight saving skips gives the instant of the change") {
  const Micros change = at("2026-03-08T07:00:00Z");  // 02:00 EST becomes 03:00 EDT
  CHECK(shown("America/New_York", 2026, 3, 8, 1, 59, 59) == change - second);
  CHECK(shown("America/New_York", 2026, 3, 8, 2) == change);
  CHECK(shown("America/New_York", 2026, 3, 8, 2, 30) == change);
  CHECK(shown("America/New_York", 2026, 3, 8, 2, 59, 59) == change);
  CHECK(instant_of("America/New_York", {.year = 2026, .month = 3, .day = 8, .hour = 2, .microsecond = 5}) == change);
  CHECK(shown("America/New_York", 2026, 3, 8, 3) == change);
  CHECK(shown("America/New_York", 2026, 3, 8, 3, 0, 1) == change + second);
}

TEST_CASE("a time that occurs twice gives the first") {
  const Micros change = at("2026-11-01T06:00:00Z");  // 02:00 EDT becomes 01:00 EST
  CHECK(shown("America/New_York", 2026, 11, 1, 0, 59, 59) == change - hour - second);
  CHECK(shown("America/New_York", 2026, 11, 1, 1) == change - hour);
  CHECK(shown("America/New_York", 2026, 11, 1, 1, 59, 59) == change - second);
  CHECK(shown("America/New_York", 2026, 11, 1, 2) == change + hour);
  CHECK(local_time("America/New_York", change).hour == 1);
}

TEST_CASE("a day has 24 hours, or 23 or 25 when clocks change") {
  const auto length = [](const std::string& zone, const std::string& instant) {
    const Interval interval = local_day(zone, at(instant));
    return (interval.last - interval.first) / hour;
  };
  CHECK(length("America/New_York", "2026-03-08T12:00:00Z") == 23);
  CHECK(length("America/New_York", "2026-11-01T12:00:00Z") == 25);
  CHECK(length("America/New_York", "2026-11-02T12:00:00Z") == 24);
  CHECK(length("Asia/Seoul", "2026-03-08T12:00:00Z") == 24);
  // Midnight itself is skipped: the day begins at one.
  const Interval sao_paulo = local_day("America/Sao_Paulo", at("2018-11-04T12:00:00Z"));
  CHECK(sao_paulo.first == at("2018-11-04T03:00:00Z"));
  CHECK(sao_paulo.last - sao_paulo.first == 23 * hour);
}

TEST_CASE("a day begins and ends at the zone's midnight, not at UTC's") {
  const Interval seoul = local_day("Asia/Seoul", at("2026-11-21T15:00:00Z"));
  CHECK(seoul.first == at("2026-11-21T15:00:00Z"));
  CHECK(seoul.last == at("2026-11-22T15:00:00Z"));
  CHECK(local_day("Asia/Seoul", at("2026-11-21T14:59:59.999999Z")).last == seoul.first);
}

TEST_CASE("a day is found by its date") {
  const auto seoul = local_day("Asia/Seoul", "2026-11-22");
  REQUIRE(seoul.has_value());
  CHECK(seoul->first == at("2026-11-21T15:00:00Z"));
  CHECK(seoul->last == at("2026-11-22T15:00:00Z"));
  const auto first = local_day("Asia/Seoul", "1970-01-01");
  REQUIRE(first.has_value());
  CHECK(first->first == -9 * hour);
  REQUIRE(local_day("America/New_York", "9999-12-31").has_value());
  // Samoa left out this day when it crossed the date line.
  const auto skipped = local_day("Pacific/Apia", "2011-12-30");
  REQUIRE(skipped.has_value());
  CHECK(skipped->first == skipped->last);
}

TEST_CASE("what is no date has no day") {
  const std::string text = GENERATE("", "2026-11-31", "2026-02-29", "2026-13-01", "2026-00-01", "2026-01-00",
                                    "1969-12-31", "2026-1-01", "2026-11-21 ", "2026/11/21", "20261121", "2026-11-2x",
                                    "-026-11-21", "2026-+1-21", "10000-01-01", "0000-01-01", "2026-11-21T00:00:00Z");
  CAPTURE(text);
  CHECK_FALSE(local_day("UTC", text).has_value());
}

TEST_CASE("in every zone an instant is in its day, and days leave no gap") {
  std::mt19937_64 random(9);
  std::uniform_int_distribution<Micros> any(earliest_instant, at("2100-01-01T00:00:00Z"));
  for (const std::string& zone : zones) {
    for (int i = 0; i < 300; ++i) {
      const Micros instant = any(random);
      const Interval interval = local_day(zone, instant);
      CAPTURE(zone, instant);
      CHECK(interval.first <= instant);
      CHECK(instant < interval.last);
      CHECK(local_day(zone, interval.last).first == interval.last);
    }
  }
  // Here clocks went back across midnight, so the end of the day was shown twice.
  const Micros again = at("2006-10-29T02:45:00Z");
  CHECK(local_time("America/St_Johns", again).day == 28);
  CHECK(local_day("America/St_Johns", again).first <= again);
  CHECK(again < local_day("America/St_Johns", again).last);
}

TEST_CASE("in every zone what the clock shows leads back to the instant, or to its first showing") {
  std::mt19937_64 random(10);
  std::uniform_int_distribution<Micros> any(earliest_instant, latest_instant);
  for (const std::string& zone : zones) {
    for (int i = 0; i < 500; ++i) {
      const Micros instant = any(random);
      const LocalTime there = local_time(zone, instant);
      const Micros back = instant_of(zone, there);
      CAPTURE(zone, instant, back);
      CHECK(back <= instant);
      const LocalTime again = local_time(zone, back);
      CHECK(again.day == there.day);
      CHECK(again.hour == there.hour);
      CHECK(again.minute == there.minute);
      CHECK(again.microsecond == there.microsecond);
    }
  }
}

TEST_CASE("many threads may ask about many zones") {
  std::vector<std::vector<LocalTime>> seen(4);
  std::vector<std::thread> threads;
  for (auto& mine : seen) {
    threads.emplace_back([&mine] {
      for (Micros i = 0; i < 400; ++i) {
        mine.push_back(local_time(zones[static_cast<std::size_t>(i) % zones.size()], i * 3 * 30 * day));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const auto& mine : seen) {
    for (std::size_t i = 0; i < mine.size(); ++i) {
      const LocalTime expected = local_time(zones[i % zones.size()], static_cast<Micros>(i) * 3 * 30 * day);
      CHECK(mine[i].hour == expected.hour);
      CHECK(mine[i].abbreviation == expected.abbreviation);
    }
  }
}
