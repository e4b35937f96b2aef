// Handlers run on fibers, whose stacks are small. What the deepest requests need is measured here.
#include <catch2/catch.hpp>

#include "api/body.h"
#include "http/fiber_scheduler.h"
#include "routed_service.h"
#include "shop.h"

using namespace scrip;
using namespace scrip::test;

namespace {

// A body that has arrived.
class Given final : public http::BodySource {
 public:
  explicit Given(std::string body) : body_(std::move(body)) {}
  Result<std::size_t> read(char* to, std::size_t size) override {
    const std::size_t count = body_.copy(to, size, read_);
    read_ += count;
    return count;
  }

 private:
  std::string body_;
  std::size_t read_ = 0;
};

// Runs it on a fiber of this thread, and says how much of a fresh stack it has touched.
template <class Work>
std::size_t stack_of(Work&& work) {
  bool ended = false;
  std::size_t touched = 0;
  http::FiberScheduler scheduler(1, [&](http::Urgency) { ended = true; });
  REQUIRE(scheduler.open());
  scheduler.start({[&] {
    work();
    touched = http::Fiber::running()->stack_touched();
  }});
  while (!ended) {
    scheduler.poll(true);
    scheduler.run_ready();
  }
  return touched;
}

std::string nested(int depth, const std::string& open, const std::string& close) {
  std::string text;
  for (int i = 0; i < depth; ++i) text += open;
  text += "1";
  for (int i = 0; i < depth; ++i) text += close;
  return text;
}

}  // namespace

TEST_CASE("the deepest body that is taken, and deeper ones, need less than half of a stack") {
  struct Row {
    std::string body;
    bool taken;
  };
  std::string long_list = R"({"a":[)";
  for (int i = 0; i < 100'000; ++i) long_list += "[],";
  for (const Row& row :
       {Row{nested(32, R"({"a":)", "}"), true}, Row{R"({"a":)" + nested(31, "[", "]") + "}", true},
        Row{nested(33, R"({"a":)", "}"), false}, Row{R"({"a":)" + nested(100'000, "[", "]") + "}", false},
        Row{std::string(1'000'000, '['), false}, Row{long_list + "1]}", true}}) {
    INFO(row.body.substr(0, 100));
    bool taken = false;
    const std::size_t touched = stack_of([&] {
      Given source(row.body);
      http::Request request;
      request.source_ = &source;
      request.body_limit_ = 2'000'000;
      const auto body = api::json_body(request);
      taken = body.ok();
      if (body) static_cast<void>(body->dump());
    });
    CHECK(taken == row.taken);
    CHECK(touched < http::FiberStack::size / 2);
  }
}

TEST_CASE("policies are compiled, tested and asked on less than half of a stack") {
  Shop shop;
  const RoutedService service(shop);
  const auto call = [&](http::Method method, const std::string& path, const std::string& body) {
    auto match = service.router().match(method, path);
    REQUIRE(match.route);
    Given source(body);
    http::Request request;
    request.method = method;
    request.path = path;
    request.captures = match.captures;
    request.identity = http::Identity{"stacker", Role::operator_};
    request.source_ = &source;
    request.body_limit_ = 1'000'000;
    int status = 0;
    const std::size_t touched = stack_of([&] { status = match.route->handler(request).status; });
    INFO(path);
    CHECK(touched < http::FiberStack::size / 2);
    return status;
  };
  CHECK(call(http::Method::post, "/api/v1/policies/reload", "") == 200);
  CHECK(call(http::Method::get, "/api/v1/policies", "") == 200);
  CHECK(call(http::Method::get, "/api/v1/campaigns", "") == 200);
  CHECK(call(http::Method::get, "/metrics", "") == 200);
  CHECK(call(http::Method::get, "/openapi.json", "") == 200);
}

TEST_CASE("reloads that come at once on one thread wait for each other") {
  Shop shop;
  const RoutedService service(shop);
  const auto match = service.router().match(http::Method::post, "/api/v1/policies/reload");
  REQUIRE(match.route);
  int ended = 0;
  int good = 0;
  http::FiberScheduler scheduler(8, [&](http::Urgency) { ++ended; });
  REQUIRE(scheduler.open());
  for (int i = 0; i < 4; ++i) {
    scheduler.start({[&] {
      http::Request request;
      request.identity = http::Identity{"stacker", Role::operator_};
      good += match.route->handler(request).status == 200 ? 1 : 0;
    }});
  }
  while (ended < 4) {
    scheduler.poll(true);
    scheduler.run_ready();
  }
  CHECK(good == 4);
}
