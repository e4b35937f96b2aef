// Tells most keys that are not in a set from those that may be: a Bloom filter whose bits for one
// key lie in one cache line (Putze, Sanders, Singler, "Cache-, Hash- and Space-Efficient Bloom
// Filters", 2007). About 16 bits a key; about one absent key in seven hundred passes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace scrip::sqlite {

class KeyFilter {
 public:
  KeyFilter() = default;  // holds everything back from nothing: every key passes
  explicit KeyFilter(const std::vector<std::uint64_t>& keys);
  // Of bytes(); those of a damaged file may let any key pass.
  static KeyFilter from(std::string_view bytes);

  bool may_hold(std::uint64_t key) const;
  // Has the line of a key fetched, for who asks about many keys.
  void prefetch(std::uint64_t key) const;
  std::string_view bytes() const;  // little-endian words

 private:
  static constexpr std::size_t line_words = 8;
  std::size_t line_of(std::uint64_t mixed) const;

  std::vector<std::uint64_t> words_;  // empty, or whole lines
};

}  // namespace scrip::sqlite
