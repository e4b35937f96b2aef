#include "test_server.h"

#include <array>
#include <chrono>
#include <cstdio>
#include <stdexcept>
#include <thread>
#include <utility>

namespace scrip::http {
namespace {

constexpr std::chrono::seconds patience{30};

Result<std::optional<Identity>> authenticate(const Request& request) {
  const auto header = request.header("Authorization");
  if (!header) return std::optional<Identity>();
  const auto role = parse_role(header->substr(header->rfind(' ') + 1));
  if (!role) return {Code::unauthenticated, "no such token"};
  return std::optional(Identity{"kim", *role});
}

Response text(std::string body) {
  Response response = Response::json(200, std::move(body));
  response.content_type = "text/plain";
  return response;
}

Response echo(Request& request) {
  const auto body = request.body();
  return body ? text(std::string(*body)) : Response::problem(body.error());
}

Response count_body(Request& request) {
  std::array<char, 10'000> piece;
  std::size_t total = 0;
  for (;;) {
    const auto count = request.body_source().read(piece.data(), piece.size());
    if (!count) return Response::problem(count.error());
    if (*count == 0) return text(std::to_string(total));
    total += *count;
  }
}

}  // namespace

void await(const std::function<bool()>& condition) {
  const auto give_up = std::chrono::steady_clock::now() + patience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > give_up) throw std::runtime_error("what was awaited did not happen");
    std::this_thread::yield();
  }
}

void Gate::pass() {
  Parking& mine = Parking::current();
  {
    const std::lock_guard lock(mutex_);
    ++came_;
    changed_.notify_all();
    if (open_) return;
    waiting_.push_back(&mine);
  }
  mine.park();
}

void Gate::open() {
  const std::lock_guard lock(mutex_);
  open_ = true;
  for (Parking* const each : std::exchange(waiting_, {})) each->unpark();
}

void Gate::await(int waiting) {
  std::unique_lock lock(mutex_);
  if (!changed_.wait_for(lock, patience, [&] { return came_ >= waiting; })) {
    throw std::runtime_error("the handlers did not come");
  }
}

TestServer::TestServer(ServerLimits limits, std::vector<Route> routes) {
  Router router;
  const auto add = [&](Method method, const char* pattern, Handler handler) -> Route& {
    return routes.emplace_back(
        Route{.method = method, .pattern = pattern, .access = Access::everyone, .handler = std::move(handler)});
  };
  add(Method::get, "/hello", [](Request&) { return text("hello"); });
  add(Method::post, "/echo", echo);
  add(Method::post, "/stream-in", count_body).streams = true;
  const auto wait = [this](Request&) {
    gate_.pass();
    return text("waited");
  };
  add(Method::get, "/wait", wait);
  add(Method::post, "/claim", wait).claim = true;
  add(Method::get, "/throw", [](Request&) -> Response { throw std::runtime_error("out of cheese"); });
  for (Route& route : routes) router.add(std::move(route));

  ServerEvents events;
  events.answered = [this](const Request& request, const std::string& route, int status, std::chrono::microseconds) {
    const std::lock_guard lock(mutex_);
    answers_.push_back({request.request_id, route, status});
    changed_.notify_all();
  };
  events.failed = [this](const Request& request, const std::string& what) {
    const std::lock_guard lock(mutex_);
    failures_.push_back(request.request_id + " " + what);
  };
  events.trouble = [this](const std::string&) {
    const std::lock_guard lock(mutex_);
    ++troubles_;
  };
  server_ = std::make_unique<Server>(std::move(router), authenticate, limits, std::move(events));
  const auto port = server_->listen("127.0.0.1:0");
  if (!port) throw std::runtime_error(port.error().message);
  port_ = *port;
  if (auto started = server_->start(); !started) throw std::runtime_error(started.error().message);
}

TestServer::~TestServer() {
  gate_.open();
  server_.reset();
}

std::vector<Event> TestServer::await_answers(std::size_t count) {
  std::unique_lock lock(mutex_);
  if (!changed_.wait_for(lock, patience, [&] { return answers_.size() >= count; })) {
    throw std::runtime_error("the answers did not come");
  }
  return answers_;
}

std::vector<std::string> TestServer::failures() {
  const std::lock_guard lock(mutex_);
  return failures_;
}

std::size_t TestServer::troubles() {
  const std::lock_guard lock(mutex_);
  return troubles_;
}

std::string request(const std::string& line, const std::string& body, const std::string& headers) {
  std::string text = line + " HTTP/1.1\r\nHost: 127.0.0.1\r\n" + headers;
  if (!body.empty()) text += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  return text + "\r\n" + body;
}

std::string chunked(std::string_view text, std::size_t piece) {
  std::string chunks;
  while (!text.empty()) {
    const std::string_view chunk = text.substr(0, piece);
    std::array<char, 32> size{};
    std::snprintf(size.data(), size.size(), "%zx\r\n", chunk.size());
    chunks.append(size.data()).append(chunk).append("\r\n");
    text.remove_prefix(chunk.size());
  }
  return chunks + "0\r\n\r\n";
}

}  // namespace scrip::http
