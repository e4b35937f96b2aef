// Which tasks may begin, and the bounded queue of those that wait for it: claims before others,
// though others are never starved. Not thread-safe, but for running() and waiting().
#pragma once

#include <atomic>
#include <cstddef>
#include <deque>
#include <optional>

#include "http/task.h"

namespace scrip::http {

class Admission {
 public:
  // Of the places to run and to wait, the last quarter is for claims.
  Admission(std::size_t at_once, std::size_t queued);

  // Takes a place to run, which end() gives back. False: there is none.
  bool begin(Urgency urgency);
  void end(Urgency urgency);

  // Queues a task. False: too many wait already.
  bool wait(Task task);
  // The task that has waited and may begin now; its place is taken.
  std::optional<Task> next();

  std::size_t running() const { return running_.load(std::memory_order_relaxed); }  // any thread
  std::size_t waiting() const { return waiting_.load(std::memory_order_relaxed); }  // any thread

 private:
  bool has_place(Urgency urgency) const;
  bool is_others_turn() const;

  const std::size_t at_once_;
  const std::size_t queued_;
  std::size_t others_running_ = 0;
  std::deque<Task> claims_;
  std::deque<Task> others_;
  std::size_t claims_in_a_row_ = 0;
  std::atomic<std::size_t> running_{0};
  std::atomic<std::size_t> waiting_{0};
};

}  // namespace scrip::http
