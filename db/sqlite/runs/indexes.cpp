#include "db/sqlite/runs/indexes.h"

#include <limits>
#include <utility>

#include "db/sqlite/statement.h"

namespace scrip::sqlite {

Indexes::Indexes(Connection& db, Postings& postings, const SortedRunsOptions& options) : db_(db), postings_(postings) {
  for (int index = 0; index < index_count; ++index) {
    runs_.emplace_back(static_cast<Index>(index), postings_.runs, options);
  }
  oldest_.fill(std::numeric_limits<std::int64_t>::min());
}

Result<void> Indexes::read() {
  next_batch_.reset();
  for (SortedRuns& runs : runs_) {
    runs.read_again();
    if (auto opened = runs.open(db_); !opened) return opened;
  }
  return postings_.views.publish([] { return Result<void>(); }, [&] { return views(); });
}

Result<void> Indexes::flush() {
  // After a failure, those that the failed batch had changed.
  for (SortedRuns& runs : runs_) {
    if (auto opened = runs.open(db_); !opened) return opened;
  }
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

Result<void> Indexes::commit() {
  return postings_.views.publish([&] { return Statement(db_, "COMMIT").run(); },
                                 [&] {
                                   for (SortedRuns& runs : runs_) runs.committed();
                                   return views();
                                 });
}

IndexViews Indexes::views() const {
  IndexViews views;
  for (std::size_t index = 0; index < views.size(); ++index) views[index] = runs_[index].view();
  return views;
}

void Indexes::rolled_back() {
  for (auto& posted : posted_) posted.clear();
  next_batch_.reset();
  for (SortedRuns& runs : runs_) runs.rolled_back();
}

}  // namespace scrip::sqlite
