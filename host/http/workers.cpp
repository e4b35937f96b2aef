#include "http/workers.h"

#include <algorithm>
#include <system_error>
#include <utility>

namespace scrip::http {
namespace {

constexpr std::size_t kept_fibers = 32;  // a thread

}  // namespace

struct Workers::Worker {
  Worker(Workers& workers)
      : scheduler(kept_fibers, [this, &workers](Urgency urgency) { workers.ended(*this, urgency); }) {}

  FiberScheduler scheduler;
  std::size_t tasks = 0;  // begun and not ended
  bool idle = false;      // its thread sleeps or is about to
  std::thread thread;
};

Workers::Workers(std::size_t threads, std::size_t at_once, std::size_t queued)
    : threads_(std::max<std::size_t>(threads, 1)), admission_(at_once, queued) {}

Workers::~Workers() {
  stop();
}

Result<void> Workers::start() {
  std::vector<std::unique_ptr<Worker>> workers;
  for (std::size_t i = 0; i < threads_; ++i) {
    auto worker = std::make_unique<Worker>(*this);
    if (auto opened = worker->scheduler.open(); !opened) return opened;
    workers.push_back(std::move(worker));
  }
  const std::lock_guard lock(mutex_);
  workers_ = std::move(workers);
  for (const auto& worker : workers_) {
    try {
      worker->thread = std::thread([this, &each = *worker] { work(each); });
    } catch (const std::system_error& error) {
      return {Code::internal, std::string("cannot start a thread: ") + error.what()};
    }
  }
  return {};
}

// Of those that have nothing to do now the one with the fewest tasks that wait, since they will all
// come back to it.
Workers::Worker* Workers::choose_idle() const {
  Worker* chosen = nullptr;
  for (const auto& worker : workers_) {
    if (worker->idle && (!chosen || worker->tasks < chosen->tasks)) chosen = worker.get();
  }
  return chosen;
}

bool Workers::submit(Task task) {
  const std::lock_guard lock(mutex_);
  if (workers_.empty()) return false;
  Worker* const worker = choose_idle();
  if (!worker || !admission_.begin(task.urgency)) return admission_.wait(std::move(task));
  ++worker->tasks;
  worker->idle = false;
  worker->scheduler.post(std::move(task));
  return true;
}

void Workers::work(Worker& worker) {
  for (;;) {
    const bool started = start_next(worker);
    {
      const std::lock_guard lock(mutex_);
      // What still waits is for those that have tasks: they are why it has no place.
      if (!started && stopping_ && worker.tasks == 0) return;
    }
    worker.scheduler.poll(!started);
    {
      const std::lock_guard lock(mutex_);
      worker.idle = false;
    }
    worker.scheduler.run_ready();
  }
}

// One at a time, so that those that wait no longer have their turn in between.
bool Workers::start_next(Worker& worker) {
  std::unique_lock lock(mutex_);
  auto task = admission_.next();
  worker.idle = !task;
  if (!task) return false;
  ++worker.tasks;
  lock.unlock();
  worker.scheduler.start(std::move(*task));
  return true;
}

void Workers::ended(Worker& worker, Urgency urgency) {
  const std::lock_guard lock(mutex_);
  admission_.end(urgency);
  --worker.tasks;
}

void Workers::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    for (const auto& worker : workers_) worker->scheduler.poke();
  }
  for (const auto& worker : workers_) {
    if (worker->thread.joinable()) worker->thread.join();
  }
  workers_.clear();
}

}  // namespace scrip::http
