#include <catch2/catch.hpp>
#include <list>

#include "raw_client.h"
#include "test_server.h"

using namespace scrip::http;

namespace {

void await_queued(TestServer& server, std::size_t count) {
  await([&] { return server.server().queued() >= count; });
}

}  // namespace

TEST_CASE("requests without room in the queue are 503, and the connection is kept") {
  TestServer server({.in_flight = 1, .queued = 4});
  std::list<RawClient> clients;
  clients.emplace_back(server.port()).send(request("GET /wait"));
  server.gate().await(1);
  for (std::size_t i = 1; i <= 3; ++i) {
    clients.emplace_back(server.port()).send(request("GET /hello"));
    await_queued(server, i);
  }
  RawClient refused(server.port());
  refused.send(request("GET /hello") + request("POST /echo", "body"));
  for (int i = 0; i < 2; ++i) {
    const RawAnswer answer = refused.read();
    CHECK(answer.status == 503);
    CHECK(answer.header("retry-after") == "1");
    CHECK(answer.body.find("\"overloaded\"") != std::string::npos);
    CHECK(answer.keeps_alive());
  }
  refused.send(request("POST /echo", "", "Transfer-Encoding: chunked\r\n"));
  CHECK(!refused.read().keeps_alive());
  CHECK(refused.is_closed());

  // The last place is a claim's.
  RawClient claim(server.port());
  claim.send(request("POST /claim"));
  await_queued(server, 4);
  RawClient too_many(server.port());
  too_many.send(request("POST /claim"));
  CHECK(too_many.read().status == 503);

  server.gate().open();
  CHECK(claim.read().status == 200);
  for (RawClient& client : clients) CHECK(client.read().status == 200);
  too_many.send(request("GET /hello"));
  CHECK(too_many.read().status == 200);
}

TEST_CASE("a route with errors of its own form says in it that there is no room") {
  std::vector<Route> routes;
  routes.push_back({.method = Method::get,
                    .pattern = "/own",
                    .access = Access::everyone,
                    .handler = [](Request&) { return Response::json(200, "{}"); },
                    .refuse =
                        [](const scrip::Error& error) {
                          return Response::json(503, "own " + std::string(name(error.code)))
                              .with("Retry-After", std::to_string(error.retry_after_s));
                        }});
  TestServer server({.in_flight = 1, .queued = 4}, std::move(routes));
  std::list<RawClient> clients;
  clients.emplace_back(server.port()).send(request("GET /wait"));
  server.gate().await(1);
  for (std::size_t i = 1; i <= 3; ++i) {
    clients.emplace_back(server.port()).send(request("GET /hello"));
    await_queued(server, i);
  }
  RawClient refused(server.port());
  refused.send(request("GET /own"));
  const RawAnswer answer = refused.read();
  CHECK(answer.status == 503);
  CHECK(answer.body == "own overloaded");
  CHECK(answer.header("retry-after") == "1");
  server.gate().open();
  for (RawClient& client : clients) CHECK(client.read().status == 200);
}

TEST_CASE("claims overtake what waits with them") {
  TestServer server({.in_flight = 1, .queued = 100});
  std::list<RawClient> clients;
  clients.emplace_back(server.port()).send(request("GET /wait"));
  server.gate().await(1);
  for (std::size_t i = 1; i <= 5; ++i) {
    clients.emplace_back(server.port()).send(request(i < 5 ? "GET /hello" : "POST /claim"));
    await_queued(server, i);
  }
  server.gate().open();
  const auto answers = server.await_answers(6);
  CHECK(answers[0].route == "/wait");
  CHECK(answers[1].route == "/claim");
}

TEST_CASE("as many requests run at once as the limit says") {
  TestServer server({.in_flight = 8, .queued = 100});
  std::list<RawClient> clients;
  for (int i = 0; i < 12; ++i) clients.emplace_back(server.port()).send(request("POST /claim"));
  server.gate().await(8);
  await_queued(server, 4);
  CHECK(server.server().in_flight() == 8);
  server.gate().open();
  for (RawClient& client : clients) CHECK(client.read().status == 200);
}
