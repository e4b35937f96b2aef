#include "db/sqlite/runs/posting_views.h"

#include <utility>

namespace scrip::sqlite {

bool PostingViews::published() const {
  const std::lock_guard lock(mutex_);
  return published_;
}

Result<void> PostingViews::publish(const std::function<Result<void>()>& commit,
                                   const std::function<IndexViews()>& views) {
  IndexViews published;
  {
    const std::lock_guard lock(mutex_);
    if (auto committed = commit(); !committed) return committed;
    published = views();
    views_.swap(published);
    published_ = true;
  }
  // What was replaced, perhaps a hash table of megabytes, goes outside the lock.
  return {};
}

Result<IndexViews> PostingViews::capture(Connection& db) const {
  const std::lock_guard lock(mutex_);
  // A transaction's snapshot is that of its first read.
  if (auto begun = db.integer("PRAGMA data_version"); !begun) return begun.error();
  return views_;
}

}  // namespace scrip::sqlite
