#include "http/rate_limit.h"

#include <algorithm>

namespace scrip::http {

RateLimit::RateLimit(int burst, std::chrono::milliseconds interval, std::size_t keys)
    : interval_(interval), capacity_(interval * std::max(burst, 1)), max_keys_(std::max<std::size_t>(keys, 1)) {}

int RateLimit::take(std::string_view key, Time now) {
  const std::lock_guard lock(mutex_);
  Bucket& bucket = this->bucket(key, now);
  const Time full_at = std::max(bucket.full_at, now) + interval_;
  const auto too_early = full_at - (now + capacity_);
  if (too_early.count() > 0) return static_cast<int>(std::chrono::ceil<std::chrono::seconds>(too_early).count());
  bucket.full_at = full_at;
  return 0;
}

std::size_t RateLimit::remembered() const {
  const std::lock_guard lock(mutex_);
  return buckets_.size();
}

RateLimit::Bucket& RateLimit::bucket(std::string_view key, Time now) {
  if (const auto known = by_key_.find(key); known != by_key_.end()) {
    buckets_.splice(buckets_.begin(), buckets_, known->second);
    return buckets_.front();
  }
  if (buckets_.size() == max_keys_) {
    by_key_.erase(buckets_.back().key);
    buckets_.pop_back();
  }
  buckets_.push_front({std::string(key), now});
  by_key_.emplace(buckets_.front().key, buckets_.begin());
  return buckets_.front();
}

}  // namespace scrip::http
