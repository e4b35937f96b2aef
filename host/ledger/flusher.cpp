#include "ledger/flusher.h"

#include <utility>

namespace scrip {

Flusher::Flusher(Store& store, std::function<void(WrittenBatch&, const Result<void>&)> settled,
                 std::function<void(std::size_t)> left)
    : store_(store), settled_(std::move(settled)), left_(std::move(left)), thread_([this] { run(); }) {}

Flusher::~Flusher() {
  {
    const std::lock_guard lock(mutex_);
    ends_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void Flusher::give(WrittenBatch batch) {
  {
    const std::lock_guard lock(mutex_);
    submissions_ += batch.submissions.size();
    given_.push_back(std::move(batch));
    if (busy_) return;
  }
  changed_.notify_all();
}

void Flusher::drain() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return given_.empty() && !busy_; });
}

bool Flusher::idle() const {
  const std::lock_guard lock(mutex_);
  return given_.empty() && !busy_;
}

std::size_t Flusher::submissions() const {
  const std::lock_guard lock(mutex_);
  return submissions_;
}

void Flusher::run() {
  std::vector<WrittenBatch> batches;
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [&] { return !given_.empty() || ends_; });
    if (given_.empty()) return;
    busy_ = true;
    while (!given_.empty()) {
      batches.swap(given_);
      lock.unlock();
      settle(batches);
      lock.lock();
    }
    busy_ = false;
    changed_.notify_all();
  }
}

void Flusher::settle(std::vector<WrittenBatch>& batches) {
  const auto flushed = store_.flush();
  std::size_t settled = 0;
  for (WrittenBatch& batch : batches) {
    settled += batch.submissions.size();
    settled_(batch, flushed);
  }
  batches.clear();
  std::size_t left = 0;
  {
    const std::lock_guard lock(mutex_);
    left = submissions_ -= settled;
  }
  left_(left);
}

}  // namespace scrip
