#include "ledger/queue.h"

#include <algorithm>
#include <iterator>

namespace scrip {

Queue::Entry Queue::put(Submission& submission) {
  bool was_empty = false;
  {
    const std::lock_guard lock(mutex_);
    if (closed_) return Entry::closed;
    if (waiting_.size() >= limit_ && !submission.patient) return Entry::full;
    if (submission.idempotency && !keys_.insert(submission.idempotency->key).second) {
      return Entry::key_in_progress;
    }
    was_empty = waiting_.empty();
    waiting_.push_back(&submission);
  }
  // The taker sleeps only when there is nothing, so only the first arrival has to wake it.
  if (was_empty) arrived_.notify_one();
  return Entry::taken;
}

bool Queue::take(std::vector<Submission*>& out, std::size_t most, std::chrono::milliseconds patience) {
  std::unique_lock lock(mutex_);
  arrived_.wait_for(lock, patience, [&] { return closed_ || !waiting_.empty(); });
  if (waiting_.empty()) return !closed_;
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
