// Writes a run, posting by posting, over any number of transactions. Until it is made live nobody
// reads it, and a start throws it away.
#pragma once

#include <memory>
#include <vector>

#include "coupon/error.h"
#include "db/sqlite/connection.h"
#include "db/sqlite/runs/posting_codec.h"
#include "db/sqlite/runs/run.h"

namespace scrip::sqlite {

class RunWriter {
 public:
  static Result<std::unique_ptr<RunWriter>> begin(Connection& db, Index index);

  // Not before the last one.
  Result<void> add(Connection& db, const Posting& posting);

  // Writes what is left, and makes the run live.
  Result<std::shared_ptr<const Run>> finish(Connection& db);

  std::int64_t id() const { return run_->id; }

 private:
  RunWriter(Index index, std::int64_t id);
  Result<void> end_chunk(Connection& db);
  Result<void> end_segment(Connection& db);

  const bool filtered_;
  std::shared_ptr<Run> run_;
  PostingEncoder encoder_;
  std::size_t chunk_ = 0;
  Segment segment_;
  std::vector<std::uint64_t> keys_;  // of the segment
};

}  // namespace scrip::sqlite
