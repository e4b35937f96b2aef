#include <array>
#include <atomic>
#include <catch2/catch.hpp>
#include <list>
#include <mutex>
#include <stdexcept>

#include "ops/parking.h"
#include "raw_client.h"
#include "test_server.h"

using namespace scrip;
using namespace scrip::http;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t rows = 100'000;
constexpr std::size_t row_size = 100;

Response streamed(std::function<void(Sink&)> stream) {
  Response response;
  response.content_type = "text/csv";
  response.stream = std::move(stream);
  return response;
}

Route route(const char* pattern, Handler handler) {
  return {.method = Method::get, .pattern = pattern, .access = Access::everyone, .handler = std::move(handler)};
}

// Ten megabytes: more than any socket's buffers hold.
Route large_stream() {
  return route("/rows", [](Request&) {
    return streamed([](Sink& sink) {
      const std::string row(row_size, 'r');
      for (std::size_t i = 0; i < rows; ++i) {
        if (!sink.write(row)) return;
      }
    });
  });
}

}  // namespace

TEST_CASE("a streamed answer arrives whole, and the connection goes on") {
  TestServer server({}, {large_stream()});
  RawClient client(server.port());
  client.send(request("GET /rows") + request("HEAD /rows") + request("GET /hello"));
  const RawAnswer answer = client.read();
  CHECK(answer.complete);
  CHECK(answer.header("transfer-encoding") == "chunked");
  CHECK(answer.header("content-type") == "text/csv");
  CHECK(answer.body == std::string(rows * row_size, 'r'));
  CHECK(client.read(true).status == 200);
  CHECK(client.read().body == "hello");
}

TEST_CASE("HTTP/1.0 gets a streamed answer up to the end of the connection") {
  TestServer server({}, {large_stream()});
  RawClient client(server.port());
  client.send("GET /rows HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  const RawAnswer answer = client.read();
  CHECK(answer.header("transfer-encoding").empty());
  CHECK(answer.body.size() == rows * row_size);
}

TEST_CASE("a slow reader gets everything, and nobody waits for it") {
  TestServer server({}, {large_stream()});
  RawClient slow(server.port(), 4096);
  slow.send(request("GET /rows"));
  std::string read = slow.read_some();
  RawClient other(server.port());
  while (read.size() < rows * row_size) {
    if (read.size() % 64 == 0) {
      other.send(request("GET /hello"));
      CHECK(other.read().body == "hello");
    }
    const std::string more = slow.read_some();
    REQUIRE(!more.empty());
    read += more;
  }
  CHECK(read.find("200 OK") != std::string::npos);
}

TEST_CASE("a reader that makes no progress is cut") {
  std::atomic<bool> cut{false};
  TestServer server({.progress_time = 50ms}, {route("/endless", [&](Request&) {
                      return streamed([&](Sink& sink) {
                        while (sink.write(std::string(10'000, 'x'))) {
                        }
                        cut = true;
                      });
                    })});
  RawClient client(server.port(), 4096);
  client.send(request("GET /endless"));
  server.await_answers(1);  // comes without a byte having been read
  CHECK(cut);
  await([&] { return server.server().connections() == 0; });
}

TEST_CASE("a client that goes away in the middle of an answer stops it") {
  TestServer server({}, {route("/endless", [&](Request&) {
                      return streamed([&](Sink& sink) {
                        sink.write("begin");
                        sink.flush();
                        while (sink.write(std::string(10'000, 'x'))) {
                        }
                      });
                    })});
  RawClient client(server.port());
  client.send(request("GET /endless"));
  CHECK(!client.read_some().empty());
  client.reset();
  server.await_answers(1);
  await([&] { return server.server().connections() == 0; });
  RawClient other(server.port());
  other.send(request("GET /hello"));
  CHECK(other.read().status == 200);
}

TEST_CASE("what was flushed arrives before the answer goes on") {
  Gate gate;
  TestServer server({}, {route("/slowly", [&](Request&) {
                      return streamed([&](Sink& sink) {
                        sink.write("first");
                        sink.flush();
                        gate.pass();
                        sink.write("second");
                      });
                    })});
  RawClient client(server.port());
  client.send(request("GET /slowly"));
  CHECK(client.read_until("first\r\n").ends_with("\r\n5\r\nfirst\r\n"));
  gate.open();
  CHECK(client.read_until("0\r\n\r\n") == "6\r\nsecond\r\n0\r\n\r\n");
}

TEST_CASE("an exception in a streamed answer cuts it, so that nobody takes it for complete") {
  TestServer server({}, {route("/breaks", [](Request&) {
                      return streamed([](Sink& sink) {
                        sink.write("a row");
                        sink.flush();
                        throw std::runtime_error("disk on fire");
                      });
                    })});
  RawClient client(server.port());
  client.send(request("GET /breaks"));
  const RawAnswer answer = client.read();
  CHECK(answer.status == 200);
  CHECK(!answer.complete);
  CHECK(client.is_closed());
  REQUIRE(server.failures().size() == 1);
  CHECK(server.failures()[0].ends_with("disk on fire"));
}

TEST_CASE("an answer may be streamed while the body still comes") {
  TestServer server({}, {{.method = Method::post,
                          .pattern = "/both-ways",
                          .access = Access::everyone,
                          .handler =
                              [](Request& request) {
                                return streamed([&request](Sink& sink) {
                                  std::array<char, 100> piece;
                                  for (;;) {
                                    const auto count = request.body_source().read(piece.data(), piece.size());
                                    if (!count || *count == 0) return;
                                    sink.write({piece.data(), *count});
                                    sink.flush();
                                  }
                                });
                              },
                          .streams = true}});
  RawClient client(server.port());
  client.send(request("POST /both-ways", "", "Transfer-Encoding: chunked\r\n") + "4\r\nping\r\n");
  CHECK(client.read_until("ping\r\n").ends_with("4\r\nping\r\n"));
  client.send("4\r\npong\r\n0\r\n\r\n");
  CHECK(client.read_until("0\r\n\r\n") == "4\r\npong\r\n0\r\n\r\n");
}

TEST_CASE("handlers that wait for another thread are woken one by one") {
  constexpr int waiting = 64;
  std::mutex mutex;
  std::vector<Parking*> parked;
  TestServer server({}, {route("/park", [&](Request&) {
                      Parking& mine = Parking::current();
                      {
                        const std::lock_guard lock(mutex);
                        parked.push_back(&mine);
                      }
                      mine.park();
                      return Response::json(200, "{}");
                    })});
  std::list<RawClient> clients;
  for (int i = 0; i < waiting; ++i) clients.emplace_back(server.port()).send(request("GET /park"));
  int woken = 0;
  await([&] {
    std::vector<Parking*> now;
    {
      const std::lock_guard lock(mutex);
      now.swap(parked);
    }
    for (Parking* const each : now) each->unpark();
    woken += static_cast<int>(now.size());
    return woken == waiting;
  });
  for (RawClient& client : clients) CHECK(client.read().status == 200);
}
