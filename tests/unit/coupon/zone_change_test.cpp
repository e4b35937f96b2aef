#include "coupon/zone_change.h"

#include <catch2/catch.hpp>

using namespace scrip;

namespace {

struct Row {
  const char* zone;
  const char* at;
  const char* before;
  const char* after;
};

Micros at(const std::string& text) {
  return *parse_instant(text);
}

}  // namespace

TEST_CASE("the changes of a zone's clocks are found to the instant, in both directions") {
  const auto row = GENERATE(values<Row>({
      {"America/New_York", "2026-03-08T07:00:00Z", "-05:00", "-04:00"},
      {"America/New_York", "2026-11-01T06:00:00Z", "-04:00", "-05:00"},
      {"Europe/Berlin", "2026-03-29T01:00:00Z", "+01:00", "+02:00"},
      {"Europe/Berlin", "2026-10-25T01:00:00Z", "+02:00", "+01:00"},
      // By half an hour.
      {"Australia/Lord_Howe", "2026-04-04T15:00:00Z", "+11:00", "+10:30"},
      {"Australia/Lord_Howe", "2026-10-03T15:30:00Z", "+10:30", "+11:00"},
      // After the last entry of the zone's table.
      {"America/New_York", "2100-03-14T07:00:00Z", "-05:00", "-04:00"},
  }));
  CAPTURE(row.zone, row.at);
  const auto changes = zone_changes(row.zone, at(row.at) - 3 * day, at(row.at) + 3 * day);
  REQUIRE(changes.size() == 1);
  CHECK(format_instant(changes[0].at) == row.at);
  CHECK(format_offset(changes[0].before_s) == row.before);
  CHECK(format_offset(changes[0].after_s) == row.after);
}

TEST_CASE("a change at the first instant has been, one at the last is yet to come") {
  const Micros change = at("2026-03-29T01:00:00Z");
  CHECK(zone_changes("Europe/Berlin", change, change + day).empty());
  CHECK(zone_changes("Europe/Berlin", change - day, change).empty());
  CHECK(zone_changes("Europe/Berlin", change - 1, change + 1).size() == 1);
}

TEST_CASE("a year has two changes, and a zone without them none") {
  CHECK(zone_changes("Europe/Berlin", at("2026-01-01T00:00:00Z"), at("2027-01-01T00:00:00Z")).size() == 2);
  CHECK(zone_changes("Asia/Seoul", at("2026-01-01T00:00:00Z"), at("2027-01-01T00:00:00Z")).empty());
  CHECK(zone_changes("UTC", earliest_instant, latest_instant).empty());
}

TEST_CASE("an offset is written as in RFC 3339, with seconds where it has some") {
  CHECK(format_offset(0) == "+00:00");
  CHECK(format_offset(-12'600) == "-03:30");
  CHECK(format_offset(37'800) == "+10:30");
  CHECK(format_offset(30'472) == "+08:27:52");
}
