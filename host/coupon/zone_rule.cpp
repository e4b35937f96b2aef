#include "coupon/zone_rule.h"

#include <date/date.h>

#include <algorithm>
#include <cstddef>

namespace scrip {
namespace {

constexpr std::int64_t day_s = 86'400;

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

}  // namespace

// Reads a rule from its front; once something was not as expected it is no longer ok.
class ZoneRule::Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  bool ok() const { return ok_; }
  bool at_end() const { return rest_.empty(); }
  bool is_next(char c) const { return !rest_.empty() && rest_.front() == c; }

  bool take(char c) {
    if (!is_next(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  void expect(char c) {
    if (!take(c)) ok_ = false;
  }

  // "EST", "<+03>".
  std::string abbreviation() {
    const bool quoted = take('<');
    std::size_t size = 0;
    while (size < rest_.size() && (quoted ? rest_[size] != '>' : is_letter(rest_[size]))) ++size;
    std::string name(rest_.substr(0, size));
    rest_.remove_prefix(size);
    if (quoted) expect('>');
    if (name.size() < 3) ok_ = false;
    return name;
  }

  int number(int least, int most) {
    int value = 0;
    std::size_t size = 0;
    while (size < rest_.size() && size < 3 && is_digit(rest_[size])) value = value * 10 + (rest_[size++] - '0');
    rest_.remove_prefix(size);
    if (size == 0 || value < least || value > most) ok_ = false;
    return value;
  }

  // [+-]hours[:minutes[:seconds]], in seconds.
  int duration(int most_hours) {
    const bool negative = take('-');
    if (!negative) take('+');
    int seconds = number(0, most_hours) * 3'600;
    if (take(':')) {
      seconds += number(0, 59) * 60;
      if (take(':')) seconds += number(0, 59);
    }
    return negative ? -seconds : seconds;
  }

  Change change() {
    Change change;
    if (take('M')) {
      change.month = number(1, 12);
      expect('.');
      change.week = number(1, 5);
      expect('.');
      change.day = number(0, 6);
    } else if (take('J')) {
      change.counting = Counting::julian;
      change.day = number(1, 365);
    } else {
      change.counting = Counting::zero_based;
      change.day = number(0, 365);
    }
    if (take('/')) change.time_s = duration(167);
    return change;
  }

 private:
  std::string_view rest_;
  bool ok_ = true;
};

std::optional<ZoneRule> ZoneRule::parse(std::string_view text) {
  Scanner scan(text);
  ZoneRule rule;
  rule.standard_.abbreviation = scan.abbreviation();
  rule.standard_.offset_s = -scan.duration(24);  // POSIX counts west of Greenwich
  rule.saving_.abbreviation = scan.abbreviation();
  rule.saving_.offset_s = scan.is_next(',') ? rule.standard_.offset_s + 3'600 : -scan.duration(24);
  scan.expect(',');
  rule.to_saving_ = scan.change();
  scan.expect(',');
  rule.to_standard_ = scan.change();
  if (!scan.ok() || !scan.at_end()) return std::nullopt;
  return rule;
}

std::int64_t ZoneRule::Change::local_seconds(int year) const {
  const date::year y{year};
  date::sys_days on;
  switch (counting) {
    case Counting::julian:  // 29 February is never counted
      on = date::sys_days{y / date::January / 1} + date::days{day - 1 + (y.is_leap() && day > 59 ? 1 : 0)};
      break;
    case Counting::zero_based:
      on = date::sys_days{y / date::January / 1} + date::days{day};
      break;
    case Counting::month_week: {
      const date::month m{static_cast<unsigned>(month)};
      const date::weekday weekday{static_cast<unsigned>(day)};
      on = week == 5 ? date::sys_days{y / m / weekday[date::last]}
                     : date::sys_days{y / m / weekday[static_cast<unsigned>(week)]};
      break;
    }
  }
  return on.time_since_epoch().count() * day_s + time_s;
}

Period ZoneRule::at(std::int64_t seconds) const {
  struct Turn {
    std::int64_t at = 0;
    bool to_saving = false;
  };
  const date::sys_days today = date::floor<date::days>(date::sys_seconds{std::chrono::seconds{seconds}});
  const int year = static_cast<int>(date::year_month_day{today}.year());
  std::array<Turn, 6> turns;
  for (std::size_t i = 0; i < 3; ++i) {
    const int y = year - 1 + static_cast<int>(i);
    turns[2 * i] = {.at = to_saving_.local_seconds(y) - standard_.offset_s, .to_saving = true};
    turns[2 * i + 1] = {.at = to_standard_.local_seconds(y) - saving_.offset_s, .to_saving = false};
  }
  // Stable: where saving time lasts all year its end coincides with its next start, which comes later.
  std::stable_sort(turns.begin(), turns.end(), [](const Turn& a, const Turn& b) { return a.at < b.at; });
  const auto next =
      std::upper_bound(turns.begin(), turns.end(), seconds, [](std::int64_t s, const Turn& t) { return s < t.at; });
  // Of the year before, one turn at least is past; of the year after, one at least is to come.
  const auto current = std::prev(next);
  const Side& side = current->to_saving ? saving_ : standard_;
  return {.first = current->at,
          .last = next->at,
          .offset_s = side.offset_s,
          .dst = current->to_saving,
          .abbreviation = side.abbreviation};
}

}  // namespace scrip
