// What time it is, as an interface: the coupons' clock can be started at another instant
// (serve --clock) and set by tests. Tokens and rate limits never ask it; they use the real time.
#pragma once

#include <atomic>

#include "coupon/time.h"

namespace scrip {

class Clock {
 public:
  virtual ~Clock() = default;
  virtual Micros now() const = 0;  // any thread
};

// The machine's clock, moved by a constant.
class SystemClock final : public Clock {
 public:
  explicit SystemClock(Micros shift = 0) : shift_(shift) {}
  Micros now() const override;
  Micros shift() const { return shift_; }

 private:
  Micros shift_;
};

// A clock that stands still until a test moves it.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(Micros now) : now_(now) {}
  Micros now() const override { return now_.load(std::memory_order_relaxed); }
  void set(Micros now) { now_.store(now, std::memory_order_relaxed); }
  void advance(Micros by) { now_.fetch_add(by, std::memory_order_relaxed); }

 private:
  std::atomic<Micros> now_;
};

// The machine's clock, unmoved: for tokens, rate limits and the log.
Micros real_time();

}  // namespace scrip
