// The commands that wait for the ledger: many callers, one taker, bounded.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <unordered_set>
#include <vector>

#include "db/store.h"
#include "ledger/command.h"

namespace scrip {

class Queue {
 public:
  explicit Queue(std::size_t limit) : limit_(limit) {}

  enum class Entry { taken, full, closed, key_in_progress };

  // `key_in_progress`: a submission with this Idempotency-Key has not been answered yet.
  Entry put(Submission& submission);

  // How many have to wait for take() to take them: 1, or more while it is better to gather. Any thread.
  void gather(std::size_t least);

  // Waits until so many wait, the queue is closed, or `patience` is over. For the taker, who does not gather() then.
  void wait_for(std::size_t count, std::chrono::microseconds patience);

  // Waits until there are so many, the queue is closed, or `patience` is over. Moves as many into `out` as
  // `share` says of how many wait (empty: nothing came); `share` must not use the queue. False when closed and
  // empty.
  using Share = std::function<std::size_t(std::size_t waiting)>;
  bool take(std::vector<Submission*>& out, const Share& share, std::chrono::milliseconds patience);

  // The key of an answered submission may be used again. Called before its `done`.
  void release(const Submission& submission);

  void close();
  std::size_t size() const;

 private:
  const std::size_t limit_;
  mutable std::mutex mutex_;
  std::condition_variable arrived_;
  std::vector<Submission*> waiting_;
  std::size_t least_ = 1;
  std::unordered_set<IdempotencyKey> keys_;
  bool closed_ = false;
};

}  // namespace scrip
