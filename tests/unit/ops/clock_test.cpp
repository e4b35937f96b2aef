#include "ops/clock.h"

#include <catch2/catch.hpp>
#include <ctime>

using namespace scrip;

TEST_CASE("real time is the machine's, in microseconds since 1970") {
  const auto before = static_cast<Micros>(std::time(nullptr));
  const Micros now = real_time();
  const auto after = static_cast<Micros>(std::time(nullptr));
  CHECK(now >= (before - 1) * second);  // time() may lag by a tick
  CHECK(now < (after + 1) * second);
}

TEST_CASE("a shifted clock runs on from where it was put") {
  const Micros before = real_time();
  const SystemClock clock(-400 * day);
  const Micros shown = clock.now();
  const Micros after = real_time();
  CHECK(clock.shift() == -400 * day);
  CHECK(shown >= before - 400 * day);
  CHECK(shown <= after - 400 * day);
  CHECK(SystemClock().now() >= after);
}

TEST_CASE("a manual clock stands still until it is moved") {
  ManualClock clock(1'000);
  CHECK(clock.now() == 1'000);
  CHECK(clock.now() == 1'000);
  clock.advance(5);
  CHECK(clock.now() == 1'005);
  clock.set(7);
  CHECK(clock.now() == 7);
}
