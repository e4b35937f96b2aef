// Makes durable what the ledger has written, on a thread of its own, while the ledger decides and writes the
// next batch: one fsync for all batches that wait for it. Who waits for a batch is answered from here.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "db/store.h"
#include "ledger/command.h"

namespace scrip {

// A batch that is in the store, and not known to be durable.
struct WrittenBatch {
  std::vector<Submission*> submissions;
  Changes changes;
  std::int64_t decide_us = 0;
  std::chrono::steady_clock::time_point written_since;  // when its writing began
};

class Flusher {
 public:
  // Both are called on the flusher's thread: `settled` for each batch, in the order of their writing, and `left`
  // after each fsync with what submissions() is then.
  Flusher(Store& store, std::function<void(WrittenBatch&, const Result<void>&)> settled,
          std::function<void(std::size_t)> left);
  // Settles what was given.
  ~Flusher();
  Flusher(const Flusher&) = delete;
  Flusher& operator=(const Flusher&) = delete;

  // The following are for the ledger's thread.

  void give(WrittenBatch batch);
  // Waits until all is settled.
  void drain();
  // Whether all is settled.
  bool idle() const;
  // Of the batches that are not settled.
  std::size_t submissions() const;

 private:
  void run();
  void settle(std::vector<WrittenBatch>& batches);

  Store& store_;
  const std::function<void(WrittenBatch&, const Result<void>&)> settled_;
  const std::function<void(std::size_t)> left_;

  mutable std::mutex mutex_;  // guards:
  std::condition_variable changed_;
  std::vector<WrittenBatch> given_;
  std::size_t submissions_ = 0;
  bool busy_ = false;
  bool ends_ = false;
  std::thread thread_;  // last: it uses all others
};

}  // namespace scrip
