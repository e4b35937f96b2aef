#include "http/fiber.h"

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <catch2/catch.hpp>
#include <stdexcept>
#include <thread>

#include "fiber_thread.h"

using namespace scrip;
using namespace scrip::http;
using namespace std::chrono_literals;

TEST_CASE("a fiber that is unparked before it parks goes on") {
  FiberThread fibers;
  int reached = 0;
  fibers.scheduler().start({[&] {
    Parking& mine = Parking::current();
    mine.unpark();
    mine.unpark();
    mine.park();
    mine.park();
    reached = 1;
    std::thread([&] { mine.unpark(); }).join();
    mine.park();
    reached = 2;
  }});
  CHECK(reached == 2);  // it never had to give way
}

TEST_CASE("a parked fiber is woken from another thread, and sees what that wrote") {
  FiberThread fibers;
  for (int round = 0; round < 500; ++round) {
    int written = 0;  // no atomic: parking orders it
    bool ended = false;
    std::thread waker;
    fibers.scheduler().start({[&] {
      Parking& mine = Parking::current();
      waker = std::thread([&] {
        written = round + 1;
        mine.unpark();
      });
      mine.park();
      CHECK(written == round + 1);
      ended = true;
    }});
    fibers.run_until([&] { return ended; });
    waker.join();
  }
}

TEST_CASE("each fiber waits at a place of its own, and the thread at another") {
  FiberThread fibers;
  Parking* const threads = &Parking::current();
  std::array<Parking*, 2> mine{};
  int ended = 0;
  for (Parking*& each : mine) {
    fibers.scheduler().start({[&] {
      each = &Parking::current();
      each->park();
      CHECK(&Parking::current() == each);
      CHECK(Fiber::running() == each);
      ++ended;
    }});
    CHECK(&Parking::current() == threads);
    CHECK(Fiber::running() == nullptr);
  }
  CHECK(mine[0] != mine[1]);
  CHECK(fibers.ended() == 0);
  mine[1]->unpark();
  fibers.run_until([&] { return ended == 1; });
  mine[0]->unpark();
  fibers.run_until([&] { return ended == 2; });
  CHECK(fibers.ended() == 2);
}

TEST_CASE("exceptions are caught on the fiber that threw them, whoever runs in between") {
  FiberThread fibers;
  std::array<Parking*, 3> parked{};
  int ended = 0;
  for (std::size_t i = 0; i < parked.size(); ++i) {
    fibers.scheduler().start({[&, i] {
      const std::string mine = "of fiber " + std::to_string(i);
      parked[i] = &Parking::current();
      try {
        throw std::runtime_error(mine);
      } catch (const std::runtime_error& first) {
        parked[i]->park();  // inside the catch block
        try {
          throw;
        } catch (const std::runtime_error& again) {
          parked[i]->park();
          CHECK(again.what() == mine);
        }
        CHECK(first.what() == mine);
      }
      CHECK(!std::current_exception());
      ++ended;
    }});
    CHECK(!std::current_exception());
  }
  // Not in the order in which they were thrown, nor in the opposite one.
  for (const std::size_t i : {1U, 0U, 2U, 0U, 1U, 2U}) {
    parked[i]->unpark();
    fibers.run_until([&, before = fibers.rounds()] { return fibers.rounds() > before; });
  }
  fibers.run_until([&] { return ended == 3; });
}

TEST_CASE("a fiber waits for its socket, and not longer than it said") {
  std::array<int, 2> sockets{};
  REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, sockets.data()) == 0);
  FiberThread fibers;
  bool ended = false;
  fibers.scheduler().start({[&] {
    CHECK(wait_for_socket(sockets[0], Ready::writable, 20s));
    CHECK(!wait_for_socket(sockets[0], Ready::readable, 1ms));
    CHECK(!wait_for_socket(sockets[0], Ready::readable, 0ms));
    CHECK(::write(sockets[1], "x", 1) == 1);
    CHECK(wait_for_socket(sockets[0], Ready::readable, 20s));
    CHECK(wait_for_socket(sockets[0], Ready::readable, 20s));  // which is still there
    std::array<char, 1> read{};
    CHECK(::read(sockets[0], read.data(), 1) == 1);
    std::thread later([&] { ::close(sockets[1]); });
    CHECK(wait_for_socket(sockets[0], Ready::readable, 20s));
    later.join();
    ended = true;
  }});
  fibers.run_until([&] { return ended; });
  ::close(sockets[0]);
}

TEST_CASE("more fibers wait than stacks are kept, and their stacks cost what they touch") {
  FiberThread fibers;
  constexpr int many = 1'000;
  std::vector<Parking*> parked;
  int ended = 0;
  for (int i = 0; i < many; ++i) {
    fibers.scheduler().start({[&] {
      parked.push_back(&Parking::current());
      parked.back()->park();
      CHECK(Fiber::running()->stack_touched() <= FiberStack::size / 4);
      ++ended;
    }});
  }
  CHECK(parked.size() == many);
  std::thread waker([&] {
    for (Parking* const each : parked) each->unpark();
  });
  fibers.run_until([&] { return ended == many; });
  waker.join();
  CHECK(fibers.ended() == many);
}

TEST_CASE("what is posted by other threads runs, each once") {
  FiberThread fibers;
  std::atomic<int> ran{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int j = 0; j < 200; ++j) fibers.scheduler().post({[&] { ++ran; }});
    });
  }
  fibers.run_until([&] { return fibers.ended() == 800; });
  for (std::thread& thread : threads) thread.join();
  CHECK(ran == 800);
}
