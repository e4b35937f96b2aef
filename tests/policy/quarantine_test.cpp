// When a policy is not asked any more.
#include "policy/quarantine.h"

#include <atomic>
#include <catch2/catch.hpp>
#include <thread>
#include <vector>

using namespace scrip;

TEST_CASE("sandbox 11: five failures in a row put a policy into quarantine, and only that policy") {
  Quarantine quarantine;
  for (int i = 0; i < 4; ++i) CHECK_FALSE(quarantine.failed("a"));
  CHECK_FALSE(quarantine.holds("a"));
  CHECK(quarantine.failed("a"));
  CHECK(quarantine.holds("a"));
  CHECK_FALSE(quarantine.holds("b"));
}

TEST_CASE("a success between failures starts the count again") {
  Quarantine quarantine;
  for (int i = 0; i < 4; ++i) quarantine.failed("a");
  quarantine.succeeded("a");
  for (int i = 0; i < 4; ++i) CHECK_FALSE(quarantine.failed("a"));
  CHECK_FALSE(quarantine.holds("a"));
  quarantine.succeeded("b");
  CHECK(quarantine.failed("a"));
}

TEST_CASE("a policy in quarantine stays there, whatever late decisions report") {
  Quarantine quarantine;
  for (int i = 0; i < 5; ++i) quarantine.failed("a");
  quarantine.succeeded("a");
  CHECK(quarantine.holds("a"));
  CHECK_FALSE(quarantine.failed("a"));  // it is no news
  CHECK(quarantine.holds("a"));
}

TEST_CASE("one proof of instability is enough") {
  Quarantine quarantine;
  CHECK(quarantine.suspect("a"));
  CHECK(quarantine.holds("a"));
  CHECK_FALSE(quarantine.suspect("a"));
  quarantine.succeeded("a");
  CHECK(quarantine.holds("a"));
}

TEST_CASE("clearing ends every quarantine") {
  Quarantine quarantine;
  quarantine.suspect("a");
  for (int i = 0; i < 4; ++i) quarantine.failed("b");
  quarantine.clear();
  CHECK_FALSE(quarantine.holds("a"));
  CHECK_FALSE(quarantine.failed("b"));
  CHECK_FALSE(quarantine.holds("b"));
}

TEST_CASE("of many threads that see a policy fail, one is told that it is held now") {
  Quarantine quarantine;
  std::atomic<int> told{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < 100; ++round) {
        if (quarantine.failed("a")) ++told;
        quarantine.succeeded("b");
        quarantine.holds("a");
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(told == 1);
  CHECK(quarantine.holds("a"));
}
