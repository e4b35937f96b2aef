#include <sys/resource.h>

#include <catch2/catch.hpp>
#include <list>
#include <thread>

#include "raw_client.h"
#include "test_server.h"

using namespace scrip::http;
using namespace std::chrono_literals;

TEST_CASE("a head that does not come to its end in time is 408") {
  TestServer server({.head_time = 50ms});
  for (const char* text : {"G", "GET /hello HTTP/1.1\r\n", "GET /hello HTTP/1.1\r\nHost: h\r\n", "\r\nG"}) {
    INFO(text);
    RawClient client(server.port());
    client.send(text);
    const RawAnswer answer = client.read();
    CHECK(answer.status == 408);
    CHECK(!answer.keeps_alive());
    CHECK(client.is_closed());
  }
}

TEST_CASE("a second head has no more time than the first, however it trickles") {
  TestServer server({.head_time = 100ms});
  RawClient client(server.port());
  client.send(request("GET /hello"));
  CHECK(client.read().status == 200);
  client.send("GET /hello HTTP/1.1\r\n");
  std::thread trickle([&] {
    while (client.send("X: y\r\n")) std::this_thread::sleep_for(1ms);  // the attack, not a way to wait
  });
  const RawAnswer answer = client.read();
  CHECK(answer.status == 408);
  client.end();
  trickle.join();
}

TEST_CASE("a connection on which nothing comes is closed without a word") {
  TestServer server({.head_time = 50ms});
  RawClient client(server.port());
  CHECK(client.is_closed());
}

TEST_CASE("a connection that has been idle for long is closed") {
  TestServer server({.idle_time = 50ms});
  RawClient client(server.port());
  client.send(request("GET /hello"));
  CHECK(client.read().status == 200);
  CHECK(client.is_closed());
}

TEST_CASE("a body without progress is 408") {
  TestServer server({.progress_time = 50ms});
  const std::string is_chunked = "Transfer-Encoding: chunked\r\n";
  for (const std::string& text : {request("POST /echo", "", "Content-Length: 5\r\n") + "hell",
                                  request("POST /echo", "", "Content-Length: 20000\r\n") + "hell",
                                  request("POST /echo", "", is_chunked) + "5\r\nhell",
                                  request("POST /stream-in", "", is_chunked) + "5\r\nhello\r\n",
                                  request("POST /echo", "", "Expect: 100-continue\r\nContent-Length: 5\r\n")}) {
    INFO(text);
    RawClient client(server.port());
    client.send(text);
    RawAnswer answer = client.read();
    if (answer.status == 100) answer = client.read();
    CHECK(answer.status == 408);
    CHECK(!answer.keeps_alive());
    CHECK(client.is_closed());
  }
}

TEST_CASE("half requests and what is no HTTP harm nobody") {
  TestServer server({.head_time = 50ms});
  for (const std::string& text : {std::string("GET /hel"), std::string("\x16\x03\x01\x02\x00\x01\x00", 7),
                                  std::string(100, '\0'), std::string(100, '\xff'), std::string("\r\n\r\n\r\n")}) {
    RawClient ended(server.port());
    ended.send(text);
    ended.end();
    CHECK(ended.is_closed());
    RawClient gone(server.port());
    gone.send(text);
    gone.reset();
  }
  RawClient client(server.port());
  client.send(request("GET /hello"));
  CHECK(client.read().status == 200);
}

TEST_CASE("a head has 32 KiB, and its request line 8") {
  TestServer server;
  const auto head_of = [](std::size_t size) {
    std::string head = "GET /hello HTTP/1.1\r\nHost: h\r\n";
    while (head.size() + 2 < size) {
      // Names and ends take five bytes.
      head += "X: " + std::string(std::min<std::size_t>(size - 2 - head.size() - 5, 7'000), 'x') + "\r\n";
      if (size - 2 - head.size() < 5) break;
    }
    return head + "\r\n";
  };
  struct Case {
    std::string text;
    int status;
  };
  const std::string long_line(20'000, 'a');
  for (const Case& each :
       {Case{head_of(32 * 1024), 200}, Case{head_of(32 * 1024 + 1), 431}, Case{head_of(200 * 1024), 431},
        Case{"GET /hello HTTP/1.1\r\nHost: h\r\nX: " + long_line + "\r\n\r\n", 200},
        Case{"GET /hello?" + std::string(8'000, 'a') + " HTTP/1.1\r\nHost: h\r\n\r\n", 200},
        Case{"GET /" + std::string(8'000, 'a') + " HTTP/1.1\r\nHost: h\r\n\r\n", 404},
        Case{"GET /hello?" + long_line + " HTTP/1.1\r\nHost: h\r\n\r\n", 414}, Case{"GET /" + long_line, 414},
        Case{std::string(100'000, 'A'), 431}}) {
    INFO(each.text.size() << " bytes");
    RawClient client(server.port());
    client.send(each.text);
    const RawAnswer answer = client.read();
    CHECK(answer.status == each.status);
    CHECK(answer.keeps_alive() == (each.status < 405));
    if (!answer.keeps_alive()) CHECK(client.is_closed());
  }
}

// The library reads Range, among others, with std::regex, which recurses once for each character.
TEST_CASE("no header reaches a regular expression") {
  TestServer server;
  RawClient client(server.port());
  std::string ranges = "bytes=0-1";
  while (ranges.size() < 30'000) ranges += ",0-1";
  for (const std::string& header : std::initializer_list<std::string>{
           "Range: " + ranges, "Range: bytes=" + std::string(30'000, '1'), "Range: bytes=9-1", "Range: nonsense",
           "Content-Type: multipart/form-data; boundary=" + std::string(30'000, 'x'),
           "WWW-Authenticate: Digest " + std::string(30'000, ','), "Accept: " + std::string(30'000, '/')}) {
    INFO(header.substr(0, 60));
    client.send(request("GET /hello", "", header + "\r\n"));
    const RawAnswer answer = client.read();
    CHECK(answer.status == 200);
    CHECK(answer.body == "hello");
  }
}

TEST_CASE("a burst of 2,000 connects is answered to the last") {
  for (const std::size_t loops : {1U, 2U}) {
    TestServer server({.loops = loops});
    std::list<RawClient> clients;
    for (int i = 0; i < 2'000; ++i) clients.emplace_back(server.port());
    for (RawClient& client : clients) client.send(request("GET /hello"));
    int answered = 0;
    for (RawClient& client : clients) answered += client.read().status == 200 ? 1 : 0;
    CHECK(answered == 2'000);
    CHECK(server.server().connections() == 2'000);
  }
}

TEST_CASE("more connections than the limit are told so") {
  TestServer server({.connections = 3});
  std::list<RawClient> clients;
  for (int i = 0; i < 3; ++i) {
    clients.emplace_back(server.port()).send(request("GET /hello"));
    CHECK(clients.back().read().status == 200);
  }
  {
    RawClient refused(server.port());
    const RawAnswer answer = refused.read();
    CHECK(answer.status == 503);
    CHECK(answer.header("retry-after") == "1");
    CHECK(refused.is_closed());
  }
  clients.pop_front();
  await([&] { return server.server().connections() < 3; });
  RawClient client(server.port());
  client.send(request("GET /hello"));
  CHECK(client.read().status == 200);
}

TEST_CASE("connections in any number leave nothing behind") {
  TestServer server;
  for (int i = 0; i < 500; ++i) {
    RawClient client(server.port());
    client.send(i % 2 == 0 ? request("GET /hello") : "GET /he");
    if (i % 3 == 0) client.reset();
  }
  await([&] { return server.server().connections() == 0; });
  await([&] { return server.server().in_flight() == 0; });
}

TEST_CASE("a server without file descriptors says so, and goes on when there are some again") {
  TestServer server;
  RawClient earlier(server.port());
  earlier.send(request("GET /hello"));
  CHECK(earlier.read().status == 200);
  await([&] { return server.server().in_flight() == 0; });
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
  FileDescriptor socket = RawClient::make_socket();
  rlimit none = before;
  none.rlim_cur = 0;  // what is open stays so
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &none) == 0);
  RawClient client(std::move(socket), server.port());
  client.send(request("GET /hello"));
  await([&] { return server.troubles() > 0; });
  ::setrlimit(RLIMIT_NOFILE, &before);
  CHECK(client.read().status == 200);
}
