#include "ops/clock.h"

#include <chrono>

namespace scrip {

Micros real_time() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::microseconds>(now).count();
}

Micros SystemClock::now() const {
  return real_time() + shift_;
}

}  // namespace scrip
