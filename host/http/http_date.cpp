#include "http/http_date.h"

#include <array>
#include <cstdio>
#include <ctime>

namespace scrip::http {
namespace {

std::string text_of(std::time_t time) {
  std::tm utc{};
  ::gmtime_r(&time, &utc);
  constexpr std::array<const char*, 7> days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array<const char*, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                               "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  std::array<char, 64> text{};
  const int size = std::snprintf(text.data(), text.size(), "%s, %02d %s %04d %02d:%02d:%02d GMT",
                                 days[static_cast<std::size_t>(utc.tm_wday)], utc.tm_mday,
                                 months[static_cast<std::size_t>(utc.tm_mon)], utc.tm_year + 1900, utc.tm_hour,
                                 utc.tm_min, utc.tm_sec);
  return {text.data(), static_cast<std::size_t>(size)};
}

struct Written {
  std::time_t time = -1;
  std::string text;
};

}  // namespace

// Every answer has one, and it is the same for a second.
const std::string& http_date() {
  thread_local Written written;
  const std::time_t now = std::time(nullptr);
  if (written.time != now) written = {now, text_of(now)};
  return written.text;
}

}  // namespace scrip::http
