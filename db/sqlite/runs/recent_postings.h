// Postings that are in no run yet: they are in memory and, a row a batch, in posting_recent, from
// where a start reads them again. Those that are frozen are being written to a run; they are read
// from here until that is live.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <unordered_map>
#include <vector>

#include "db/sqlite/runs/posting.h"
#include "db/sqlite/runs/posting_source.h"

namespace scrip::sqlite {

class RecentPostings {
 public:
  // One batch's, sorted.
  void add(std::int64_t batch, std::vector<Posting> sorted);
  // Appends those with the key.
  void find(std::uint64_t key, std::vector<Posting>& to) const;
  // All of them, in order.
  std::unique_ptr<PostingSource> source() const;

  std::size_t size() const { return size_; }
  std::size_t batches() const { return batches_.size(); }
  std::int64_t last_batch() const { return last_batch_; }

 private:
  struct Link {
    Posting posting;
    std::uint32_t next;  // place of the next with the same bucket, plus one; 0: none
  };
  void grow();

  std::vector<std::shared_ptr<const std::vector<Posting>>> batches_;
  std::size_t size_ = 0;
  std::int64_t last_batch_ = 0;
  // A hash table in two arrays: claims look up and add here all the time, and never remove.
  std::vector<std::uint32_t> buckets_;  // place in links_ plus one; a power of two of them
  std::vector<Link> links_;
};

}  // namespace scrip::sqlite
