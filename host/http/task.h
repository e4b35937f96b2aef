// One piece of straight-line work: answering a request.
#pragma once

#include <cstdint>
#include <functional>

namespace scrip::http {

enum class Urgency : std::uint8_t { claim, other };

struct Task {
  // Must not throw. May wait: through Parking::current() (ops/parking.h), or for a socket
  // (fiber_scheduler.h). May not hold a lock of its thread meanwhile: who shares the thread would
  // wait for it forever.
  std::function<void()> run;
  Urgency urgency = Urgency::other;
};

}  // namespace scrip::http
