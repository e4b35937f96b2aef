// Committed postings that are in no run yet, found by their key. Thread-safe: one thread adds while
// others look up. (In the file they are in posting_recent, a row a batch.)
#pragma once

#include <cstddef>
#include <cstdint>
#include <shared_mutex>
#include <vector>

#include "db/sqlite/runs/posting.h"

namespace scrip::sqlite {

class RecentPostings {
 public:
  void add(const std::vector<Posting>& postings);
  // Appends those with the key.
  void find(std::uint64_t key, std::vector<Posting>& to) const;

 private:
  struct Link {
    Posting posting;
    std::uint32_t next;  // place of the next with the same bucket, plus one; 0: none
  };
  void grow();

  mutable std::shared_mutex mutex_;
  // A hash table in two arrays: claims look up and add here all the time, and never remove.
  std::vector<std::uint32_t> buckets_;  // place in links_ plus one; a power of two of them
  std::vector<Link> links_;
};

}  // namespace scrip::sqlite
