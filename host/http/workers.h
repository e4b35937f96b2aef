// A few threads for tasks that may hold up theirs (SQLite, a large body, a reload), and for as many
// slow clients as there may be: a task that waits is a fiber and leaves its thread to others. A task
// begins on whichever thread has nothing to do, and stays there. Thread-safe.
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "http/admission.h"
#include "http/fiber_scheduler.h"

namespace scrip::http {

class Workers {
 public:
  // At most `at_once` tasks run or wait for something, at most `queued` wait to begin.
  Workers(std::size_t threads, std::size_t at_once, std::size_t queued);
  ~Workers();  // stop(), if that was not done

  // Starts the threads. Errors: internal.
  Result<void> start();

  // False, and the task is not run: too many wait already, or start() was not called.
  bool submit(Task task);

  // Returns when every task has ended. Nothing may be submitted any more.
  void stop();

  std::size_t running() const { return admission_.running(); }  // tasks begun and not ended
  std::size_t waiting() const { return admission_.waiting(); }  // tasks not begun yet

 private:
  struct Worker;

  void work(Worker& worker);
  bool start_next(Worker& worker);
  void ended(Worker& worker, Urgency urgency);
  Worker* choose_idle() const;

  const std::size_t threads_;

  std::mutex mutex_;  // guards everything below
  Admission admission_;
  std::vector<std::unique_ptr<Worker>> workers_;  // not changed while their threads run
  bool stopping_ = false;
};

}  // namespace scrip::http
