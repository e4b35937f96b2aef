#include "ops/parking_mutex.h"

#include <catch2/catch.hpp>
#include <thread>
#include <vector>

using namespace scrip;

TEST_CASE("a parking mutex is held by one at a time") {
  ParkingMutex mutex;
  int count = 0;  // no atomic: the mutex guards it
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int j = 0; j < 500; ++j) {
        const std::lock_guard lock(mutex);
        ++count;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(count == 2'000);
}

TEST_CASE("a parking mutex is had in the order of asking") {
  ParkingMutex mutex;
  std::vector<int> order;
  std::vector<std::thread> threads;
  mutex.lock();
  for (int i = 0; i < 3; ++i) {
    threads.emplace_back([&, i] {
      const std::lock_guard lock(mutex);
      order.push_back(i);
    });
    while (mutex.waiting() < static_cast<std::size_t>(i) + 1) std::this_thread::yield();
  }
  mutex.unlock();
  for (std::thread& thread : threads) thread.join();
  CHECK(order == std::vector<int>{0, 1, 2});
}
