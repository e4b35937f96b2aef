// All indexes in sorted runs, as the write connection uses them: what a batch changed becomes
// postings. Used inside its transactions, by its thread; others look up in what it publishes.
#pragma once

#include <array>
#include <memory>
#include <optional>

#include "db/sqlite/runs/lookup.h"
#include "db/sqlite/runs/sorted_runs.h"

namespace scrip::sqlite {

class Indexes {
 public:
  Indexes(Connection& db, Postings& postings, const SortedRunsOptions& options);

  const KeyHash& hash() const { return postings_.hash; }

  // Reads the file anew, inside a transaction that has the lock, and publishes what is in it: at the
  // start, and when another process has written.
  Result<void> read();

  // To be added with flush().
  void post(Index index, const Posting& posting) { posted_[static_cast<std::size_t>(index)].push_back(posting); }
  // Postings of this index that point below `second` are of no use any more.
  void forget_below(Index index, std::int64_t second) { oldest_[static_cast<std::size_t>(index)] = second; }
  // Writes what was posted, and merges a little.
  Result<void> flush();

  // Commits by running COMMIT, and publishes what the batch added.
  Result<void> commit();
  void rolled_back();

 private:
  IndexViews views() const;

  Connection& db_;
  Postings& postings_;
  std::vector<SortedRuns> runs_;
  std::optional<std::int64_t> next_batch_;  // nullopt: to be read from the file
  std::array<std::vector<Posting>, index_count> posted_;
  std::array<std::int64_t, index_count> oldest_;
};

}  // namespace scrip::sqlite
