#include "coupon/work.h"

#include <algorithm>

#include "coupon/text.h"

namespace scrip {

bool is_work_title(std::string_view title) {
  if (!is_utf8(title) || has_control_character(title)) return false;
  // Every byte of UTF-8 but 10xxxxxx begins a character.
  const auto characters =
      std::count_if(title.begin(), title.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; });
  return characters >= 1 && characters <= 200;
}

std::string work_subject(std::int64_t id) {
  return "work:" + std::to_string(id);
}

}  // namespace scrip
