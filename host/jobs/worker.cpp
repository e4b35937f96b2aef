#include "jobs/worker.h"

#include <utility>

namespace scrip::jobs {

Worker::Worker(std::function<std::chrono::milliseconds()> turn, std::function<void()> interrupt)
    : turn_(std::move(turn)), interrupt_(std::move(interrupt)), thread_([this] { run(); }) {}

Worker::~Worker() {
  stop();
}

void Worker::stop() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  changed_.notify_one();
  interrupt_();
  thread_.join();
}

void Worker::wake() {
  {
    const std::lock_guard lock(mutex_);
    woken_ = true;
  }
  changed_.notify_one();
}

void Worker::run() {
  std::unique_lock lock(mutex_);
  while (!stop_) {
    woken_ = false;
    lock.unlock();
    const auto rest = turn_();
    lock.lock();
    changed_.wait_for(lock, rest, [this] { return stop_ || woken_; });
  }
}

}  // namespace scrip::jobs
