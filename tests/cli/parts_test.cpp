#include <atomic>
#include <catch2/catch.hpp>

#include "cli/data_directory.h"
#include "cli/log_throttle.h"
#include "cli/quantity.h"
#include "cli/watcher.h"
#include "scratch.h"

using namespace scrip;
using namespace scrip::cli;
using namespace scrip::test;
using namespace std::chrono_literals;

TEST_CASE("times are a whole number and a unit") {
  CHECK(parse_duration("500us") == 500us);
  CHECK(parse_duration("10ms") == 10ms);
  CHECK(parse_duration("24h") == 24h);
  CHECK(parse_duration("7d") == 168h);
  CHECK(parse_duration("0") == 0us);
  for (const char* wrong : {"", "10", "ms", "-1s", "1.5s", "1 s", "1w", "+1s", "99999999999999d", "1s "}) {
    CAPTURE(wrong);
    CHECK_FALSE(parse_duration(wrong).has_value());
  }
  for (const auto time : {500us, 10'000us, 86'400'000'000us}) CHECK(parse_duration(format_duration(time)) == time);
  CHECK(format_duration(90s) == "90s");
  CHECK(format_duration(24h) == "1d");
}

TEST_CASE("sizes are a whole number of bytes or of a binary unit") {
  CHECK(parse_size("4096") == 4096U);
  CHECK(parse_size("64KiB") == 65'536U);
  CHECK(parse_size("8M") == 8U << 20);
  CHECK(parse_size("1GiB") == 1U << 30);
  for (const char* wrong : {"", "-1", "8MB", "1.5MiB", "MiB", "8 MiB", "99999999999GiB"}) {
    CAPTURE(wrong);
    CHECK_FALSE(parse_size(wrong).has_value());
  }
  CHECK(format_size(1 << 20) == "1MiB");
  CHECK(format_size(1000) == "1000");
}

TEST_CASE("a throttle lets one line through at a time and counts the others") {
  LogThrottle throttle(10s);
  const auto start = std::chrono::steady_clock::now();
  CHECK(throttle.pass(start) == 0U);
  CHECK_FALSE(throttle.pass(start + 1s).has_value());
  CHECK_FALSE(throttle.pass(start + 9s).has_value());
  CHECK(throttle.pass(start + 10s) == 2U);
  CHECK(throttle.pass(start + 20s) == 0U);
}

TEST_CASE("the lock of a data directory is held by one at a time") {
  const Scratch scratch;
  const auto data = DataDirectory::make(scratch.data());
  REQUIRE(data);
  {
    const auto held = data->lock();
    REQUIRE(held);
    const auto second = data->lock();
    REQUIRE_FALSE(second);
    CHECK(second.error().message.find("another scrip serves") == 0);
    // Its server is not there yet.
    CHECK_FALSE(data->server());
    REQUIRE(data->publish({.url = "http://127.0.0.1:1", .pid = 7, .secret_file = "/s"}));
    const auto server = data->server();
    REQUIRE(server);
    REQUIRE(*server);
    CHECK((**server).url == "http://127.0.0.1:1");
    CHECK((**server).pid == 7);
    CHECK((**server).secret_file == "/s");
  }
  // An address that nobody withdrew is not taken for a server.
  const auto server = data->server();
  REQUIRE(server);
  CHECK_FALSE(server->has_value());
  CHECK(data->lock());
}

TEST_CASE("a watcher tells of a change, and ends while it waits") {
  const Scratch scratch;
  std::atomic<int> calls{0};
  const auto watcher = Watcher::start({scratch / "scripts", scratch / "plugins"}, [&] { ++calls; });
  REQUIRE(watcher);
  scratch.write("scripts/fresh.lua", "-- new\n");
  CHECK(becomes([&] { return calls.load() > 0; }));
}
