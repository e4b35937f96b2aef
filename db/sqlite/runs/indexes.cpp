#include "db/sqlite/runs/indexes.h"

#include <limits>
#include <utility>

namespace scrip::sqlite {

Indexes::Indexes(Connection& db, const KeyHash& hash, std::shared_ptr<RunCache> cache, const SortedRunsOptions& options)
    : Lookup(hash), db_(db), cache_(std::move(cache)) {
  for (int index = 0; index < index_count; ++index) runs_.emplace_back(static_cast<Index>(index), *cache_, options);
  oldest_.fill(std::numeric_limits<std::int64_t>::min());
}

Result<std::vector<Posting>> Indexes::find(Index index, std::uint64_t key) {
  std::vector<Posting> found;
  if (auto done = runs_[static_cast<std::size_t>(index)].find(db_, key, found); !done) return done.error();
  return found;
}

Result<void> Indexes::flush() {
  if (!next_batch_) {
    const auto last = db_.integer("SELECT max(id) FROM posting_recent");
    if (!last) return last.error();
    next_batch_ = (*last >> 3) + 1;
  }
  for (std::size_t index = 0; index < runs_.size(); ++index) {
    if (posted_[index].empty()) continue;
    auto added = runs_[index].add(db_, *next_batch_, std::exchange(posted_[index], {}), oldest_[index]);
    if (!added) return added;
  }
  ++*next_batch_;
  return {};
}

void Indexes::committed() {
  for (SortedRuns& runs : runs_) runs.committed();
}

void Indexes::rolled_back() {
  for (auto& posted : posted_) posted.clear();
  next_batch_.reset();
  for (SortedRuns& runs : runs_) runs.rolled_back();
}

void Indexes::read_again() {
  next_batch_.reset();
  for (SortedRuns& runs : runs_) runs.read_again();
}

}  // namespace scrip::sqlite
