#include "db/sqlite/runs/key_filter.h"

#include <bit>
#include <cstring>

namespace scrip::sqlite {
namespace {

static_assert(std::endian::native == std::endian::little, "the words are in the files as they are in memory");

constexpr std::size_t bits_per_key = 16;
constexpr int probes = 6;  // of the filters that are in the files

// The finaliser of SplitMix64 (Steele, Lea, Flood, 2014): keys may be anything, instants too.
std::uint64_t mix(std::uint64_t key) {
  key = (key ^ (key >> 30)) * 0xBF58476D1CE4E5B9ULL;
  key = (key ^ (key >> 27)) * 0x94D049BB133111EBULL;
  return key ^ (key >> 31);
}

// Calls with each of a key's bits in its line, until one call says false.
template <class Visit>
bool each_bit(std::uint64_t mixed, const Visit& visit) {
  std::uint64_t bits = mixed * 0x9E3779B97F4A7C15ULL;
  for (int i = 0; i < probes; ++i, bits >>= 9) {
    const std::size_t word = (bits >> 6) & 7;
    if (!visit(word, std::uint64_t{1} << (bits & 63))) return false;
  }
  return true;
}

}  // namespace

// The high half chooses the line (Lemire's reduction).
std::size_t KeyFilter::line_of(std::uint64_t mixed) const {
  const std::uint64_t lines = words_.size() / line_words;
  return static_cast<std::size_t>(((mixed >> 32) * lines) >> 32) * line_words;
}

KeyFilter::KeyFilter(const std::vector<std::uint64_t>& keys) {
  const std::size_t lines = (keys.size() * bits_per_key + 511) / 512;
  words_.assign((lines == 0 ? 1 : lines) * line_words, 0);
  for (const std::uint64_t key : keys) {
    const std::uint64_t mixed = mix(key);
    std::uint64_t* const line = &words_[line_of(mixed)];
    each_bit(mixed, [&](std::size_t word, std::uint64_t bit) {
      line[word] |= bit;
      return true;
    });
  }
}

KeyFilter KeyFilter::from(std::string_view bytes) {
  KeyFilter filter;
  if (bytes.empty() || bytes.size() % (line_words * sizeof(std::uint64_t)) != 0) return filter;
  filter.words_.resize(bytes.size() / sizeof(std::uint64_t));
  std::memcpy(filter.words_.data(), bytes.data(), bytes.size());
  return filter;
}

bool KeyFilter::may_hold(std::uint64_t key) const {
  if (words_.empty()) return true;
  const std::uint64_t mixed = mix(key);
  const std::uint64_t* const line = &words_[line_of(mixed)];
  return each_bit(mixed, [&](std::size_t word, std::uint64_t bit) { return (line[word] & bit) != 0; });
}

void KeyFilter::prefetch(std::uint64_t key) const {
  if (!words_.empty()) __builtin_prefetch(&words_[line_of(mix(key))]);
}

std::string_view KeyFilter::bytes() const {
  return {reinterpret_cast<const char*>(words_.data()), words_.size() * sizeof(std::uint64_t)};
}

}  // namespace scrip::sqlite
