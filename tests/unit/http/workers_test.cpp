#include "http/workers.h"

#include <atomic>
#include <catch2/catch.hpp>
#include <latch>
#include <set>

#include "ops/parking.h"
#include "test_server.h"

using namespace scrip;
using namespace scrip::http;

TEST_CASE("tasks that hold up their threads run on as many as there are") {
  Workers workers(4, 100, 100);
  REQUIRE(workers.start());
  std::latch all(4);
  for (int i = 0; i < 4; ++i) REQUIRE(workers.submit({[&] { all.arrive_and_wait(); }}));
  workers.stop();  // would hang if they did not meet
  CHECK(workers.running() == 0);
}

TEST_CASE("a thread that is held up does not hold up what has not begun") {
  Workers workers(2, 100, 100);
  REQUIRE(workers.start());
  std::latch busy(1);
  std::latch go(1);
  REQUIRE(workers.submit({[&] {
    busy.count_down();
    go.wait();
  }}));
  busy.wait();
  std::latch others(50);
  for (int i = 0; i < 50; ++i) REQUIRE(workers.submit({[&] { others.count_down(); }}));
  others.wait();
  go.count_down();
}

TEST_CASE("1,000 tasks that wait share two threads, evenly") {
  Gate gate;
  std::mutex mutex;
  std::map<std::thread::id, int> threads;
  Workers workers(2, 2'000, 2'000);
  REQUIRE(workers.start());
  for (int i = 0; i < 1'000; ++i) {
    REQUIRE(workers.submit({[&] {
      const auto before = std::this_thread::get_id();
      {
        const std::lock_guard lock(mutex);
        ++threads[before];
      }
      gate.pass();
      if (std::this_thread::get_id() != before) std::terminate();  // a fiber never changes its thread
    }}));
  }
  gate.await(1'000);
  CHECK(workers.running() == 1'000);
  CHECK(workers.waiting() == 0);
  gate.open();
  workers.stop();
  CHECK(workers.running() == 0);
  REQUIRE(threads.size() == 2);
  for (const auto& [id, tasks] : threads) CHECK(tasks > 100);
}

TEST_CASE("as many tasks run as there are places, and the others in their turn") {
  Gate gate;
  Workers workers(3, 5, 100);
  REQUIRE(workers.start());
  std::atomic<int> ended{0};
  for (int i = 0; i < 20; ++i) {
    REQUIRE(workers.submit({[&] {
                              gate.pass();
                              ++ended;
                            },
                            Urgency::claim}));
  }
  gate.await(5);
  await([&] { return workers.running() == 5; });
  CHECK(workers.waiting() == 15);
  gate.open();
  workers.stop();
  CHECK(ended == 20);
}

TEST_CASE("workers may be stopped at once, twice, or without having been started") {
  Workers never(2, 1, 1);
  CHECK(!never.submit({[] {}}));
  never.stop();
  Workers workers(2, 1, 1);
  REQUIRE(workers.start());
  workers.stop();
  workers.stop();
}
