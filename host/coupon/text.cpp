#include "coupon/text.h"

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace scrip {
namespace {

constexpr std::uint8_t byte_at(std::string_view text, std::size_t i) {
  return static_cast<std::uint8_t>(text[i]);
}

// What follows a lead byte: how many bytes, and the range that the first of them has to be in. That
// range is what keeps out overlong forms, surrogates and values above U+10FFFF.
struct Tail {
  std::size_t count = 0;  // 0: no lead byte
  std::uint8_t low = 0x80;
  std::uint8_t high = 0xBF;
};

constexpr Tail tail_of(std::uint8_t lead) {
  if (lead >= 0xC2 && lead <= 0xDF) return {.count = 1};
  if (lead == 0xE0) return {.count = 2, .low = 0xA0};
  if (lead == 0xED) return {.count = 2, .high = 0x9F};
  if (lead >= 0xE1 && lead <= 0xEF) return {.count = 2};
  if (lead == 0xF0) return {.count = 3, .low = 0x90};
  if (lead == 0xF4) return {.count = 3, .high = 0x8F};
  if (lead >= 0xF1 && lead <= 0xF3) return {.count = 3};
  return {};
}

// How many characters of ASCII `text` has from `i` on, in whole words of eight.
std::size_t ascii_words(std::string_view text, std::size_t i) {
  std::size_t end = i;
  std::uint64_t word = 0;
  while (text.size() - end >= sizeof word) {
    std::memcpy(&word, text.data() + end, sizeof word);
    if ((word & 0x8080808080808080ULL) != 0) break;
    end += sizeof word;
  }
  return end - i;
}

}  // namespace

bool is_utf8(std::string_view text) {
  std::size_t i = 0;
  while (i < text.size()) {
    if (const std::size_t ascii = ascii_words(text, i); ascii > 0) {
      i += ascii;
      continue;
    }
    const std::uint8_t lead = byte_at(text, i++);
    if (lead < 0x80) continue;
    const Tail tail = tail_of(lead);
    if (tail.count == 0 || text.size() - i < tail.count) return false;
    if (byte_at(text, i) < tail.low || byte_at(text, i) > tail.high) return false;
    for (std::size_t k = 1; k < tail.count; ++k) {
      if ((byte_at(text, i + k) & 0xC0) != 0x80) return false;
    }
    i += tail.count;
  }
  return true;
}

bool has_control_character(std::string_view utf8) {
  for (std::size_t i = 0; i < utf8.size(); ++i) {
    const std::uint8_t byte = byte_at(utf8, i);
    if (byte < 0x20 || byte == 0x7F) return true;
    if (byte == 0xC2 && i + 1 < utf8.size() && byte_at(utf8, i + 1) < 0xA0) return true;
  }
  return false;
}

}  // namespace scrip
