#include "http/server.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <set>

#include "raw_client.h"
#include "test_server.h"

using namespace scrip;
using namespace scrip::http;
using nlohmann::json;

TEST_CASE("a request is answered, with what every answer carries") {
  TestServer server;
  RawClient client(server.port());
  client.send(request("GET /hello"));
  const RawAnswer answer = client.read();
  CHECK(answer.status == 200);
  CHECK(answer.body == "hello");
  CHECK(answer.header("content-type") == "text/plain");
  CHECK(answer.header("x-content-type-options") == "nosniff");
  CHECK(answer.header("cache-control") == "no-store");
  CHECK(answer.header("date").ends_with(" GMT"));
  CHECK(answer.header("connection").empty());
  CHECK(answer.header("keep-alive").empty());
  const auto answers = server.await_answers(1);
  CHECK(answers[0].request_id == answer.header("x-request-id"));
  CHECK(answers[0].route == "/hello");
  CHECK(answers[0].status == 200);
}

TEST_CASE("a connection serves request after request") {
  TestServer server;
  RawClient client(server.port());
  std::set<std::string> ids;
  for (int i = 0; i < 100; ++i) {
    client.send(request("POST /echo", std::to_string(i)));
    const RawAnswer answer = client.read();
    CHECK(answer.body == std::to_string(i));
    ids.insert(answer.header("x-request-id"));
  }
  CHECK(ids.size() == 100);
  CHECK(server.server().connections() == 1);
}

TEST_CASE("pipelined requests are answered in their order") {
  TestServer server;
  RawClient client(server.port());
  std::string all;
  for (int i = 0; i < 300; ++i) {
    const std::string body = "body " + std::to_string(i);
    const std::string plain = request("POST /echo", body);
    const std::string chunks = request("POST /echo", "", "Transfer-Encoding: chunked\r\n") + chunked(body, 3);
    const std::string unread = request("GET /hello", body);
    all += i % 3 == 0 ? plain : i % 3 == 1 ? chunks : unread;
    if (i % 7 == 0) all += "\r\n";  // an empty line too much is forgiven
  }
  REQUIRE(client.send(all));
  for (int i = 0; i < 300; ++i) {
    INFO(i);
    const RawAnswer answer = client.read();
    REQUIRE(answer.status == 200);
    CHECK(answer.body == (i % 3 == 2 ? "hello" : "body " + std::to_string(i)));
  }
}

TEST_CASE("a request may come byte by byte") {
  TestServer server;
  RawClient client(server.port());
  const std::string text = request("POST /echo", "hello") +
                           request("POST /echo", "", "Transfer-Encoding: chunked\r\n") + chunked("chunks", 2);
  for (const char c : text) REQUIRE(client.send({&c, 1}));
  CHECK(client.read().body == "hello");
  CHECK(client.read().body == "chunks");
}

TEST_CASE("the client's wish to close is heard") {
  TestServer server;
  for (const char* headers : {"Connection: close\r\n", "Connection: TE, Close\r\n"}) {
    RawClient client(server.port());
    client.send(request("GET /hello", "", headers));
    const RawAnswer answer = client.read();
    CHECK(answer.body == "hello");
    CHECK(answer.header("connection") == "close");
    CHECK(client.is_closed());
  }
}

TEST_CASE("HTTP/1.0 closes unless it asks not to") {
  TestServer server;
  RawClient client(server.port());
  client.send("GET /hello HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  const RawAnswer kept = client.read();
  CHECK(kept.body == "hello");
  CHECK(kept.header("connection") == "keep-alive");
  client.send("GET /hello HTTP/1.0\r\n\r\n");
  CHECK(client.read().body == "hello");
  CHECK(client.is_closed());
}

TEST_CASE("a client that has ended its side is still answered") {
  TestServer server;
  RawClient client(server.port());
  client.send(request("GET /hello") + request("POST /echo", "x"));
  client.end();
  CHECK(client.read().body == "hello");
  CHECK(client.read().body == "x");
  CHECK(client.is_closed());
}

TEST_CASE("HEAD is GET without the body") {
  TestServer server;
  RawClient client(server.port());
  client.send(request("HEAD /hello") + request("HEAD /nowhere") + request("GET /hello"));
  const RawAnswer answer = client.read(true);
  CHECK(answer.status == 200);
  CHECK(answer.header("content-length") == "5");
  CHECK(answer.header("accept-ranges").empty());
  CHECK(client.read(true).status == 404);
  CHECK(client.read().body == "hello");
}

TEST_CASE("an absolute target is as good as a path") {
  TestServer server;
  RawClient client(server.port());
  client.send(request("GET http://shop.example/hello?x=y"));
  CHECK(client.read().body == "hello");
}

TEST_CASE("what has no route or no such method is said so") {
  TestServer server;
  RawClient client(server.port());
  client.send(request("GET /nowhere"));
  const RawAnswer nowhere = client.read();
  CHECK(nowhere.status == 404);
  CHECK(nowhere.header("content-type") == "application/problem+json");
  CHECK(code_of(nowhere) == "not_found");
  for (const char* method : {"POST", "DELETE", "OPTIONS", "TRACE", "BREW", "get"}) {
    INFO(method);
    client.send(request(std::string(method) + " /hello"));
    const RawAnswer answer = client.read();
    CHECK(answer.status == 405);
    CHECK(answer.header("allow") == "GET, HEAD");
    CHECK(code_of(answer) == "method_not_allowed");
    CHECK(answer.keeps_alive());
  }
}

TEST_CASE("an address is listened on once, and what is none is refused") {
  TestServer first;
  const auto second_on = [](const std::string& address) { return Server({}, {}, {}, {}).listen(address); };
  const auto taken = second_on("127.0.0.1:" + std::to_string(first.port()));
  REQUIRE(!taken);
  CHECK(taken.error().message.find("in use") != std::string::npos);
  for (const char* address : {"", ":", "127.0.0.1", "127.0.0.1:", ":80", "127.0.0.1:http", "127.0.0.1:65536",
                              "127.0.0.1:-1", "::1:80", "1.2.3.4.5:80", "[::1:80"}) {
    INFO(address);
    const auto listening = second_on(address);
    REQUIRE(!listening);
    CHECK(listening.error().code == Code::invalid_request);
  }
  CHECK(second_on("localhost:0"));
}
