// Postings in order, one after the other: of a run, of a list in memory, of several at once.
#pragma once

#include <memory>
#include <queue>
#include <vector>

#include "coupon/error.h"
#include "db/sqlite/connection.h"
#include "db/sqlite/runs/posting.h"
#include "db/sqlite/runs/run.h"

namespace scrip::sqlite {

class PostingSource {
 public:
  virtual ~PostingSource() = default;
  // The next posting; null at the end. It stays until the next call.
  virtual Result<const Posting*> next(Connection& db) = 0;
};

// A run, from the first posting whose key is not below `from`.
class RunSource final : public PostingSource {
 public:
  RunSource(std::shared_ptr<const Run> run, std::uint64_t from);
  Result<const Posting*> next(Connection& db) override;

 private:
  std::shared_ptr<const Run> run_;
  std::uint64_t from_;
  std::size_t chunk_;  // the next to be read
  std::vector<Posting> read_;
  std::size_t at_ = 0;
};

// Sorted postings in memory, likewise.
class ListSource final : public PostingSource {
 public:
  ListSource(std::shared_ptr<const std::vector<Posting>> list, std::uint64_t from);
  Result<const Posting*> next(Connection& db) override;

 private:
  std::shared_ptr<const std::vector<Posting>> list_;
  std::size_t at_;
};

// All of several sources, each in order.
class MergedSource final : public PostingSource {
 public:
  explicit MergedSource(std::vector<std::unique_ptr<PostingSource>> sources);
  Result<const Posting*> next(Connection& db) override;

 private:
  struct Head {
    const Posting* posting;
    PostingSource* source;
    bool operator<(const Head& other) const { return *other.posting < *posting; }  // the least on top
  };
  Result<void> advance(Connection& db, PostingSource& source);

  std::vector<std::unique_ptr<PostingSource>> sources_;
  std::priority_queue<Head> heads_;
  PostingSource* last_ = nullptr;  // whose posting was given out
  bool begun_ = false;
};

}  // namespace scrip::sqlite
