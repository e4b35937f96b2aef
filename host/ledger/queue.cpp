#include "ledger/queue.h"

#include <algorithm>
#include <iterator>

namespace scrip {

Queue::Entry Queue::put(Submission& submission) {
  bool enough = false;
  {
    const std::lock_guard lock(mutex_);
    if (closed_) return Entry::closed;
    if (waiting_.size() >= limit_ && !submission.patient) return Entry::full;
    if (submission.idempotency && !keys_.insert(submission.idempotency->key).second) {
      return Entry::key_in_progress;
    }
    waiting_.push_back(&submission);
    enough = waiting_.size() == least_;
  }
  // The taker sleeps only while there are too few, so only this arrival has to wake it.
  if (enough) arrived_.notify_one();
  return Entry::taken;
}

void Queue::gather(std::size_t least) {
  bool enough = false;
  {
    const std::lock_guard lock(mutex_);
    least_ = std::max<std::size_t>(least, 1);
    enough = waiting_.size() >= least_;
  }
  if (enough) arrived_.notify_one();
}

void Queue::wait_for(std::size_t count, std::chrono::microseconds patience) {
  std::unique_lock lock(mutex_);
  least_ = std::max<std::size_t>(count, 1);
  arrived_.wait_for(lock, patience, [&] { return closed_ || waiting_.size() >= least_; });
  least_ = 1;
}

bool Queue::take(std::vector<Submission*>& out, const Share& share, std::chrono::milliseconds patience) {
  std::unique_lock lock(mutex_);
  arrived_.wait_for(lock, patience, [&] { return closed_ || waiting_.size() >= least_; });
  if (waiting_.empty()) return !closed_;
  const std::size_t most = share(waiting_.size());
  if (waiting_.size() <= most) {
    out.swap(waiting_);
    waiting_.clear();
  } else {
    const auto end = waiting_.begin() + static_cast<std::ptrdiff_t>(most);
    out.assign(waiting_.begin(), end);
    waiting_.erase(waiting_.begin(), end);
  }
  return true;
}

void Queue::release(const Submission& submission) {
  if (!submission.idempotency) return;
  const std::lock_guard lock(mutex_);
  keys_.erase(submission.idempotency->key);
}

void Queue::close() {
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
  }
  arrived_.notify_all();
}

std::size_t Queue::size() const {
  const std::lock_guard lock(mutex_);
  return waiting_.size();
}

}  // namespace scrip
