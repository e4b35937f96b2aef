#include "db/sqlite/durability.h"

#include <algorithm>

namespace scrip::sqlite {

void Durability::begin_commit() {
  const std::lock_guard lock(mutex_);
  ++begun_;
}

void Durability::end_commit(Commit how) {
  {
    const std::lock_guard lock(mutex_);
    if (how == Commit::failed) --begun_;
    if (how == Commit::durable) durable_ = begun_;
    ended_ = begun_;
  }
  if (how != Commit::pending) changed_.notify_all();
}

std::uint64_t Durability::ended() const {
  const std::lock_guard lock(mutex_);
  return ended_;
}

void Durability::flushed(std::uint64_t ended) {
  {
    const std::lock_guard lock(mutex_);
    durable_ = std::max(durable_, ended);
    failed_ = false;
  }
  changed_.notify_all();
}

void Durability::failed() {
  {
    const std::lock_guard lock(mutex_);
    failed_ = true;
  }
  changed_.notify_all();
}

void Durability::wait() const {
  std::unique_lock lock(mutex_);
  const std::uint64_t seen = begun_;
  changed_.wait(lock, [&] { return failed_ || durable_ >= std::min(seen, begun_); });
}

}  // namespace scrip::sqlite
