// Runs tasks on fibers, all on one thread: that of an event loop, which watches fd() among its
// sockets, or one that does nothing else (workers.h). A task that waits gives way to the others.
//
// Belongs to one thread, but for what says "any thread".
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "coupon/error.h"
#include "http/fiber.h"
#include "http/file_descriptor.h"
#include "http/socket_waits.h"
#include "http/task.h"

namespace scrip::http {

class FiberScheduler {
 public:
  using Time = std::chrono::steady_clock::time_point;

  // `ended` is called after each task. At most `kept` fibers without a task keep their stacks.
  FiberScheduler(std::size_t kept, std::function<void(Urgency)> ended);
  ~FiberScheduler();  // precondition: no task runs or waits

  // Precondition for all else. Errors: internal.
  Result<void> open();

  // Readable (epoll) when poll() and run_ready() have something to do.
  int fd() const { return waits_.fd(); }

  // Runs the task on a fiber, at once, until it waits for the first time. Not from a fiber.
  void start(Task task);
  // As start(), but with the next run_ready(). Any thread.
  void post(Task task);
  // Has the thread come round: what was done before this is seen by whoever looks after run_ready()
  // and before may_sleep(). Any thread.
  void poke();

  // Finds out which sockets are ready; waits for fd() to be readable if `may_block`.
  void poll(bool may_block);
  // Goes on with all that wait no longer, and starts what was posted. Not from a fiber.
  void run_ready();

  // Whether there is nothing to run before fd() is readable or next_deadline() comes. To be asked
  // right before sleeping: from then on whoever has something to run makes fd() readable.
  bool may_sleep();
  Time next_deadline() const { return waits_.next_deadline(); }

  // By a task: waits until the non-blocking socket is ready. False: `timeout` passed.
  bool wait(int socket, Ready ready, std::chrono::milliseconds timeout);

 private:
  friend class Fiber;
  void wake(Fiber& fiber);  // any thread
  void notify();            // with mutex_ held
  void go_on(Fiber& fiber);
  std::unique_ptr<Fiber> take_idle();
  void start_postponed();

  const std::size_t kept_;
  const std::function<void(Urgency)> ended_;
  SocketWaits waits_;
  FileDescriptor wake_;                       // eventfd
  std::vector<Fiber*> ready_;                 // their sockets are ready, or they waited for too long
  std::vector<Fiber*> woken_now_;             // taken out of the inbox
  std::size_t busy_ = 0;                      // fibers with a task
  std::vector<std::unique_ptr<Fiber>> idle_;  // the latest used is used next: its stack is in the cache
  std::deque<Task> postponed_;                // there was no memory for their fibers

  std::mutex mutex_;  // guards the inbox:
  std::vector<Fiber*> woken_;
  std::vector<Task> posted_;
  bool poked_ = false;
  bool asleep_ = false;  // the eventfd is to be written
};

// By a task: waits until the non-blocking socket is ready, without holding up its thread.
// False: `timeout` passed.
bool wait_for_socket(int socket, Ready ready, std::chrono::milliseconds timeout);

}  // namespace scrip::http
