#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "raw_client.h"
#include "test_server.h"

using namespace scrip;
using namespace scrip::http;
using nlohmann::json;

namespace {

const std::string is_chunked = "Transfer-Encoding: chunked\r\n";

}  // namespace

TEST_CASE("a body of any size up to the limit arrives, however it is framed") {
  TestServer server;
  RawClient client(server.port());
  for (const std::size_t size : {0U, 1U, 16'383U, 16'384U, 16'385U, 100'000U, 1'048'576U}) {
    const std::string body(size, 'x');
    INFO(size);
    client.send(request("POST /echo", body));
    CHECK(client.read().body == body);
    client.send(request("POST /echo", "", is_chunked) + chunked(body, 1 + size / 3));
    CHECK(client.read().body == body);
  }
}

TEST_CASE("a body above the limit is 413, and the client gets to read that") {
  TestServer server;
  const std::string body(2 * 1024 * 1024, 'x');
  for (const bool in_chunks : {false, true}) {
    INFO(in_chunks);
    RawClient client(server.port());
    client.send(in_chunks ? request("POST /echo", "", is_chunked) + chunked(body, 5'000) : request("POST /echo", body));
    const RawAnswer answer = client.read();
    CHECK(answer.status == 413);
    CHECK(code_of(answer) == "payload_too_large");
    CHECK(answer.header("connection") == "close");
    CHECK(client.is_closed());
  }
}

TEST_CASE("a body that is announced too large is refused before it is sent") {
  TestServer server;
  RawClient client(server.port());
  client.send(request("POST /echo", "", "Content-Length: 999999999999999999\r\n"));
  CHECK(client.read().status == 413);
  CHECK(client.is_closed());
}

TEST_CASE("a route may have a limit of its own") {
  TestServer server({}, {{.method = Method::post,
                          .pattern = "/small",
                          .access = Access::everyone,
                          .handler =
                              [](Request& request) {
                                const auto body = request.body();
                                return body ? Response::json(200, std::string(*body)) : Response::problem(body.error());
                              },
                          .body_limit = 10}});
  RawClient client(server.port());
  client.send(request("POST /small", "0123456789"));
  CHECK(client.read().status == 200);
  client.send(request("POST /small", "0123456789a"));
  CHECK(client.read().status == 413);
}

TEST_CASE("a body is streamed to a handler that reads it so, without limit") {
  TestServer server;
  RawClient client(server.port());
  const std::string body(5'000'000, 'x');
  client.send(request("POST /stream-in", body));
  CHECK(client.read().body == "5000000");
  client.send(request("POST /stream-in", "", is_chunked) + chunked(body, 70'000));
  CHECK(client.read().body == "5000000");
  client.send(request("POST /stream-in"));
  CHECK(client.read().body == "0");
}

TEST_CASE("a body that nobody reads is skipped when it is there, and ends the connection when it is not") {
  TestServer server;
  RawClient client(server.port());
  client.send(request("POST /nowhere", "{}") + request("POST /nowhere", "", is_chunked) + chunked("{}", 1) +
              request("GET /hello"));
  CHECK(client.read().keeps_alive());
  CHECK(client.read().keeps_alive());
  CHECK(client.read().body == "hello");

  client.send(request("POST /nowhere", "", "Content-Length: 20000\r\n"));
  const RawAnswer answer = client.read();
  CHECK(answer.status == 404);
  CHECK(!answer.keeps_alive());
  CHECK(client.is_closed());
}

TEST_CASE("a client that waits for 100 gets it when the handler wants the body") {
  TestServer server;
  RawClient client(server.port());
  client.send(request("POST /echo", "", "Expect: 100-continue\r\nContent-Length: 5\r\n"));
  CHECK(client.read().status == 100);
  client.send("hello");
  CHECK(client.read().body == "hello");
  client.send(request("POST /echo", "", "Expect: 100-Continue\r\n" + is_chunked));
  CHECK(client.read().status == 100);
  client.send(chunked("again", 2));
  CHECK(client.read().body == "again");
}

TEST_CASE("a client that waits for 100 gets its refusal instead") {
  TestServer server;
  struct Case {
    const char* line;
    const char* headers;
    int status;
  };
  for (const Case& each : {Case{"POST /echo", "Content-Length: 2000000\r\n", 413},
                           Case{"POST /echo", "Content-Length: 5\r\nAuthorization: Bearer forged\r\n", 401},
                           Case{"POST /nowhere", "Content-Length: 5\r\n", 404}}) {
    RawClient client(server.port());
    client.send(request(each.line, "", std::string("Expect: 100-continue\r\n") + each.headers));
    const RawAnswer answer = client.read();
    CHECK(answer.status == each.status);
    CHECK(!answer.keeps_alive());
    CHECK(client.is_closed());
  }
}

TEST_CASE("a client that says it waits for 100 and does not is not told to go on") {
  TestServer server;
  RawClient client(server.port());
  client.send(request("POST /echo", "hello", "Expect: 100-continue\r\n"));
  RawAnswer answer = client.read();
  if (answer.status == 100) answer = client.read();  // when the body came in a packet of its own
  CHECK(answer.body == "hello");
}

TEST_CASE("a body that is cut off is 400") {
  TestServer server;
  for (const std::string& text : {request("POST /echo", "", "Content-Length: 5\r\n") + "hell",
                                  request("POST /echo", "", "Content-Length: 20000\r\n") + "hell",
                                  request("POST /stream-in", "", "Content-Length: 5\r\n") + "hell",
                                  request("POST /echo", "", is_chunked) + "5\r\nhell",
                                  request("POST /echo", "", is_chunked) + "5\r\nhello\r\n0\r\n"}) {
    INFO(text);
    RawClient client(server.port());
    client.send(text);
    client.end();
    const RawAnswer answer = client.read();
    CHECK(answer.status == 400);
    CHECK(code_of(answer) == "invalid_request");
    CHECK(client.is_closed());
  }
}

TEST_CASE("malformed chunks are 400 and end the connection") {
  TestServer server;
  for (const std::string body : {"x\r\nhello\r\n0\r\n\r\n", "-5\r\nhello\r\n0\r\n\r\n", "5\nhello\r\n0\r\n\r\n",
                                 "5\r\nhello0\r\n\r\n", "fffffffffffffffffff\r\nhello", "5\r\nhello\r\n\r\n"}) {
    INFO(body);
    RawClient client(server.port());
    client.send(request("POST /echo", "", is_chunked) + body + request("GET /hello"));
    const RawAnswer answer = client.read();
    CHECK(answer.status == 400);
    CHECK(!answer.keeps_alive());
    CHECK(client.is_closed());
  }
}

TEST_CASE("chunks that turn out malformed behind an answer end the connection") {
  TestServer server;
  RawClient client(server.port());
  client.send(request("POST /nowhere", "", is_chunked) + "x\r\n" + request("GET /hello"));
  const RawAnswer answer = client.read();
  CHECK(answer.status == 404);
  CHECK(!answer.keeps_alive());
  CHECK(client.is_closed());
}
