// The zone's half of time.h: between instants and what clocks on a wall show.
#include <date/date.h>

#include <algorithm>

#include "coupon/digits.h"
#include "coupon/time.h"
#include "coupon/zone.h"

namespace scrip {
namespace {

constexpr std::int64_t hour_s = 3'600;
constexpr std::int64_t day_s = 24 * hour_s;
constexpr std::int64_t max_year = 9'999;

// What instants are held to inside, a little wider than what is accepted: the day that holds the
// first instant begins before it, the one that holds the last ends after it.
constexpr std::int64_t first_second = -400 * day_s;
constexpr std::int64_t last_second = latest_instant / second + 400 * day_s;

std::int64_t floor_div(std::int64_t a, std::int64_t b) {
  return a / b - (a % b < 0 ? 1 : 0);
}

std::int64_t floor_seconds(Micros instant) {
  return floor_div(instant, second);
}

Micros held_inside(Micros instant) {
  return std::clamp(instant, first_second * second, last_second * second);
}

// Days from 1970-01-01 to a date whose month and day may run over.
std::int64_t days_to(std::int64_t year, std::int64_t month, std::int64_t day_of_month) {
  const std::int64_t months = year * 12 + (month - 1);
  // The date library's years have 16 bits; anything beyond is out of range in any case.
  const std::int64_t whole_year = std::clamp<std::int64_t>(floor_div(months, 12), -max_year, 2 * max_year);
  const std::int64_t month_of_year = months - floor_div(months, 12) * 12 + 1;
  const date::year_month_day first{date::year{static_cast<int>(whole_year)},
                                   date::month{static_cast<unsigned>(month_of_year)}, date::day{1}};
  return date::sys_days{first}.time_since_epoch().count() + (day_of_month - 1);
}

// The first second at which the zone's clocks show `local`, or at which they skip it. The periods
// that can hold it are tried in order, from one that surely begins before.
std::int64_t resolve(std::string_view zone, std::int64_t local) {
  std::int64_t from = local - 26 * hour_s;  // no offset is that large
  for (;;) {
    const Period& period = period_at(zone, from);
    const std::int64_t candidate = local - period.offset_s;
    if (candidate < period.first) return period.first;
    if (candidate < period.last) return candidate;
    from = period.last;
  }
}

Micros midnight(std::string_view zone, std::int64_t days) {
  return resolve(zone, days * day_s) * second;
}

std::int64_t local_days(std::string_view zone, std::int64_t seconds) {
  return floor_div(seconds + period_at(zone, seconds).offset_s, day_s);
}

}  // namespace

bool is_zone(std::string_view zone) {
  return has_zone(zone);
}

LocalTime local_time(std::string_view zone, Micros instant) {
  instant = held_inside(instant);
  const std::int64_t seconds = floor_seconds(instant);
  const Period& period = period_at(zone, seconds);
  const std::int64_t shown = seconds + period.offset_s;
  const std::int64_t days = floor_div(shown, day_s);
  const auto of_day = static_cast<int>(shown - days * day_s);
  const date::sys_days today{date::days{static_cast<int>(days)}};
  const date::year_month_day ymd{today};
  const date::sys_days new_year{ymd.year() / date::January / 1};
  return {.year = static_cast<int>(ymd.year()),
          .month = static_cast<int>(static_cast<unsigned>(ymd.month())),
          .day = static_cast<int>(static_cast<unsigned>(ymd.day())),
          .hour = of_day / 3'600,
          .minute = of_day / 60 % 60,
          .second = of_day % 60,
          .microsecond = static_cast<int>(instant - seconds * second),
          .weekday = static_cast<int>(date::weekday{today}.iso_encoding()),
          .yearday = (today - new_year).count() + 1,
          .offset_s = period.offset_s,
          .dst = period.dst,
          .abbreviation = period.abbreviation};
}

Micros instant_of(std::string_view zone, const LocalTime& local) {
  const Micros fraction = local.microsecond;
  const std::int64_t shown = days_to(local.year, local.month, local.day) * day_s + local.hour * hour_s +
                             std::int64_t{local.minute} * 60 + local.second + floor_seconds(fraction);
  const std::int64_t held = std::clamp(shown, first_second, last_second);
  const std::int64_t found = resolve(zone, held);
  // A skipped time is the change itself; its fraction was skipped, too.
  const bool skipped = found + period_at(zone, found).offset_s != held;
  return found * second + (skipped ? 0 : fraction - floor_seconds(fraction) * second);
}

Interval local_day(std::string_view zone, Micros instant) {
  const std::int64_t seconds = floor_seconds(held_inside(instant));
  std::int64_t days = local_days(zone, seconds);
  Interval interval{.first = midnight(zone, days), .last = midnight(zone, days + 1)};
  // Clocks that go back across midnight show the end of a day again after the next one began. A day
  // begins at its first midnight, so that every instant is in one day.
  while (seconds * second >= interval.last) {
    ++days;
    interval = {.first = interval.last, .last = midnight(zone, days + 1)};
  }
  return interval;
}

std::optional<Interval> local_day(std::string_view zone, std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  const int year = read_digits(text.substr(0, 4));
  const int month = read_digits(text.substr(5, 2));
  const int day_of_month = read_digits(text.substr(8, 2));
  if (year < 1970 || month < 0 || day_of_month < 0) return std::nullopt;
  const date::year_month_day ymd{date::year{year}, date::month{static_cast<unsigned>(month)},
                                 date::day{static_cast<unsigned>(day_of_month)}};
  if (!ymd.ok()) return std::nullopt;
  const std::int64_t days = date::sys_days{ymd}.time_since_epoch().count();
  return Interval{.first = midnight(zone, days), .last = midnight(zone, days + 1)};
}

}  // namespace scrip
