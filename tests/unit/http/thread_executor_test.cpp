#include "http/thread_executor.h"

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <latch>
#include <string>

using namespace scrip::http;
using namespace std::chrono_literals;
using Urgency = Executor::Urgency;

TEST_CASE("as many jobs run at once as there may be threads") {
  ThreadExecutor executor(4, 100);
  std::latch all(4);
  for (int i = 0; i < 4; ++i) REQUIRE(executor.submit([&] { all.arrive_and_wait(); }, Urgency::other));
  executor.stop();  // would hang if they did not meet
  CHECK(executor.running() == 0);
}

TEST_CASE("claims go first, others are not starved, and what has no room is refused") {
  ThreadExecutor executor(1, 40);
  std::latch busy(1);
  std::latch go(1);
  std::string order;
  REQUIRE(executor.submit(
      [&] {
        busy.count_down();
        go.wait();
      },
      Urgency::other));
  busy.wait();
  REQUIRE(executor.submit([&] { order += 'o'; }, Urgency::other));
  REQUIRE(executor.submit([&] { order += 'o'; }, Urgency::other));
  for (int i = 0; i < 28; ++i) REQUIRE(executor.submit([&] { order += 'c'; }, Urgency::claim));
  // Three quarters are taken: the rest is for claims.
  CHECK(!executor.submit([&] { order += 'x'; }, Urgency::other));
  for (int i = 0; i < 10; ++i) REQUIRE(executor.submit([&] { order += 'c'; }, Urgency::claim));
  CHECK(!executor.submit([&] { order += 'x'; }, Urgency::claim));
  CHECK(executor.waiting() == 40);
  go.count_down();
  executor.stop();
  CHECK(order.size() == 40);
  CHECK(order.find('x') == std::string::npos);
  const std::size_t first_other = order.find('o');
  CHECK(first_other >= 8);
  CHECK(first_other < 20);
}

TEST_CASE("threads without work end") {
  ThreadExecutor executor(8, 8, 1ms);
  for (int round = 0; round < 3; ++round) {
    std::latch all(8);
    for (int i = 0; i < 8; ++i) REQUIRE(executor.submit([&] { all.arrive_and_wait(); }, Urgency::claim));
    all.wait();
    const auto give_up = std::chrono::steady_clock::now() + 20s;
    while (executor.threads() > 0 && std::chrono::steady_clock::now() < give_up) std::this_thread::yield();
    CHECK(executor.threads() == 0);
  }
}

TEST_CASE("a job waits for its socket, and not longer than it said") {
  std::array<int, 2> sockets{};
  REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, sockets.data()) == 0);
  ThreadExecutor executor(1, 1);
  CHECK(executor.wait(sockets[0], Executor::Ready::writable, 20s));
  CHECK(!executor.wait(sockets[0], Executor::Ready::readable, 1ms));
  REQUIRE(::write(sockets[1], "x", 1) == 1);
  CHECK(executor.wait(sockets[0], Executor::Ready::readable, 20s));
  ::close(sockets[1]);
  CHECK(executor.wait(sockets[0], Executor::Ready::readable, 20s));
  ::close(sockets[0]);
}
