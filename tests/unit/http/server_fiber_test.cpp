// That a request in flight costs no thread.
#include <atomic>
#include <catch2/catch.hpp>
#include <filesystem>
#include <list>
#include <set>
#include <stdexcept>
#include <thread>

#include "http/fiber.h"
#include "raw_client.h"
#include "test_server.h"

using namespace scrip;
using namespace scrip::http;
using namespace std::chrono_literals;

namespace {

std::size_t threads_of_process() {
  namespace fs = std::filesystem;
  return static_cast<std::size_t>(std::distance(fs::directory_iterator("/proc/self/task"), fs::directory_iterator()));
}

Route on_loop(std::string pattern, Handler handler, Access access = Access::everyone) {
  return {.method = Method::post,
          .pattern = std::move(pattern),
          .access = access,
          .handler = std::move(handler),
          .claim = true,
          .on_loop = true};
}

Response text(std::string body) {
  return Response::json(200, std::move(body));
}

}  // namespace

TEST_CASE("1,000 requests in flight take fewer than 20 threads") {
  Gate gate;
  TestServer server({}, {on_loop("/issue", [&](Request&) {
                      gate.pass();
                      return text("issued");
                    })});
  const std::size_t before = threads_of_process();
  std::list<RawClient> clients;
  for (int i = 0; i < 1'000; ++i) {
    clients.emplace_back(server.port()).send(request(i % 2 == 0 ? "POST /issue" : "GET /wait"));
  }
  gate.await(500);
  server.gate().await(500);
  CHECK(server.server().in_flight() == 1'000);
  CHECK(threads_of_process() == before);
  CHECK(before < 20);
  RawClient other(server.port());
  other.send(request("GET /hello"));
  CHECK(other.read().body == "hello");
  gate.open();
  server.gate().open();
  for (RawClient& client : clients) CHECK(client.read().status == 200);
  await([&] { return server.server().in_flight() == 0; });
}

TEST_CASE("slow senders and slow readers hold up neither a thread nor anybody else") {
  TestServer server({.workers = 1},
                    {{.method = Method::get, .pattern = "/large", .access = Access::everyone, .handler = [](Request&) {
                        return text(std::string(8'000'000, 'x'));
                      }}});
  const std::size_t before = threads_of_process();
  std::list<RawClient> senders;
  for (int i = 0; i < 100; ++i) {
    senders.emplace_back(server.port())
        .send(request("POST /echo", "", "Transfer-Encoding: chunked\r\n") + "5\r\nhello\r\n");
  }
  std::list<RawClient> readers;
  for (int i = 0; i < 8; ++i) readers.emplace_back(server.port(), 4096).send(request("GET /large"));
  await([&] { return server.server().in_flight() == 108; });
  RawClient other(server.port());
  for (int i = 0; i < 10; ++i) {
    other.send(request("GET /hello"));
    CHECK(other.read().body == "hello");
  }
  CHECK(threads_of_process() == before);
  for (RawClient& sender : senders) sender.send("0\r\n\r\n");
  for (RawClient& sender : senders) CHECK(sender.read().body == "hello");
  for (RawClient& reader : readers) CHECK(reader.read().body.size() == 8'000'000);
}

TEST_CASE("a slow reader of what the loop answers does not hold up the loop") {
  TestServer server({}, {on_loop("/large", [](Request&) { return text(std::string(8'000'000, 'x')); })});
  RawClient slow(server.port(), 4096);
  slow.send(request("POST /large"));
  await([&] { return server.server().in_flight() == 1; });
  RawClient other(server.port());
  for (int i = 0; i < 10; ++i) {
    other.send(request("POST /nowhere"));
    CHECK(other.read().status == 404);
  }
  await([&] { return server.server().in_flight() == 1; });
  CHECK(slow.read().body.size() == 8'000'000);
}

TEST_CASE("a route of the loop runs on its thread, unless the body has to be waited for") {
  std::mutex mutex;
  std::set<std::thread::id> loops;
  std::set<std::thread::id> workers;
  TestServer server({}, {on_loop("/issue", [&](Request& request) {
                      const auto body = request.body();
                      if (!body) return Response::problem(body.error());
                      const std::lock_guard lock(mutex);
                      (body->size() <= 5 ? loops : workers).insert(std::this_thread::get_id());
                      return text(std::string(*body));
                    })});
  RawClient client(server.port());
  for (int i = 0; i < 20; ++i) {
    const std::string large(20'000, 'x');
    for (const std::string& text :
         {request("POST /issue"), request("POST /issue", "small"), request("POST /issue", large),
          request("POST /issue", "", "Transfer-Encoding: chunked\r\n") + chunked(large, 99)}) {
      client.send(text);
      CHECK(client.read().status == 200);
    }
  }
  CHECK(loops.size() == 1);
  CHECK(!workers.empty());
  CHECK(workers.count(*loops.begin()) == 0);
}

TEST_CASE("requests of one client are answered in their order, wherever they run") {
  std::atomic<Parking*> parked{nullptr};
  TestServer server({},
                    {on_loop("/at-once", [](Request&) { return text("at once"); }), on_loop("/later", [&](Request&) {
                       parked = &Parking::current();
                       Parking::current().park();
                       return text("later");
                     })});
  RawClient client(server.port());
  client.send(request("POST /at-once") + request("POST /later") + request("GET /hello") + request("POST /at-once") +
              request("POST /nowhere") + request("POST /at-once"));
  CHECK(client.read().body == "at once");
  await([&] { return parked.load() != nullptr; });
  CHECK(server.await_answers(1).size() == 1);
  parked.load()->unpark();
  CHECK(client.read().body == "later");
  CHECK(client.read().body == "hello");
  CHECK(client.read().body == "at once");
  CHECK(client.read().status == 404);
  CHECK(client.read().body == "at once");

  // A whole day's requests in one go.
  std::string many;
  for (int i = 0; i < 2'000; ++i) many += request(i % 2 == 0 ? "POST /at-once" : "GET /hello");
  std::thread sending([&] { client.send(many); });
  for (int i = 0; i < 2'000; ++i) REQUIRE(client.read().body == (i % 2 == 0 ? "at once" : "hello"));
  sending.join();
}

TEST_CASE("overload on the loop is answered in order, and ends") {
  Gate gate;
  TestServer server({.in_flight = 2, .queued = 4}, {on_loop("/issue", [&](Request&) {
                      gate.pass();
                      return text("issued");
                    })});
  std::list<RawClient> clients;
  for (int i = 0; i < 6; ++i) clients.emplace_back(server.port()).send(request("POST /issue"));
  gate.await(2);
  await([&] { return server.server().queued() == 4; });
  RawClient refused(server.port());
  refused.send(request("POST /issue", "{}") + request("GET /hello") + request("POST /issue"));
  RawAnswer answer = refused.read();
  CHECK(answer.status == 503);
  CHECK(answer.header("retry-after") == "1");
  CHECK(refused.read().body == "hello");  // the workers have room
  CHECK(refused.read().status == 503);
  gate.open();
  for (RawClient& client : clients) CHECK(client.read().body == "issued");
  refused.send(request("POST /issue"));
  CHECK(refused.read().body == "issued");
  CHECK(server.server().queued() == 0);
}

TEST_CASE("an exception on the loop's thread is a 500, and the loop goes on") {
  TestServer server({}, {on_loop("/breaks",
                                 [](Request& request) -> Response {
                                   try {
                                     throw std::runtime_error("caught");
                                   } catch (const std::runtime_error&) {
                                     if (!request.body()) return text("no body");
                                   }
                                   throw std::runtime_error("out of cheese");
                                 }),
                         on_loop("/throws-nothing-known", [](Request&) -> Response { throw 5; })});
  RawClient client(server.port());
  for (int i = 0; i < 10; ++i) {
    client.send(request("POST /breaks", "body") + request("POST /throws-nothing-known"));
    CHECK(client.read().status == 500);
    CHECK(client.read().status == 500);
  }
  CHECK(server.failures().size() == 20);
}

TEST_CASE("a stop waits for fibers that wait") {
  for (const std::size_t loops : {1U, 2U}) {
    Gate gate;
    TestServer server({.loops = loops}, {on_loop("/issue", [&](Request&) {
                        gate.pass();
                        return text("issued");
                      })});
    std::list<RawClient> clients;
    for (int i = 0; i < 200; ++i) {
      clients.emplace_back(server.port()).send(request(i % 2 == 0 ? "POST /issue" : "GET /wait"));
    }
    gate.await(100);
    server.gate().await(100);
    std::thread stopping([&] { server.server().stop(); });
    gate.open();
    server.gate().open();
    for (RawClient& client : clients) {
      CHECK(client.read().status == 200);
      CHECK(client.is_closed());
    }
    stopping.join();
    CHECK(server.server().connections() == 0);
    CHECK(server.server().in_flight() == 0);
  }
}

TEST_CASE("a stop after its grace ends what waits for a client, on the loop too") {
  TestServer server({}, {on_loop("/large", [](Request&) { return text(std::string(8'000'000, 'x')); })});
  RawClient slow(server.port(), 4096);
  slow.send(request("POST /large"));
  RawClient sender(server.port());
  sender.send(request("POST /echo", "", "Transfer-Encoding: chunked\r\n") + "5\r\nhe");
  await([&] { return server.server().in_flight() == 2; });
  server.server().stop(20ms);
  CHECK(server.server().connections() == 0);
}

TEST_CASE("what the longest requests need of a stack is less than half of it") {
  std::atomic<std::size_t> most{0};
  const auto measured = [&](Request& request) {
    const auto body = request.body();
    for (int i = 0; i < 3; ++i) static_cast<void>(request.cookie("none"));
    Response response = body ? text("") : Response::problem(body.error());
    response.with("X-Long", std::string(8'000, 'x'));
    most = std::max<std::size_t>(most, Fiber::running()->stack_touched());
    return response;
  };
  const auto streamed = [](Request&) {
    Response response;
    response.stream = [](Sink& sink) {
      for (int i = 0; i < 10; ++i) sink.write(std::string(50'000, 's'));
      sink.flush();
    };
    return response;
  };
  TestServer server(
      {.workers = 1},
      {on_loop("/loop", measured, Access::any_token),
       {.method = Method::post, .pattern = "/worker/{x}/{y}", .access = Access::everyone, .handler = measured},
       {.method = Method::post, .pattern = "/streamed", .access = Access::everyone, .handler = streamed}});
  const auto ask = [&](const std::string& text) {
    RawClient client(server.port());
    client.send(text);
    return client.read().status;
  };
  const std::string long_text(7'900, 'a');
  std::string cookies = "Cookie: ";
  while (cookies.size() < 22'000) cookies += "c" + std::to_string(cookies.size()) + "=v; ";
  std::string ranges = "Range: bytes=0-1";
  while (ranges.size() < 22'000) ranges += ",0-1";
  std::string many;
  for (int i = 0; i < 120; ++i) many += "X-" + std::to_string(i) + ": " + std::string(200, 'v') + "\r\n";
  const std::string body(1'000'000, '[');
  for (const std::string& header :
       {std::string(), cookies + "\r\n", ranges + "\r\n", many, "Accept: " + std::string(22'000, '/') + "\r\n",
        "Content-Type: multipart/form-data; boundary=" + std::string(22'000, 'x') + "\r\n",
        "Authorization: Bearer " + std::string(22'000, '.') + "\r\n"}) {
    INFO(header.substr(0, 40));
    for (const std::string& line :
         {"POST /loop?" + long_text, "POST /worker/" + long_text + "/y", std::string("POST /streamed"),
          "POST /" + std::string(7'900, '/'), "POST /nowhere/" + long_text, std::string("POST /worker/x/y")}) {
      CHECK(ask(request(line, line.ends_with("/y") ? body : "", header)) > 0);
      // The same fiber again, which looks at its stack.
      REQUIRE(ask(request("POST /worker/a/b", "", "Transfer-Encoding: chunked\r\n") + chunked(body, 60'000)) == 200);
    }
    REQUIRE(ask(request("POST /loop", "small", "Authorization: Bearer user\r\n")) == 200);
  }
  CHECK(most > 0);
  CHECK(most < FiberStack::size / 2);
  WARN("a stack's high-water mark is " << most << " bytes of " << FiberStack::size);
}
