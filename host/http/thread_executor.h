// An executor that gives each job in flight a thread. Threads are started when a job finds none
// idle, and end after a while without work. Thread-safe.
#pragma once

#include <condition_variable>
#include <deque>
#include <list>
#include <mutex>
#include <thread>
#include <vector>

#include "http/executor.h"
#include "http/semaphore.h"

namespace scrip::http {

class ThreadExecutor final : public Executor {
 public:
  // At most `threads` jobs run at once, at most `queued` wait.
  ThreadExecutor(std::size_t threads, std::size_t queued,
                 std::chrono::milliseconds idle_time = std::chrono::seconds(10));
  ~ThreadExecutor() override;  // stop(), if that was not done

  bool submit(Job job, Urgency urgency) override;
  bool wait(int socket, Ready ready, std::chrono::milliseconds timeout) override;
  std::size_t running() const override;
  std::size_t waiting() const override;
  void stop() override;

  std::size_t threads() const;

 private:
  struct Worker {
    std::thread thread;
    Semaphore wake;  // posted once by whoever takes it off idle_
    Job job;
    std::list<Worker>::iterator self;
  };

  bool start_worker(Job& job);
  bool enqueue(Job& job, Urgency urgency);
  void work(Worker& worker);
  bool take_queued(Job& job);
  bool wait_for_job(Worker& worker, std::unique_lock<std::mutex>& lock);

  const std::size_t max_threads_;
  const std::size_t max_queued_;
  const std::chrono::milliseconds idle_time_;

  mutable std::mutex mutex_;  // guards everything below
  std::condition_variable ended_;
  std::list<Worker> workers_;
  std::list<Worker> finished_;  // their threads are ending and are to be joined
  std::vector<Worker*> idle_;   // the latest idle one is woken first, so that the others can end
  std::deque<Job> claims_;
  std::deque<Job> others_;
  std::size_t claims_in_a_row_ = 0;
  bool stopping_ = false;
};

}  // namespace scrip::http
