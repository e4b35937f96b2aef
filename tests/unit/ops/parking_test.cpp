#include "ops/parking.h"

#include <atomic>
#include <catch2/catch.hpp>
#include <thread>
#include <vector>

using namespace scrip;

namespace {

// Counts instead of waiting.
class CountingParking final : public Parking {
 public:
  void park() override { ++parked; }
  void unpark() override { ++unparked; }
  int parked = 0;
  int unparked = 0;
};

}  // namespace

TEST_CASE("an unpark that comes first is not lost") {
  Parking& mine = Parking::current();
  mine.unpark();
  mine.park();
  mine.unpark();
  mine.unpark();
  mine.park();
  mine.park();
  SUCCEED("every park returned");
}

TEST_CASE("a parked thread sees what the waker wrote before") {
  for (int round = 0; round < 200; ++round) {
    int written = 0;  // no atomic: parking orders it
    Parking& mine = Parking::current();
    std::thread waker([&] {
      written = round + 1;
      mine.unpark();
    });
    mine.park();
    CHECK(written == round + 1);
    waker.join();
  }
}

TEST_CASE("a parked thread waits until it is unparked") {
  std::atomic<Parking*> sleeper{nullptr};
  std::atomic<bool> woken{false};
  std::thread thread([&] {
    sleeper = &Parking::current();
    sleeper.notify_one();
    Parking::current().park();
    woken = true;
  });
  sleeper.wait(nullptr);
  CHECK_FALSE(woken.load());
  sleeper.load()->unpark();
  thread.join();
  CHECK(woken.load());
}

TEST_CASE("a thread may end as soon as it was unparked") {
  for (int round = 0; round < 500; ++round) {
    std::atomic<Parking*> sleeper{nullptr};
    std::thread thread([&] {
      sleeper.store(&Parking::current());
      sleeper.notify_one();
      Parking::current().park();
    });
    sleeper.wait(nullptr);
    sleeper.load()->unpark();
    thread.join();
  }
  SUCCEED("no thread was lost, and the sanitizers saw no use after its end");
}

TEST_CASE("each thread has a parking of its own") {
  Parking* mine = &Parking::current();
  Parking* theirs = mine;
  std::thread([&] { theirs = &Parking::current(); }).join();
  CHECK(mine != theirs);
  CHECK(&Parking::current() == mine);
}

TEST_CASE("whoever runs the code can set what parking means, for its thread alone") {
  Parking* own = &Parking::current();
  CountingParking counting;
  Parking::set_current(&counting);
  CHECK(&Parking::current() == &counting);
  Parking::current().park();
  Parking::current().unpark();
  bool same_elsewhere = true;
  std::thread([&] { same_elsewhere = &Parking::current() == &counting; }).join();
  Parking::set_current(nullptr);
  CHECK(counting.parked == 1);
  CHECK(counting.unparked == 1);
  CHECK_FALSE(same_elsewhere);
  CHECK(&Parking::current() == own);
}
