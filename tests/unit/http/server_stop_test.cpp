#include <catch2/catch.hpp>
#include <list>
#include <thread>

#include "raw_client.h"
#include "test_server.h"

using namespace scrip::http;
using namespace std::chrono_literals;

namespace {

bool can_connect(int port) {
  try {
    RawClient client(port);
    client.send(request("GET /hello"));
    return client.read().status == 200;
  } catch (const std::runtime_error&) {
    return false;
  }
}

}  // namespace

TEST_CASE("a stop lets what is in flight finish and closes what is idle") {
  for (const std::size_t loops : {1U, 2U}) {
    TestServer server({.in_flight = 2, .loops = loops});
    RawClient fresh(server.port());
    RawClient idle(server.port());
    idle.send(request("GET /hello"));
    CHECK(idle.read().status == 200);
    RawClient half(server.port());
    half.send("GET /he");
    std::list<RawClient> busy;
    for (int i = 0; i < 4; ++i) busy.emplace_back(server.port()).send(request("GET /wait"));  // two of them queued
    server.gate().await(2);
    await([&] { return server.server().queued() == 2; });

    std::thread stopping([&] { server.server().stop(); });
    CHECK(fresh.is_closed());
    CHECK(idle.is_closed());
    CHECK(half.is_closed());
    server.gate().open();
    for (RawClient& client : busy) {
      const RawAnswer answer = client.read();
      CHECK(answer.body == "waited");
      CHECK(!answer.keeps_alive());
      CHECK(client.is_closed());
    }
    stopping.join();
    CHECK(server.server().connections() == 0);
    CHECK(!can_connect(server.port()));
  }
}

TEST_CASE("a request that was sent before the stop is answered") {
  for (int round = 0; round < 8; ++round) {
    TestServer server;
    RawClient client(server.port());
    client.send(request("GET /hello"));
    server.server().stop();
    CHECK(client.read().body == "hello");
  }
}

TEST_CASE("a handler that takes longer than the grace loses its connection, not its life") {
  TestServer server;
  RawClient client(server.port());
  client.send(request("GET /wait"));
  server.gate().await(1);
  std::thread stopping([&] { server.server().stop(1ms); });
  CHECK(client.is_closed());
  server.gate().open();
  stopping.join();
  CHECK(server.await_answers(1)[0].status == 200);
}

TEST_CASE("a body that does not come holds up a stop for its grace at most") {
  TestServer server;
  RawClient small(server.port());
  small.send(request("POST /echo", "", "Content-Length: 5\r\n") + "hell");
  RawClient large(server.port());
  large.send(request("POST /echo", "", "Content-Length: 50000\r\n") + "hell");
  await([&] { return server.server().in_flight() == 1; });
  server.server().stop(50ms);
  CHECK(server.server().connections() == 0);
}

TEST_CASE("a server may be stopped twice, and before it was started") {
  TestServer server;
  server.server().stop();
  server.server().stop();
  Server never({}, {}, {}, {});
  REQUIRE(never.listen("127.0.0.1:0"));
  never.stop();
}
