#include "coupon/text.h"

#include <catch2/catch.hpp>
#include <string>
#include <string_view>

using namespace scrip;
using namespace std::literals;

namespace {

// The encoding of any number below 2^21, valid or not, by the bit pattern alone.
std::string encoded(unsigned long c) {
  const auto byte = [](unsigned long b) { return static_cast<char>(static_cast<unsigned char>(b)); };
  if (c < 0x80) return {byte(c)};
  if (c < 0x800) return {byte(0xC0 | c >> 6), byte(0x80 | (c & 0x3F))};
  if (c < 0x10000) return {byte(0xE0 | c >> 12), byte(0x80 | (c >> 6 & 0x3F)), byte(0x80 | (c & 0x3F))};
  return {byte(0xF0 | c >> 18), byte(0x80 | (c >> 12 & 0x3F)), byte(0x80 | (c >> 6 & 0x3F)), byte(0x80 | (c & 0x3F))};
}

}  // namespace

TEST_CASE("every Unicode scalar value is UTF-8, and nothing that is none") {
  unsigned long wrong = 0;
  for (unsigned long c = 0; c < 0x120000; ++c) {
    const bool is_scalar = c <= 0x10FFFF && (c < 0xD800 || c > 0xDFFF);
    if (is_utf8(encoded(c)) != is_scalar) ++wrong;
  }
  CHECK(wrong == 0);
}

TEST_CASE("malformed bytes are not UTF-8 wherever they stand") {
  const std::string_view bad =
      GENERATE("\x80"sv, "\xBF"sv, "\xC0\x80"sv, "\xC1\xBF"sv, "\xC3"sv, "\xC3("sv, "\xE0\x80\x80"sv, "\xE0\x9F\xBF"sv,
               "\xED\xA0\x80"sv, "\xED\xBF\xBF"sv, "\xE2\x82"sv, "\xE2(\xA1"sv, "\xE2\x82("sv, "\xF0\x80\x80\x80"sv,
               "\xF0\x8F\xBF\xBF"sv, "\xF4\x90\x80\x80"sv, "\xF5\x80\x80\x80"sv, "\xF0\x9F\x98"sv, "\xFE"sv, "\xFF"sv);
  CHECK_FALSE(is_utf8(bad));
  for (std::size_t before = 0; before < 20; ++before) {
    const std::string padded = std::string(before, 'a') + std::string(bad);
    CAPTURE(before);
    CHECK_FALSE(is_utf8(padded));
    CHECK_FALSE(is_utf8(padded + std::string(9, 'z')));
  }
}

TEST_CASE("well-formed text is UTF-8 at any length") {
  for (std::size_t before = 0; before < 20; ++before) {
    CAPTURE(before);
    CHECK(is_utf8(std::string(before, 'a') + "쿠폰이 3일 후 만료됩니다. \xF0\x9F\x8E\x81" + std::string(before, 'z')));
  }
  CHECK(is_utf8(""));
  CHECK(is_utf8("\0"sv));
}

TEST_CASE("control characters are found in ASCII and behind it") {
  CHECK(has_control_character("\0"sv));
  CHECK(has_control_character("a\nb"));
  CHECK(has_control_character("\x1F"));
  CHECK(has_control_character("\x7F"));
  CHECK(has_control_character("a\xC2\x80"));
  CHECK(has_control_character("a\xC2\x9F"));
  CHECK_FALSE(has_control_character("a b~"));
  CHECK_FALSE(has_control_character("\xC2\xA0"));
  CHECK_FALSE(has_control_character("쿠폰"));  // its bytes hold 0x80-0x9F, its characters do not
}
