// One entry of an index that is kept in sorted runs (sorted_runs.h). What the fields are depends on
// the index; all entries of an index differ.
#pragma once

#include <compare>
#include <cstdint>

namespace scrip::sqlite {

struct Posting {
  std::uint64_t key = 0;
  std::int64_t first = 0;
  std::int64_t second = 0;
  friend auto operator<=>(const Posting&, const Posting&) = default;
};

// The indexes. Numbers are in the files.
enum class Index : std::uint8_t {
  holder = 0,       // hash of the user id -> campaign, serial of a coupon that was given to the user
  expiry = 1,       // sortable(expires_at) -> campaign, serial of a coupon that expires then
  decided_for = 2,  // hash of the user id -> 0, decision that no coupon's row names
  decided_on = 3,   // hash of campaign and serial -> 0, decision
  answered = 4,     // hash of an Idempotency-Key and its owner -> 0, row of `idempotency`
  imported = 5,     // hash of a normalized code -> campaign, serial of the coupon that was imported under it
};
inline constexpr int index_count = 6;

// Signed instants in the order of unsigned keys.
constexpr std::uint64_t sortable(std::int64_t instant) {
  return static_cast<std::uint64_t>(instant) ^ (std::uint64_t{1} << 63);
}

}  // namespace scrip::sqlite
