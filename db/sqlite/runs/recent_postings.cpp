#include "db/sqlite/runs/recent_postings.h"

#include <mutex>
#include <utility>

namespace scrip::sqlite {
namespace {

constexpr std::size_t first_buckets = 1024;

// Keys that are instants differ in few bits.
std::size_t bucket_of(std::uint64_t key, std::size_t buckets) {
  return static_cast<std::size_t>((key * 0x9E3779B97F4A7C15ULL) >> 32) & (buckets - 1);
}

}  // namespace

void RecentPostings::grow() {
  buckets_.assign(buckets_.empty() ? first_buckets : buckets_.size() * 2, 0);
  for (std::size_t i = 0; i < links_.size(); ++i) {
    std::uint32_t& head = buckets_[bucket_of(links_[i].posting.key, buckets_.size())];
    links_[i].next = std::exchange(head, static_cast<std::uint32_t>(i + 1));
  }
}

void RecentPostings::add(const std::vector<Posting>& postings) {
  const std::unique_lock lock(mutex_);
  for (const Posting& posting : postings) {
    if (links_.size() >= buckets_.size()) grow();
    std::uint32_t& head = buckets_[bucket_of(posting.key, buckets_.size())];
    links_.push_back({posting, head});
    head = static_cast<std::uint32_t>(links_.size());
  }
}

void RecentPostings::find(std::uint64_t key, std::vector<Posting>& to) const {
  const std::shared_lock lock(mutex_);
  if (buckets_.empty()) return;
  for (std::uint32_t at = buckets_[bucket_of(key, buckets_.size())]; at != 0; at = links_[at - 1].next) {
    if (links_[at - 1].posting.key == key) to.push_back(links_[at - 1].posting);
  }
}

}  // namespace scrip::sqlite
