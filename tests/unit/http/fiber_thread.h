// A scheduler on the test's own thread.
#pragma once

#include <chrono>
#include <functional>
#include <stdexcept>

#include "http/fiber_scheduler.h"

namespace scrip::http {

class FiberThread {
 public:
  FiberThread() {
    if (auto opened = scheduler_.open(); !opened) throw std::runtime_error(opened.error().message);
  }

  FiberScheduler& scheduler() { return scheduler_; }
  int ended() const { return ended_; }    // tasks
  int rounds() const { return rounds_; }  // of run_until()

  void run_until(const std::function<bool()>& condition) {
    const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (!condition()) {
      if (std::chrono::steady_clock::now() > give_up) throw std::runtime_error("the fibers do not get there");
      scheduler_.poll(true);
      scheduler_.run_ready();
      ++rounds_;
    }
  }

 private:
  int ended_ = 0;
  int rounds_ = 0;
  FiberScheduler scheduler_{4, [this](Urgency) { ++ended_; }};
};

}  // namespace scrip::http
