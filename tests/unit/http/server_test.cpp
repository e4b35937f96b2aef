#include "http/server.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <set>

#include "raw_client.h"
#include "test_server.h"

using namespace scrip;
using namespace scrip::http;
using nlohmann::json;

namespace {

std::string code_of(const RawAnswer& answer) {
  return json::parse(answer.body).at("code");
}

}  // namespace

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
  for (const char* method : {"POST", "DELETE", "OPTIONS", "TRACE"}) {
    INFO(method);
    client.send(request(std::string(method) + " /hello"));
    const RawAnswer answer = client.read();
    CHECK(answer.status == 405);
    CHECK(answer.header("allow") == "GET, HEAD");
    CHECK(code_of(answer) == "method_not_allowed");
    CHECK(answer.keeps_alive());
  }
}

TEST_CASE("who may call what is checked before the handler") {
  std::vector<Route> routes;
  for (const auto& [pattern, access] :
       std::vector<std::pair<std::string, Access>>{{"/open", Access::everyone},
                                                   {"/any", Access::any_token},
                                                   {"/service", Access::service},
                                                   {"/operator", Access::operator_only}}) {
    routes.push_back({.method = Method::get, .pattern = pattern, .access = access, .handler = [](Request& request) {
                        return Response::json(200, request.identity ? request.identity->subject : "nobody");
                      }});
  }
  TestServer server({}, std::move(routes));
  RawClient client(server.port());
  struct Case {
    const char* path;
    const char* token;  // "": none
    int status;
  };
  const std::vector<Case> cases{
      {"/open", "", 200},
      {"/open", "user", 200},
      {"/open", "forged", 401},
      {"/any", "", 401},
      {"/any", "user", 200},
      {"/any", "forged", 401},
      {"/service", "", 401},
      {"/service", "user", 403},
      {"/service", "service", 200},
      {"/service", "operator", 200},
      {"/operator", "", 401},
      {"/operator", "user", 403},
      {"/operator", "service", 403},
      {"/operator", "operator", 200},
  };
  for (const Case& each : cases) {
    INFO(each.path << " " << each.token);
    const std::string token = each.token;
    client.send(
        request(std::string("GET ") + each.path, "", token.empty() ? "" : "Authorization: Bearer " + token + "\r\n"));
    const RawAnswer answer = client.read();
    CHECK(answer.status == each.status);
    if (each.status == 200) CHECK(answer.body == (token.empty() ? "nobody" : "kim"));
    CHECK(answer.header("www-authenticate") == (each.status == 401 ? "Bearer" : ""));
  }
}

TEST_CASE("an exception in a handler is a 500 that the log can be searched for") {
  TestServer server;
  RawClient client(server.port());
  client.send(request("GET /throw") + request("GET /hello"));
  const RawAnswer answer = client.read();
  CHECK(answer.status == 500);
  CHECK(code_of(answer) == "internal");
  const std::string id = answer.header("x-request-id");
  CHECK(json::parse(answer.body).at("detail").get<std::string>().find(id) != std::string::npos);
  CHECK(answer.body.find("cheese") == std::string::npos);
  CHECK(client.read().status == 200);
  CHECK(server.failures() == std::vector<std::string>{id + " out of cheese"});
}

TEST_CASE("a handler's headers go out, but for those that would break the answer") {
  TestServer server(
      {}, {{.method = Method::get,
            .pattern = "/headers",
            .access = Access::everyone,
            .handler =
                [](Request&) {
                  return Response::json(200, "{}")
                      .with("Cache-Control", "max-age=60")
                      .with("ETag", "\"1\"")
                      .with("Content-Length", "99")
                      .with("transfer-encoding", "chunked")
                      .with("Connection", "close")
                      .with("X-Evil", "a\r\nSet-Cookie: b=c");
                }},
           {.method = Method::delete_, .pattern = "/nothing", .access = Access::everyone, .handler = [](Request&) {
              return Response::json(204, "");
            }}});
  RawClient client(server.port());
  client.send(request("GET /headers") + request("DELETE /nothing") + request("GET /hello"));
  const RawAnswer answer = client.read();
  CHECK(answer.body == "{}");
  CHECK(answer.header("cache-control") == "max-age=60");
  CHECK(answer.header("etag") == "\"1\"");
  CHECK(answer.header("x-evil").empty());
  CHECK(answer.header("set-cookie").empty());
  const RawAnswer nothing = client.read();
  CHECK(nothing.status == 204);
  CHECK(nothing.header("content-length").empty());
  CHECK(nothing.header("content-type").empty());
  CHECK(client.read().body == "hello");
}

TEST_CASE("a handler may ask for the end of the connection") {
  TestServer server({},
                    {{.method = Method::get, .pattern = "/bye", .access = Access::everyone, .handler = [](Request&) {
                        Response response = Response::json(200, "{}");
                        response.close = true;
                        return response;
                      }}});
  RawClient client(server.port());
  client.send(request("GET /bye"));
  CHECK(client.read().header("connection") == "close");
  CHECK(client.is_closed());
}

TEST_CASE("a handler gets what the client sent") {
  TestServer server(
      {},
      {{.method = Method::get, .pattern = "/show/{id}", .access = Access::everyone, .handler = [](Request& request) {
          json shown{{"id", request.capture("id")},
                     {"path", request.path},
                     {"authority", request.authority},
                     {"from", request.remote_address},
                     {"limit", request.query_value("limit").value_or("-")},
                     {"key", request.header("idempotency-key").value_or("-")},
                     {"remote_addr", request.header("REMOTE_ADDR").value_or("-")}};
          return Response::json(200, shown.dump());
        }}});
  RawClient client(server.port());
  client.send(request("GET /show/a%2Fb?limit=5%25", "", "Idempotency-Key: \"50%25\"\r\n"));
  CHECK(json::parse(client.read().body) == json{{"id", "a/b"},
                                                {"path", "/show/a/b"},
                                                {"authority", "127.0.0.1"},
                                                {"from", "127.0.0.1"},
                                                {"limit", "5%"},
                                                {"key", "\"50%25\""},
                                                {"remote_addr", "-"}});
}

TEST_CASE("answers are not compressed behind our back") {
  TestServer server({},
                    {{.method = Method::get, .pattern = "/json", .access = Access::everyone, .handler = [](Request&) {
                        return Response::json(200, std::string(5'000, '1'));
                      }}});
  RawClient client(server.port());
  client.send(request("GET /json", "", "Accept-Encoding: gzip, deflate, br\r\n"));
  const RawAnswer answer = client.read();
  CHECK(answer.header("content-encoding").empty());
  CHECK(answer.body == std::string(5'000, '1'));
}

TEST_CASE("an answer of any size arrives whole") {
  TestServer server(
      {},
      {{.method = Method::get, .pattern = "/large/{size}", .access = Access::everyone, .handler = [](Request& request) {
          return Response::json(200, std::string(std::stoul(request.capture("size")), 'x'));
        }}});
  RawClient client(server.port());
  for (const std::size_t size : {0U, 1U, 65'535U, 65'536U, 65'537U, 10'000'000U}) {
    INFO(size);
    client.send(request("GET /large/" + std::to_string(size)));
    const RawAnswer answer = client.read();
    CHECK(answer.complete);
    CHECK(answer.body.size() == size);
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
