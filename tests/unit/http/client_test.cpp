#include "http/client.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstring>
#include <nlohmann/json.hpp>

#include "test_server.h"

using namespace scrip;
using namespace scrip::http;
using namespace std::chrono_literals;

namespace {

std::string url_of(const TestServer& server) {
  return "http://127.0.0.1:" + std::to_string(server.port());
}

Client client_of(const TestServer& server, ClientOptions options = {}) {
  return std::move(*Client::open(url_of(server), std::move(options)));
}

Response describe(Request& request) {
  const auto body = request.body();
  return Response::json(200, nlohmann::json{{"method", name(request.method)},
                                            {"path", request.path},
                                            {"who", request.identity ? request.identity->subject : ""},
                                            {"type", request.header("Content-Type").value_or("")},
                                            {"body", body ? *body : "?"}}
                                 .dump());
}

std::vector<Route> routes() {
  std::vector<Route> made;
  for (const Method method : {Method::get, Method::post, Method::put, Method::patch, Method::delete_}) {
    made.push_back({.method = method, .pattern = "/it/{id}", .access = Access::everyone, .handler = describe});
  }
  made.push_back({.method = Method::get, .pattern = "/rows", .access = Access::everyone, .handler = [](Request&) {
                    Response response;
                    response.stream = [](Sink& sink) {
                      for (int i = 0; i < 100'000; ++i) {
                        if (!sink.write("0123456789")) return;
                      }
                    };
                    return response;
                  }});
  return made;
}

}  // namespace

TEST_CASE("the client speaks each method, with its token") {
  TestServer server({}, routes());
  Client client = client_of(server, {.token = "service"});
  const std::string path = "/it/" + percent_encode("a/b c+é");
  const auto check = [](const Result<Answer>& answer, const char* method, const char* body) {
    INFO(method);
    REQUIRE(answer);
    CHECK(answer->ok());
    CHECK(nlohmann::json::parse(answer->body) == nlohmann::json{{"method", method},
                                                                {"path", "/it/a/b c+é"},
                                                                {"who", "kim"},
                                                                {"type", *body ? "application/json" : ""},
                                                                {"body", body}});
  };
  check(client.get(path), "GET", "");
  check(client.post(path, R"({"a":1})"), "POST", R"({"a":1})");
  check(client.put(path, "[]"), "PUT", "[]");
  check(client.patch(path, "{}"), "PATCH", "{}");
  check(client.remove(path), "DELETE", "");
}

TEST_CASE("a refusal becomes the error that the server had") {
  TestServer server;
  Client client = client_of(server);
  const auto answer = client.get("/nowhere");
  REQUIRE(answer);
  CHECK(!answer->ok());
  CHECK(answer->error().code == Code::not_found);
  CHECK(answer->error().message == "there is nothing at this path");

  const Response problem = Response::problem(invalid_field("total", "too small"));
  const Error read = Answer{.status = 400, .body = problem.body}.error();
  CHECK(read.code == Code::invalid_request);
  CHECK(read.fields == std::vector<FieldError>{{"total", "too small"}});
  const Error denied = Answer{.status = 409, .body = R"({"code":"not_today","detail":"come tomorrow"})"}.error();
  CHECK(denied.public_code() == "not_today");
  for (const char* body : {"", "<html>", "[]", "5", R"({"code":5})", R"({"code":"sold_out","errors":[5]})"}) {
    CHECK(!Answer{.status = 502, .body = body}.error().message.empty() != (std::strstr(body, "sold") != nullptr));
  }
}

TEST_CASE("an upload goes out as it is read, and a download comes in so") {
  TestServer server({}, routes());
  Client client = client_of(server);
  std::size_t left = 3'000'000;
  const auto uploaded = client.upload("/stream-in", "text/csv", [&](char* to, std::size_t size) -> Result<std::size_t> {
    const std::size_t count = std::min(size, left);
    std::memset(to, 'x', count);
    left -= count;
    return count;
  });
  REQUIRE(uploaded);
  CHECK(uploaded->body == "3000000");

  std::size_t total = 0;
  const auto downloaded = client.download("/rows", [&](std::string_view bytes) -> Result<void> {
    total += bytes.size();
    return {};
  });
  REQUIRE(downloaded);
  CHECK(downloaded->ok());
  CHECK(total == 1'000'000);

  const auto refused = client.download("/nowhere", [&](std::string_view) -> Result<void> {
    ++total;
    return {};
  });
  REQUIRE(refused);
  CHECK(refused->error().code == Code::not_found);
  CHECK(total == 1'000'000);
}

TEST_CASE("an error of the caller's own ends an upload or a download") {
  TestServer server({}, routes());
  Client client = client_of(server);
  const Error mine{.code = Code::storage_unavailable, .message = "disk full"};
  const auto uploaded =
      client.upload("/stream-in", "text/csv", [&](char*, std::size_t) -> Result<std::size_t> { return mine; });
  REQUIRE(!uploaded);
  CHECK(uploaded.error().message == "disk full");
  const auto downloaded = client.download("/rows", [&](std::string_view) -> Result<void> { return mine; });
  REQUIRE(!downloaded);
  CHECK(downloaded.error().message == "disk full");
  CHECK(client.get("/hello"));  // it connects again
}

TEST_CASE("a server that is away or silent is an error that names it") {
  std::string url;
  {
    TestServer server;
    url = url_of(server);
    Client client = client_of(server, {.progress_time = 50ms});
    const auto silent = client.get("/wait");
    REQUIRE(!silent);
    CHECK(silent.error().message.find(url) != std::string::npos);
  }
  auto client = Client::open(url, {});
  REQUIRE(client);
  const auto away = client->get("/hello");
  REQUIRE(!away);
  CHECK(away.error().message == "cannot connect to " + url);
}

TEST_CASE("what is no URL of a server is refused") {
  for (const char* url : {"", "http://", "127.0.0.1:8080", "ftp://host", "http://host/path", "http://host:port",
                          "http://user@host", "http://host:99999999999"}) {
    INFO(url);
    const auto client = Client::open(url, {});
    CHECK((!client && client.error().code == Code::invalid_request));
  }
  CHECK(Client::open("http://127.0.0.1:8080/", {}));
  CHECK(Client::open("https://[::1]:8443", {}));
}
