// Postings as the file holds them: what a start reads, what a process that never writes looks up, and
// what is listed in order.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "coupon/error.h"
#include "db/sqlite/connection.h"
#include "db/sqlite/runs/posting_source.h"
#include "db/sqlite/runs/run.h"

namespace scrip::sqlite {

// The rowid of a batch's postings in posting_recent. Those of all indexes stand side by side, so
// that a batch changes one page and not five.
constexpr std::int64_t recent_row(std::int64_t batch, Index index) {
  return batch << 3 | static_cast<std::int64_t>(index);
}
static_assert(index_count <= 8);

using TakeRecent = std::function<void(std::int64_t batch, std::vector<Posting> postings)>;
Result<void> each_recent(Connection& db, Index index, const TakeRecent& take);

// Appends the run's postings with the key.
Result<void> find_in_run(Connection& db, const Run& run, std::uint64_t key, std::vector<Posting>& to);

// Appends all stored postings with the key. Several statements: inside a transaction.
Result<void> find_stored(Connection& db, Index index, RunCache& cache, std::uint64_t key, std::vector<Posting>& to);

// All stored postings with `from` <= key, in order. Inside a transaction until the last next().
Result<std::unique_ptr<PostingSource>> read_stored(Connection& db, Index index, RunCache& cache, std::uint64_t from);

}  // namespace scrip::sqlite
