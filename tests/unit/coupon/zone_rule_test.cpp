#include "coupon/zone_rule.h"

#include <catch2/catch.hpp>
#include <string>

#include "coupon/time.h"

using namespace scrip;

namespace {

std::int64_t at(const std::string& text) {
  const auto instant = parse_instant(text);
  REQUIRE(instant.has_value());
  return *instant / second;
}

Period period(const std::string& rule, const std::string& text) {
  const auto parsed = ZoneRule::parse(rule);
  REQUIRE(parsed.has_value());
  const Period found = parsed->at(at(text));
  CHECK(found.first <= at(text));
  CHECK(at(text) < found.last);
  return found;
}

}  // namespace

TEST_CASE("a northern rule saves daylight in the middle of the year") {
  const std::string rule = "EST5EDT,M3.2.0,M11.1.0";
  const Period winter = period(rule, "2040-01-15T00:00:00Z");
  CHECK(winter.abbreviation == "EST");
  CHECK(winter.offset_s == -5 * 3'600);
  CHECK_FALSE(winter.dst);
  CHECK(winter.first == at("2039-11-06T06:00:00Z"));
  CHECK(winter.last == at("2040-03-11T07:00:00Z"));
  const Period summer = period(rule, "2040-03-11T07:00:00Z");
  CHECK(summer.abbreviation == "EDT");
  CHECK(summer.offset_s == -4 * 3'600);
  CHECK(summer.dst);
  CHECK(summer.last == at("2040-11-04T06:00:00Z"));
}

TEST_CASE("a southern rule saves daylight across the turn of the year") {
  const Period summer = period("AEST-10AEDT,M10.1.0,M4.1.0/3", "2050-01-01T00:00:00Z");
  CHECK(summer.offset_s == 11 * 3'600);
  CHECK(summer.first == at("2049-10-02T16:00:00Z"));
  CHECK(summer.last == at("2050-04-02T16:00:00Z"));
}

TEST_CASE("a rule may name its abbreviations in brackets, its offsets and its hours freely") {
  CHECK(period("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2050-07-01T00:00:00Z").offset_s == -3'600);
  CHECK(period("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2050-07-01T00:00:00Z").first == at("2050-03-27T01:00:00Z"));
  CHECK(period("<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", "2050-01-01T00:00:00Z").abbreviation == "+11");
  CHECK(period("EET-2EEST,M3.4.4/50,M10.4.4/50", "2050-07-01T00:00:00Z").first == at("2050-03-26T00:00:00Z"));
  CHECK(period("IST-1GMT0,M10.5.0,M3.5.0/1", "2050-01-01T00:00:00Z").abbreviation == "GMT");
}

TEST_CASE("a rule may count the days of the year, with 29 February or without") {
  CHECK(period("AAA0BBB,J60/0,J300/0", "2048-05-01T00:00:00Z").first == at("2048-03-01T00:00:00Z"));
  CHECK(period("AAA0BBB,J60/0,J300/0", "2049-05-01T00:00:00Z").first == at("2049-03-01T00:00:00Z"));
  CHECK(period("AAA0BBB,59/0,300/0", "2048-05-01T00:00:00Z").first == at("2048-02-29T00:00:00Z"));
  CHECK(period("AAA0BBB,59/0,300/0", "2049-05-01T00:00:00Z").first == at("2049-03-01T00:00:00Z"));
}

TEST_CASE("a rule may save daylight all the year") {
  for (const char* text :
       {"2050-01-01T03:59:59Z", "2050-01-01T04:00:00Z", "2050-07-01T00:00:00Z", "2050-12-31T23:59:59Z"}) {
    CHECK(period("EST5EDT,0/0,J365/25", text).offset_s == -4 * 3'600);
  }
}

TEST_CASE("a text that is no rule, or changes nothing, is none") {
  const std::string text = GENERATE("", "KST-9", "<+00>0", "EST5EDT", "EST5EDT,", "EST5EDT,M3.2.0", "EST5EDT,M3.2.0,",
                                    "EST5EDT,M3.2.0,M11.1.0x", "EST5EDT,M13.2.0,M11.1.0", "EST5EDT,M3.6.0,M11.1.0",
                                    "EST5EDT,M3.2.7,M11.1.0", "EST5EDT,M3.2,M11.1.0", "EST5EDT,J0,J300",
                                    "EST5EDT,J366,J300", "EST5EDT,366,300", "EST5EDT,M3.2.0/168,M11.1.0",
                                    "EST25EDT,M3.2.0,M11.1.0", "ES5EDT,M3.2.0,M11.1.0", "<EST5EDT,M3.2.0,M11.1.0",
                                    "EST,M3.2.0,M11.1.0", "EST5EDT,M3.2.0/,M11.1.0", "EST5EDT,M3.2.0/2:60,M11.1.0");
  CAPTURE(text);
  CHECK_FALSE(ZoneRule::parse(text).has_value());
}
