// A work: a title (a webtoon, a book) that an event shows and gives coupons for. Such a coupon's
// subject names it. Pure; thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "coupon/time.h"

namespace scrip {

struct Work {
  std::int64_t id = 0;  // from 1; never used again
  std::string title;
  Micros created_at = 0;
  Micros updated_at = 0;
};

// 1 to 200 characters of UTF-8 without control characters.
bool is_work_title(std::string_view title);

// "work:12", the subject of a coupon for that work.
std::string work_subject(std::int64_t id);

}  // namespace scrip
