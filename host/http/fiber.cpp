#include "http/fiber.h"

#include <utility>

#include "http/fiber_scheduler.h"

namespace scrip::http {
namespace {

thread_local Fiber* running_here = nullptr;

}  // namespace

Fiber::Fiber(FiberScheduler& scheduler, FiberStack stack)
    : scheduler_(scheduler), context_(std::move(stack), &Fiber::work, this) {}

Fiber* Fiber::running() {
  return running_here;
}

bool Fiber::run() {
  running_here = this;
  Parking::set_current(this);
  context_.enter();
  Parking::set_current(nullptr);
  running_here = nullptr;
  return std::exchange(ended_, false);
}

void Fiber::work(void* self) {
  auto& fiber = *static_cast<Fiber*>(self);
  for (;;) {
    fiber.task_.run();
    fiber.task_.run = nullptr;
    fiber.ended_ = true;
    fiber.suspend();
  }
}

void Fiber::park() {
  if (permits_.fetch_sub(1, std::memory_order_acquire) > 0) return;
  suspend();
}

// Where nobody is parked yet, the addition is the last touch: the task may go on and end at once.
// Where somebody is, nobody but us can have it go on.
void Fiber::unpark() {
  if (permits_.fetch_add(1, std::memory_order_release) < 0) scheduler_.wake(*this);
}

}  // namespace scrip::http
