// What the look-ups of this process read: of every index the postings that are in no run, in memory,
// and the live runs. The writer publishes with each commit; who looks up captures a view together
// with the snapshot of the file that belongs to it.
//
// Thread-safe.
#pragma once

#include <array>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "db/sqlite/connection.h"
#include "db/sqlite/runs/posting.h"
#include "db/sqlite/runs/recent_postings.h"
#include "db/sqlite/runs/run.h"

namespace scrip::sqlite {

using Runs = std::vector<std::shared_ptr<const Run>>;

struct PostingView {
  std::shared_ptr<const RecentPostings> recent;
  std::shared_ptr<const RecentPostings> frozen;  // those that are being written to a run; null: none are
  std::shared_ptr<const Runs> runs;
};

// Beside postings that were committed before it was captured, a view may show later ones, whose rows
// are not in the snapshot.
using IndexViews = std::array<PostingView, index_count>;

class PostingViews {
 public:
  // False until the first publish(): then nobody of this process writes, and the file has to be asked.
  bool published() const;

  // Commits, and publishes what is to be looked up from then on. Nobody captures in between.
  Result<void> publish(const std::function<Result<void>()>& commit, const std::function<IndexViews()>& views);

  // Begins a snapshot on the connection, inside a transaction that has read nothing yet.
  Result<IndexViews> capture(Connection& db) const;

 private:
  mutable std::mutex mutex_;
  bool published_ = false;
  IndexViews views_;
};

}  // namespace scrip::sqlite
