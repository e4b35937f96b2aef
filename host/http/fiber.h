// Something that runs tasks, one after the other, on a stack of its own, and whose waiting costs no
// thread. All but unpark() belongs to the thread of its scheduler.
#pragma once

#include <atomic>

#include "http/fiber_context.h"
#include "http/task.h"
#include "ops/parking.h"

namespace scrip::http {

class FiberScheduler;

class Fiber final : public Parking {
 public:
  Fiber(FiberScheduler& scheduler, FiberStack stack);
  // Precondition: no task.
  ~Fiber() override = default;

  // By the scheduler: begins a task, or goes on with the one that waits. True: it has ended.
  bool run();
  void give(Task task) { task_ = std::move(task); }
  Urgency urgency() const { return task_.urgency; }

  // By the task: until the scheduler runs it again.
  void suspend() { context_.leave(); }

  void park() override;
  void unpark() override;  // any thread

  // The one that runs on this thread now, or null.
  static Fiber* running();

  FiberScheduler& scheduler() const { return scheduler_; }
  // The most bytes of stack that its tasks have used, rounded up to pages.
  std::size_t stack_touched() const { return context_.stack_touched(); }

 private:
  static void work(void* self);

  FiberScheduler& scheduler_;
  Task task_;
  bool ended_ = false;
  std::atomic<int> permits_{0};  // unpark() less park(); below zero it is parked
  FiberContext context_;
};

}  // namespace scrip::http
