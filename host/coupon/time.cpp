// The text half of time.h: RFC 3339.
#include "coupon/time.h"

#include <date/date.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdlib>

#include "coupon/digits.h"

namespace scrip {
namespace {

constexpr std::size_t max_fraction_digits = 6;

// Reads a text from its front; once something was not as expected it is no longer ok.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  bool ok() const { return ok_; }
  bool at_end() const { return rest_.empty(); }
  char peek() const { return rest_.empty() ? '\0' : rest_.front(); }

  // A number of `width` digits, not above `most`.
  int number(std::size_t width, int most) {
    const int value = rest_.size() < width ? -1 : read_digits(rest_.substr(0, width));
    if (value < 0 || value > most) return fail();
    rest_.remove_prefix(width);
    return value;
  }

  // Either of two characters, gone then.
  void expect(char one, char other) {
    if (!take(one) && !take(other)) fail();
  }
  void expect(char c) { expect(c, c); }

  bool take(char c) {
    if (!ok_ || peek() != c || rest_.empty()) return false;
    rest_.remove_prefix(1);
    return true;
  }

  // The digits of a second's fraction, as microseconds.
  int fraction() {
    const std::size_t width = std::min(rest_.find_first_not_of("0123456789"), rest_.size());
    if (width == 0 || width > max_fraction_digits) return fail();
    int value = number(width, 999'999);
    for (std::size_t i = width; i < max_fraction_digits; ++i) value *= 10;
    return value;
  }

 private:
  int fail() {
    ok_ = false;
    return 0;
  }

  std::string_view rest_;
  bool ok_ = true;
};

// "Z" or "+09:00", in seconds.
int scan_offset(Scanner& scan) {
  if (scan.take('Z') || scan.take('z')) return 0;
  const bool west = scan.peek() == '-';
  scan.expect('+', '-');
  const int hours = scan.number(2, 23);
  scan.expect(':');
  const int minutes = scan.number(2, 59);
  const int offset_s = hours * 3'600 + minutes * 60;
  return west ? -offset_s : offset_s;
}

// Without the offset.
std::string format_shown(const LocalTime& t) {
  std::array<char, 64> text;
  char* end = write_digits(text.data(), t.year, t.year > 9'999 ? 5 : 4);
  *end++ = '-';
  end = write_digits(end, t.month, 2);
  *end++ = '-';
  end = write_digits(end, t.day, 2);
  *end++ = 'T';
  end = write_digits(end, t.hour, 2);
  *end++ = ':';
  end = write_digits(end, t.minute, 2);
  *end++ = ':';
  end = write_digits(end, t.second, 2);
  if (t.microsecond != 0) {
    *end++ = '.';
    end = write_digits(end, t.microsecond, max_fraction_digits);
  }
  std::string shown;
  shown.reserve(32);  // with what comes behind it
  return shown.assign(text.data(), end);
}

}  // namespace

std::optional<Micros> parse_instant(std::string_view text) {
  Scanner scan(text);
  const int year = scan.number(4, 9'999);
  scan.expect('-');
  const int month = scan.number(2, 12);
  scan.expect('-');
  const int day_of_month = scan.number(2, 31);
  scan.expect('T', 't');
  const int hours = scan.number(2, 23);
  scan.expect(':');
  const int minutes = scan.number(2, 59);
  scan.expect(':');
  const int seconds = scan.number(2, 59);
  const int micros = scan.take('.') ? scan.fraction() : 0;
  const int offset_s = scan_offset(scan);
  if (!scan.ok() || !scan.at_end()) return std::nullopt;

  const date::year_month_day ymd{date::year{year}, date::month{static_cast<unsigned>(month)},
                                 date::day{static_cast<unsigned>(day_of_month)}};
  if (!ymd.ok()) return std::nullopt;
  const Micros instant = date::sys_days{ymd}.time_since_epoch().count() * day + hours * hour + minutes * minute +
                         (seconds - offset_s) * second + micros;
  if (instant < earliest_instant || instant > latest_instant) return std::nullopt;
  return instant;
}

// Without looking at the zones: every coupon that is shown has two of these.
std::string format_instant(Micros instant) {
  instant = std::clamp(instant, earliest_instant - 400 * day, latest_instant + 400 * day);
  const Micros micros = ((instant % day) + day) % day;  // of the day
  const auto days = static_cast<int>((instant - micros) / day);
  const date::year_month_day ymd{date::sys_days{date::days{days}}};
  const auto seconds = static_cast<int>(micros / second);
  return format_shown({.year = static_cast<int>(ymd.year()),
                       .month = static_cast<int>(static_cast<unsigned>(ymd.month())),
                       .day = static_cast<int>(static_cast<unsigned>(ymd.day())),
                       .hour = seconds / 3'600,
                       .minute = seconds / 60 % 60,
                       .second = seconds % 60,
                       .microsecond = static_cast<int>(micros % second)})
      .append(1, 'Z');
}

std::string format_instant(Micros instant, std::string_view zone) {
  const LocalTime there = local_time(zone, instant);
  // RFC 3339 writes offsets in whole minutes and years in four digits.
  const int offset_minutes = there.offset_s / 60;
  if (there.year > 9'999) return format_instant(instant);
  const LocalTime shown = there.offset_s % 60 == 0 ? there : local_time("UTC", instant + offset_minutes * minute);
  std::array<char, 6> offset{there.offset_s < 0 ? '-' : '+'};
  char* end = write_digits(&offset[1], std::abs(offset_minutes) / 60, 2);
  *end++ = ':';
  write_digits(end, std::abs(offset_minutes) % 60, 2);
  return format_shown(shown).append(offset.data(), offset.size());
}

}  // namespace scrip
