#include <atomic>
#include <catch2/catch.hpp>
#include <random>
#include <thread>
#include <vector>

#include "raw_client.h"
#include "test_server.h"

using namespace scrip::http;

namespace {

// One client of some kind. False: it got an answer that its request does not have.
bool visit(int port, unsigned kind) {
  RawClient client(port);
  const std::string body(kind * 97 % 40'000, 'x');
  const std::string in_chunks = request("POST /echo", "", "Transfer-Encoding: chunked\r\n") + chunked(body, 1'000);
  switch (kind % 8) {
    case 0:
      client.send("GET /he");
      return true;
    case 1:
      client.send(request("POST /echo", body));
      client.reset();
      return true;
    case 2:
      client.send(in_chunks.substr(0, in_chunks.size() / 2));
      client.end();
      return client.read().status == 400;
    case 3:
      client.send(request("POST /nowhere", body));
      return client.read().status == 404;
    case 4:
      client.send("nonsense\r\n\r\n");
      return client.read().status == 400;
    case 5:
      client.send(in_chunks + request("GET /throw") + request("GET /hello"));
      return client.read().body == body && client.read().status == 500 && client.read().body == "hello";
    case 6:
      client.send(request("POST /stream-in", body, "Connection: close\r\n"));
      return client.read().body == std::to_string(body.size());
    default:
      for (int i = 0; i < 5; ++i) {
        client.send(request("POST /echo", body));
        if (client.read().body != body) return false;
      }
      return true;
  }
}

}  // namespace

TEST_CASE("a storm of clients of every kind leaves the server whole") {
  TestServer server({.in_flight = 6, .loops = 2});
  std::atomic<int> wrong{0};
  {
    std::vector<std::thread> threads;
    for (unsigned seed = 1; seed <= 4; ++seed) {
      threads.emplace_back([&, seed] {
        std::minstd_rand random(seed);
        for (int i = 0; i < 200; ++i) wrong += visit(server.port(), static_cast<unsigned>(random())) ? 0 : 1;
      });
    }
    for (std::thread& thread : threads) thread.join();
  }
  CHECK(wrong == 0);
  await([&] { return server.server().connections() == 0; });
  CHECK(server.server().queued() == 0);
  CHECK(visit(server.port(), 7));
}

TEST_CASE("a server may be stopped in the middle of a storm") {
  for (int round = 0; round < 5; ++round) {
    TestServer server({.in_flight = 6, .loops = 2});
    std::vector<std::thread> threads;
    for (unsigned seed = 1; seed <= 4; ++seed) {
      threads.emplace_back([&, seed] {
        std::minstd_rand random(seed);
        try {
          for (;;) visit(server.port(), static_cast<unsigned>(random()));
        } catch (const std::runtime_error&) {  // nobody takes connections any more
        }
      });
    }
    server.await_answers(100);
    server.server().stop();
    CHECK(server.server().connections() == 0);
    for (std::thread& thread : threads) thread.join();
  }
}
