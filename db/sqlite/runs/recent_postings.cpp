#include "db/sqlite/runs/recent_postings.h"

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

void RecentPostings::add(std::int64_t batch, std::vector<Posting> sorted) {
  for (const Posting& posting : sorted) {
    if (links_.size() >= buckets_.size()) grow();
    std::uint32_t& head = buckets_[bucket_of(posting.key, buckets_.size())];
    links_.push_back({posting, head});
    head = static_cast<std::uint32_t>(links_.size());
  }
  size_ += sorted.size();
  last_batch_ = batch;
  batches_.push_back(std::make_shared<const std::vector<Posting>>(std::move(sorted)));
}

void RecentPostings::find(std::uint64_t key, std::vector<Posting>& to) const {
  if (buckets_.empty()) return;
  for (std::uint32_t at = buckets_[bucket_of(key, buckets_.size())]; at != 0; at = links_[at - 1].next) {
    if (links_[at - 1].posting.key == key) to.push_back(links_[at - 1].posting);
  }
}

std::unique_ptr<PostingSource> RecentPostings::source() const {
  std::vector<std::unique_ptr<PostingSource>> sources;
  sources.reserve(batches_.size());
  for (const auto& batch : batches_) sources.push_back(std::make_unique<ListSource>(batch, 0));
  return std::make_unique<MergedSource>(std::move(sources));
}

}  // namespace scrip::sqlite
