// All indexes in sorted runs, as the write connection uses them: what a batch changed becomes
// postings. Used inside its transactions, by its thread.
#pragma once

#include <array>
#include <memory>
#include <optional>

#include "db/sqlite/runs/lookup.h"
#include "db/sqlite/runs/sorted_runs.h"

namespace scrip::sqlite {

class Indexes final : public Lookup {
 public:
  Indexes(Connection& db, const KeyHash& hash, std::shared_ptr<RunCache> cache, const SortedRunsOptions& options);

  Result<std::vector<Posting>> find(Index index, std::uint64_t key) override;

  // To be added with flush().
  void post(Index index, const Posting& posting) { posted_[static_cast<std::size_t>(index)].push_back(posting); }
  // Postings of this index that point below `second` are of no use any more.
  void forget_below(Index index, std::int64_t second) { oldest_[static_cast<std::size_t>(index)] = second; }
  // Writes what was posted, and merges a little.
  Result<void> flush();

  void committed();
  void rolled_back();
  // Another process has written to the file.
  void read_again();

 private:
  Connection& db_;
  const std::shared_ptr<RunCache> cache_;
  std::vector<SortedRuns> runs_;
  std::optional<std::int64_t> next_batch_;  // nullopt: to be read from the file
  std::array<std::vector<Posting>, index_count> posted_;
  std::array<std::int64_t, index_count> oldest_;
};

}  // namespace scrip::sqlite
