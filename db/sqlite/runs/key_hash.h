// The keys of what is looked up by text: SipHash-1-3 (Aumasson, Bernstein, "SipHash: a fast
// short-input PRF", 2012) under a key that each database draws for itself, so that nobody can choose
// user ids that fall on one key. Two texts may have one key all the same: who looks up compares.
#pragma once

#include <cstdint>
#include <string_view>

#include "db/sqlite/runs/posting.h"

namespace scrip::sqlite {

class KeyHash {
 public:
  KeyHash(std::int64_t key_0, std::int64_t key_1)
      : key_0_(static_cast<std::uint64_t>(key_0)), key_1_(static_cast<std::uint64_t>(key_1)) {}

  std::uint64_t of_user(std::string_view user_id) const { return hash(user_id); }
  std::uint64_t of_coupon(std::int64_t campaign, std::int64_t serial) const;
  std::uint64_t of_code(std::string_view normalized) const { return hash(normalized); }
  std::uint64_t of_answer(std::string_view owner, std::string_view key) const;

 private:
  std::uint64_t hash(std::string_view bytes) const;

  std::uint64_t key_0_;
  std::uint64_t key_1_;
};

}  // namespace scrip::sqlite
