#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "raw_client.h"
#include "test_server.h"

using namespace scrip;
using namespace scrip::http;
using nlohmann::json;

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

TEST_CASE("a route with errors of its own form answers every refusal in it") {
  const auto plain = [](const Error& error) {
    Response response;
    response.status = 418;
    response.content_type = "text/plain";
    response.body = name(error.code);
    return response;
  };
  std::vector<Route> routes;
  routes.push_back({.method = Method::post,
                    .pattern = "/own",
                    .access = Access::service,
                    .handler = [](Request& request) { return Response::json(200, std::string(*request.body())); },
                    .body_limit = 10,
                    .refuse = plain});
  routes.push_back({.method = Method::post,
                    .pattern = "/own-throw",
                    .access = Access::everyone,
                    .handler = [](Request&) -> Response { throw std::runtime_error("on purpose"); },
                    .refuse = plain});
  TestServer server({}, std::move(routes));
  const auto answer = [&](const std::string& path, const std::string& body, const std::string& token) {
    RawClient client(server.port());
    client.send(request("POST " + path, body, token.empty() ? "" : "Authorization: Bearer " + token + "\r\n"));
    const RawAnswer came = client.read();
    return std::to_string(came.status) + " " + came.body;
  };
  CHECK(answer("/own", "body", "service") == "200 body");
  CHECK(answer("/own", "body", "") == "418 unauthenticated");
  CHECK(answer("/own", "body", "forged") == "418 unauthenticated");
  CHECK(answer("/own", "body", "user") == "418 forbidden");
  CHECK(answer("/own", "a body too long", "service") == "418 payload_too_large");
  CHECK(answer("/own-throw", "", "") == "418 internal");
}

TEST_CASE("a handler is told when the head was read, not when the body had come") {
  using SteadyClock = std::chrono::steady_clock;
  SteadyClock::time_point began;
  std::vector<Route> routes;
  routes.push_back(
      {.method = Method::post, .pattern = "/when", .access = Access::everyone, .handler = [&](Request& request) {
         began = request.began;
         return Response::json(200, std::string(*request.body()));
       }});
  TestServer server({}, std::move(routes));
  RawClient client(server.port());
  const auto before = SteadyClock::now();
  client.send("POST /when HTTP/1.1\r\nHost: t\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  CHECK(client.read().status == 100);
  const auto head_was_read = SteadyClock::now();
  client.send("{}");
  CHECK(client.read().status == 200);
  CHECK(began >= before);
  CHECK(began <= head_was_read);
}
