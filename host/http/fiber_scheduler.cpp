#include "http/fiber_scheduler.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cassert>
#include <limits>
#include <utility>

namespace scrip::http {

FiberScheduler::FiberScheduler(std::size_t kept, std::function<void(Urgency)> ended)
    : kept_(std::max<std::size_t>(kept, 1)), ended_(std::move(ended)) {}

FiberScheduler::~FiberScheduler() {
  // Whoever has woken a task last may still be about to leave notify().
  const std::lock_guard lock(mutex_);
  assert(busy_ == 0 && postponed_.empty());
}

Result<void> FiberScheduler::open() {
  wake_ = FileDescriptor(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (auto opened = waits_.open(wake_.get()); !opened) return opened;
  // The first one is made now: as long as there is one, what has no memory can wait for it.
  auto first = take_idle();
  if (!first) return {Code::internal, "no memory for a fiber"};
  idle_.push_back(std::move(first));
  return {};
}

std::unique_ptr<Fiber> FiberScheduler::take_idle() {
  if (idle_.empty()) {
    auto stack = FiberStack::make();
    return stack ? std::make_unique<Fiber>(*this, std::move(*stack)) : nullptr;
  }
  auto fiber = std::move(idle_.back());
  idle_.pop_back();
  return fiber;
}

void FiberScheduler::start(Task task) {
  assert(Fiber::running() == nullptr);
  auto fiber = take_idle();
  if (!fiber) {
    postponed_.push_back(std::move(task));
    return;
  }
  ++busy_;
  fiber->give(std::move(task));
  go_on(*fiber.release());  // until its task has ended, what it waits for has it
}

void FiberScheduler::go_on(Fiber& fiber) {
  if (!fiber.run()) return;
  std::unique_ptr<Fiber> ended(&fiber);
  --busy_;
  const Urgency urgency = fiber.urgency();
  if (idle_.size() < kept_) idle_.push_back(std::move(ended));
  ended_(urgency);
}

void FiberScheduler::start_postponed() {
  while (!postponed_.empty() && !idle_.empty()) {
    Task task = std::move(postponed_.front());
    postponed_.pop_front();
    start(std::move(task));
  }
}

void FiberScheduler::post(Task task) {
  const std::lock_guard lock(mutex_);
  posted_.push_back(std::move(task));
  notify();
}

void FiberScheduler::wake(Fiber& fiber) {
  const std::lock_guard lock(mutex_);
  woken_.push_back(&fiber);
  notify();
}

void FiberScheduler::poke() {
  const std::lock_guard lock(mutex_);
  poked_ = true;
  notify();
}

// Under the lock: once it is released, the last task may have ended, and this with it.
void FiberScheduler::notify() {
  if (!std::exchange(asleep_, false)) return;
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(wake_.get(), &one, sizeof one);
}

bool FiberScheduler::may_sleep() {
  if (!ready_.empty() || (!postponed_.empty() && !idle_.empty())) return false;
  const std::lock_guard lock(mutex_);
  asleep_ = woken_.empty() && posted_.empty() && !poked_;
  return asleep_;
}

void FiberScheduler::poll(bool may_block) {
  int time_ms = 0;
  if (may_block && may_sleep()) {
    time_ms = -1;
    if (const Time next = next_deadline(); next != Time::max()) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(next - std::chrono::steady_clock::now());
      time_ms = static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, std::numeric_limits<int>::max()));
    }
  }
  waits_.poll(time_ms, ready_);
}

void FiberScheduler::run_ready() {
  std::vector<Task> posted;
  {
    const std::lock_guard lock(mutex_);
    asleep_ = false;
    poked_ = false;
    posted.swap(posted_);
    woken_now_.swap(woken_);
  }
  if (next_deadline() != Time::max()) waits_.expire(std::chrono::steady_clock::now(), ready_);
  for (Fiber* const fiber : std::exchange(ready_, {})) go_on(*fiber);
  for (Fiber* const fiber : woken_now_) go_on(*fiber);
  woken_now_.clear();
  start_postponed();
  for (Task& task : posted) start(std::move(task));
}

bool FiberScheduler::wait(int socket, Ready ready, std::chrono::milliseconds timeout) {
  Fiber* const fiber = Fiber::running();
  assert(fiber != nullptr && &fiber->scheduler() == this);
  SocketWaits::Wait wait{.fiber = fiber, .socket = socket};
  if (!waits_.begin(wait, ready, std::chrono::steady_clock::now() + timeout)) return false;
  fiber->suspend();
  return !wait.late;
}

bool wait_for_socket(int socket, Ready ready, std::chrono::milliseconds timeout) {
  return Fiber::running()->scheduler().wait(socket, ready, timeout);
}

}  // namespace scrip::http
