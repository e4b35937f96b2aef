#include "crowd.h"

#include <atomic>
#include <exception>
#include <latch>
#include <mutex>
#include <thread>
#include <vector>

namespace scrip::test {

void crowd(int callers, const std::function<void(int)>& work) {
  std::latch start(callers);
  std::mutex mutex;
  std::exception_ptr first;
  std::vector<std::thread> threads;
  threads.reserve(static_cast<std::size_t>(callers));
  for (int caller = 0; caller < callers; ++caller) {
    threads.emplace_back([&, caller] {
      start.arrive_and_wait();
      try {
        work(caller);
      } catch (...) {
        const std::lock_guard lock(mutex);
        if (!first) first = std::current_exception();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  if (first) std::rethrow_exception(first);
}

void share(int jobs, int callers, const std::function<void(int)>& work) {
  std::atomic<int> next{0};
  crowd(callers, [&](int) {
    for (int job = next++; job < jobs; job = next++) work(job);
  });
}

}  // namespace scrip::test
