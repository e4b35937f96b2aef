// Whether an index in sorted runs has just the postings that the rows call for. Rows and postings
// come in different orders, so both are added up to a sum over all of them: no memory is needed, and
// one that is missing, doubled or changed shows.
#pragma once

#include <array>
#include <cstdint>

#include "coupon/error.h"
#include "db/findings.h"
#include "db/sqlite/connection.h"
#include "db/sqlite/runs/key_hash.h"
#include "db/sqlite/runs/posting.h"

namespace scrip::sqlite {

class PostingSums {
 public:
  explicit PostingSums(const KeyHash& hash) : hash_(hash) {}

  // A row calls for this posting.
  void expect(Index index, const Posting& posting) { sums_[static_cast<std::size_t>(index)].add(posting); }
  // A row makes the posting that another one calls for needless.
  void spare(Index index, const Posting& posting) { sums_[static_cast<std::size_t>(index)].take_away(posting); }
  const KeyHash& hash() const { return hash_; }

  // Compares with what is stored, leaving out postings whose `second` is below `oldest`: they point
  // to rows that were dropped since.
  Result<void> compare(Connection& db, Index index, std::int64_t oldest, Findings& findings) const;

 private:
  struct Sum {
    std::int64_t count = 0;
    std::uint64_t total = 0;
    void add(const Posting& posting);
    void take_away(const Posting& posting);
  };
  const KeyHash hash_;
  std::array<Sum, index_count> sums_;
};

}  // namespace scrip::sqlite
