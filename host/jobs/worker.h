// A thread that does its turn whenever it is woken, and when the time that the turn asked for is over.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace scrip::jobs {

class Worker {
 public:
  // `turn` says how long to rest after it. `interrupt` makes one that is under way end soon.
  Worker(std::function<std::chrono::milliseconds()> turn, std::function<void()> interrupt);
  ~Worker();  // stop()
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  void wake();  // any thread, also after stop()
  void stop();  // interrupts, and waits for the turn that is under way

 private:
  void run();

  const std::function<std::chrono::milliseconds()> turn_;
  const std::function<void()> interrupt_;
  std::mutex mutex_;  // guards:
  std::condition_variable changed_;
  bool woken_ = false;
  bool stop_ = false;
  std::thread thread_;
};

}  // namespace scrip::jobs
