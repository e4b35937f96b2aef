#include "http/rate_limit.h"

#include <atomic>
#include <catch2/catch.hpp>
#include <thread>
#include <vector>

using namespace scrip::http;
using namespace std::chrono_literals;

namespace {

const RateLimit::Time start{1h};

}  // namespace

TEST_CASE("a burst is let through, then one an interval") {
  RateLimit limit(3, 10s);
  CHECK(limit.take("kim", start) == 0);
  CHECK(limit.take("kim", start) == 0);
  CHECK(limit.take("kim", start) == 0);
  CHECK(limit.take("kim", start) == 10);
  CHECK(limit.take("kim", start + 1ms) == 10);
  CHECK(limit.take("kim", start + 9'500ms) == 1);
  CHECK(limit.take("kim", start + 10s) == 0);
  CHECK(limit.take("kim", start + 10s) == 10);
  CHECK(limit.take("kim", start + 40s) == 0);
  CHECK(limit.take("kim", start + 40s) == 0);
  CHECK(limit.take("kim", start + 40s) == 0);
  CHECK(limit.take("kim", start + 40s) == 10);
}

TEST_CASE("one key does not count for another") {
  RateLimit limit(1, 10s);
  CHECK(limit.take("kim", start) == 0);
  CHECK(limit.take("lee", start) == 0);
  CHECK(limit.take("kim", start) == 10);
}

TEST_CASE("refused attempts do not make the wait longer") {
  RateLimit limit(1, 10s);
  CHECK(limit.take("kim", start) == 0);
  for (int i = 0; i < 100; ++i) CHECK(limit.take("kim", start + 5s) == 5);
  CHECK(limit.take("kim", start + 10s) == 0);
}

TEST_CASE("memory is bounded, and the key that was unused the longest is forgotten") {
  RateLimit limit(1, 10s, 3);
  for (const char* key : {"a", "b", "c"}) CHECK(limit.take(key, start) == 0);
  CHECK(limit.take("a", start) == 10);  // used again
  CHECK(limit.take("d", start) == 0);
  CHECK(limit.remembered() == 3);
  CHECK(limit.take("a", start) == 10);
  CHECK(limit.take("b", start) == 0);
  for (int i = 0; i < 1000; ++i) limit.take(std::to_string(i), start);
  CHECK(limit.remembered() == 3);
}

TEST_CASE("threads share what there is") {
  RateLimit limit(100, 1h);
  std::atomic<int> let_through{0};
  {
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&] {
        for (int j = 0; j < 100; ++j) let_through += limit.take("kim", start) == 0 ? 1 : 0;
      });
    }
    for (auto& thread : threads) thread.join();
  }
  CHECK(let_through == 100);
}
