#include "http/thread_executor.h"

#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

namespace scrip::http {
namespace {

// After so many claims one other request has its turn: /healthz answers on the busiest day.
constexpr std::size_t max_claims_in_a_row = 16;

}  // namespace

ThreadExecutor::ThreadExecutor(std::size_t threads, std::size_t queued, std::chrono::milliseconds idle_time)
    : max_threads_(std::max<std::size_t>(threads, 1)), max_queued_(queued), idle_time_(idle_time) {}

ThreadExecutor::~ThreadExecutor() {
  stop();
}

bool ThreadExecutor::submit(Job job, Urgency urgency) {
  std::list<Worker> finished;
  Worker* woken = nullptr;
  bool taken = true;
  {
    const std::lock_guard lock(mutex_);
    finished.swap(finished_);
    if (!idle_.empty()) {
      woken = idle_.back();
      idle_.pop_back();
      woken->job = std::move(job);
    } else if (workers_.size() == max_threads_ || !start_worker(job)) {
      taken = enqueue(job, urgency);
    }
  }
  if (woken) woken->wake.post();  // not under the lock, which it needs next
  for (Worker& worker : finished) worker.thread.join();
  return taken;
}

// False when the system gives no more threads; the job is kept then.
bool ThreadExecutor::start_worker(Job& job) {
  Worker& worker = workers_.emplace_back();
  worker.self = std::prev(workers_.end());
  worker.job = std::move(job);
  try {
    worker.thread = std::thread([this, &worker] { work(worker); });
  } catch (const std::system_error&) {
    job = std::move(worker.job);
    workers_.pop_back();
    return false;
  }
  return true;
}

bool ThreadExecutor::enqueue(Job& job, Urgency urgency) {
  const bool claim = urgency == Urgency::claim;
  const std::size_t room = claim ? max_queued_ : max_queued_ - max_queued_ / 4;
  // Without a single worker nobody would ever take it.
  if (workers_.empty() || claims_.size() + others_.size() >= room) return false;
  (claim ? claims_ : others_).push_back(std::move(job));
  return true;
}

bool ThreadExecutor::take_queued(Job& job) {
  const bool other = !others_.empty() && (claims_.empty() || claims_in_a_row_ >= max_claims_in_a_row);
  auto& queue = other ? others_ : claims_;
  if (queue.empty()) return false;
  claims_in_a_row_ = other ? 0 : claims_in_a_row_ + 1;
  job = std::move(queue.front());
  queue.pop_front();
  return true;
}

void ThreadExecutor::work(Worker& worker) {
  std::unique_lock lock(mutex_);
  do {
    Job job = std::exchange(worker.job, nullptr);
    lock.unlock();
    job();
    job = nullptr;  // what it holds ends here, not under the lock
    lock.lock();
  } while (take_queued(worker.job) || wait_for_job(worker, lock));
  finished_.splice(finished_.end(), workers_, worker.self);
  ended_.notify_all();
}

// False: there was none for a while, or never will be; the thread shall end.
bool ThreadExecutor::wait_for_job(Worker& worker, std::unique_lock<std::mutex>& lock) {
  if (stopping_) return false;
  idle_.push_back(&worker);
  lock.unlock();
  const bool woken = worker.wake.wait_for(idle_time_);
  lock.lock();
  if (woken) return worker.job != nullptr;
  const auto self = std::find(idle_.begin(), idle_.end(), &worker);
  if (self != idle_.end()) {
    idle_.erase(self);
    return false;
  }
  // Taken off at the last moment: the post comes, and must find the semaphore.
  lock.unlock();
  worker.wake.wait();
  lock.lock();
  return worker.job != nullptr;
}

bool ThreadExecutor::wait(int socket, Ready ready, std::chrono::milliseconds timeout) {
  pollfd waiting{.fd = socket, .events = static_cast<short>(ready == Ready::readable ? POLLIN : POLLOUT), .revents = 0};
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  for (auto left = timeout; left.count() >= 0;
       left = std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now())) {
    const int count = ::poll(&waiting, 1, static_cast<int>(left.count()));
    if (count > 0) return true;
    if (count == 0 || errno != EINTR) return false;
  }
  return false;
}

std::size_t ThreadExecutor::running() const {
  const std::lock_guard lock(mutex_);
  return workers_.size() - idle_.size();
}

std::size_t ThreadExecutor::waiting() const {
  const std::lock_guard lock(mutex_);
  return claims_.size() + others_.size();
}

std::size_t ThreadExecutor::threads() const {
  const std::lock_guard lock(mutex_);
  return workers_.size();
}

void ThreadExecutor::stop() {
  std::unique_lock lock(mutex_);
  stopping_ = true;
  for (Worker* const worker : std::exchange(idle_, {})) worker->wake.post();
  ended_.wait(lock, [&] { return workers_.empty(); });
  std::list<Worker> finished = std::move(finished_);
  lock.unlock();
  for (Worker& worker : finished) worker.thread.join();
}

}  // namespace scrip::http
