#include "lua/utf8.h"

#include <algorithm>

#include "coupon/text.h"

namespace scrip {

std::string to_utf8(std::string_view text) {
  std::string shown(text);
  if (!is_utf8(text)) {
    std::replace_if(
        shown.begin(), shown.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; }, '?');
  }
  return shown;
}

}  // namespace scrip
