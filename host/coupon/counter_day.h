// Counters that end. A rule that counts by the day, week or month names its counter with the last day
// of that: "issued:week:u:mina@2026-11-22". When the day is over everywhere nobody asks for it again,
// so its row can go. Pure functions; thread-safe.
#pragma once

#include <string>
#include <string_view>

#include "coupon/time.h"

namespace scrip {

// "2026-11-22" of a name that ends with "@2026-11-22"; empty: the counter has no end. Digits are
// looked at, not the calendar. Days compare as texts.
std::string_view last_day_of(std::string_view counter);

// Counters with an earlier last day are over: two days are, so that it has ended in every zone.
std::string first_day_in_use(Micros now);

}  // namespace scrip
