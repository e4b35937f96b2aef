#include <catch2/catch.hpp>

#include "raw_client.h"
#include "test_server.h"

using namespace scrip::http;

// Each of these is one request to one reader and two to another. Here it is none: refused, and the
// connection is closed before anything behind it could be taken for a request.
TEST_CASE("requests cannot be smuggled") {
  TestServer server;
  const std::string hidden = request("GET /hello");
  std::size_t answers = 0;
  for (const std::string& text : {
           "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" +
               hidden,
           "POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n" +
               hidden,
           "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\nContent-Length: 44\r\n\r\n" + hidden,
           "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 0, 44\r\n\r\n" + hidden,
           "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length : 44\r\n\r\n" + hidden,
           "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n Content-Length: 44\r\n\r\n" + hidden,
           "POST /echo HTTP/1.1\r\nHost: h\r\nX: y\nContent-Length: 44\r\n\r\n" + hidden,
           "POST /echo HTTP/1.1\r\nHost: h\r\nX: y\rContent-Length: 44\r\n\r\n" + hidden,
           "POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: xchunked\r\n\r\n" + hidden,
           "POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n" + hidden,
           "POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n\r\n" + hidden,
           "POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding:\r\n chunked\r\n\r\n" + hidden,
           "POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: identity\r\n\r\n" + hidden,
           "POST /echo HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + hidden,
           "GET /hello HTTP/1.1\n\n" + hidden,
           "GET /hello HTTP/1.1 HTTP/1.1\r\nHost: h\r\n\r\n" + hidden,
           "GET /hello\r\n\r\n" + hidden,
           "GET /hello HTTP/1.1\r\nHost: h\r\nHost: other\r\n\r\n" + hidden,
       }) {
    INFO(text.substr(0, text.size() - hidden.size()));
    RawClient client(server.port());
    client.send(text);
    const RawAnswer answer = client.read();
    CHECK(answer.status == 400);
    CHECK(answer.header("content-type") == "application/problem+json");
    CHECK(!answer.header("x-request-id").empty());
    CHECK(!answer.keeps_alive());
    CHECK(client.is_closed());
    CHECK(server.await_answers(++answers).back().route.empty());
  }
}
