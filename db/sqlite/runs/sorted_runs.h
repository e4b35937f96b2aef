// The writer's side of an index in sorted runs. Claims come in random order of users; in a B-tree
// each would dirty a page of its own. Here a batch appends its postings in one row, and they are
// merged into ever larger runs a little with every batch, so that a claim writes some hundred bytes
// for the index however large it is (O'Neil and others, "The Log-Structured Merge-Tree", 1996).
//
// add() is called inside a transaction of the write connection. What it did counts from committed()
// on, and is in view() then; after rolled_back() everything is read again from the file. What look-ups
// read is never changed but by adding to it, so they go on beside all this (posting_views.h).
// Used by one thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

#include "coupon/error.h"
#include "db/sqlite/runs/posting_source.h"
#include "db/sqlite/runs/posting_views.h"
#include "db/sqlite/runs/recent_postings.h"
#include "db/sqlite/runs/run.h"
#include "db/sqlite/runs/run_writer.h"
#include "db/sqlite/runs/sorted_runs_options.h"

namespace scrip::sqlite {

class SortedRuns {
 public:
  SortedRuns(Index index, RunCache& cache, SortedRunsOptions options = {})
      : index_(index), cache_(cache), options_(options) {}

  // Reads what is in the file, unless that was done. Inside a transaction.
  Result<void> open(Connection& db);

  // Adds the postings of a batch, whose number is greater than all before, and does its share of the
  // merging. Postings whose `second` is below `oldest` are dropped when they are merged.
  Result<void> add(Connection& db, std::int64_t batch, std::vector<Posting> postings, std::int64_t oldest);

  void committed();
  void rolled_back();
  // The file was changed by somebody else.
  void read_again() { opened_ = false; }

  // All that is committed. Precondition: opened, and nothing was added since committed().
  PostingView view() const { return {recent_, frozen_, live_}; }

 private:
  // Sources that are being written to one run.
  struct Merge {
    std::unique_ptr<PostingSource> source;
    std::unique_ptr<RunWriter> writer;
    std::vector<std::int64_t> inputs;  // runs; none: the frozen postings
  };
  struct Level {
    std::vector<std::shared_ptr<const Run>> runs;
    std::unique_ptr<Merge> merge;
  };
  // Batches whose postings are in no run.
  struct Unmerged {
    std::vector<std::shared_ptr<const std::vector<Posting>>> batches;
    std::size_t postings = 0;
    std::int64_t last_batch = 0;
    void add(std::int64_t batch, std::shared_ptr<const std::vector<Posting>> sorted);
    std::unique_ptr<PostingSource> source() const;
  };
  void keep_recent(std::int64_t batch, std::vector<Posting> sorted);
  Result<void> begin_flush(Connection& db);
  Result<void> begin_merge(Connection& db, std::size_t level);
  // True: it came to its end, and the run is live.
  Result<bool> step(Connection& db, Merge& merge, std::size_t postings, std::int64_t oldest);
  Result<void> end_flush(Connection& db);
  Result<void> end_merge(Connection& db, std::size_t level);
  Result<void> remove_retired(Connection& db);
  // By key; else it is only listed in order.
  bool looked_up() const { return index_ != Index::expiry; }
  void keep(std::shared_ptr<const Run> run);
  void list_live();

  const Index index_;
  RunCache& cache_;
  const SortedRunsOptions options_;

  bool opened_ = false;
  Unmerged unmerged_;
  std::shared_ptr<RecentPostings> recent_;  // the same, for look-ups
  std::int64_t frozen_last_batch_ = 0;
  std::shared_ptr<RecentPostings> frozen_;
  std::unique_ptr<Merge> flush_;
  std::vector<Level> levels_;
  std::shared_ptr<const Runs> live_;  // of all levels
  std::deque<std::int64_t> retired_;  // runs whose rows are being removed

  // In this transaction.
  bool changed_ = false;
  std::vector<std::shared_ptr<const Run>> made_;
  std::shared_ptr<const std::vector<Posting>> added_;
  std::shared_ptr<RecentPostings> added_to_;
};

}  // namespace scrip::sqlite
