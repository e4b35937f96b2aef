// The load tool, against a real server.
#include <signal.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "cli/latencies.h"
#include "cli/load_report.h"
#include "scratch.h"

using namespace scrip::test;
using Json = nlohmann::json;

namespace {

class Loaded {
 public:
  explicit Loaded(std::vector<std::string> more = {}) : server_(scratch.serve(with_more_time(std::move(more)))) {
    url = await_url(server_);
    REQUIRE(!url.empty());
  }
  Finished load(std::vector<std::string> more) const {
    std::vector<std::string> arguments{"load", "--data", scratch.data(), "--think", "0"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run(arguments);
  }
  // The campaigns that were made to load them.
  Json campaigns() const {
    Json made = Json::array();
    const Json all = Json::parse(get(url, "/api/v1/campaigns?limit=1000", token(scratch)))["data"];
    for (const Json& campaign : all) {
      if (campaign["id"].get<std::string>().starts_with("load-")) made.push_back(campaign);
    }
    return made;
  }

  const Scratch scratch;
  std::string url;

 private:
  // Sanitizers make a decision many times slower than it is.
  static std::vector<std::string> with_more_time(std::vector<std::string> more) {
    more.insert(more.end(), {"--policy-time", "200ms"});
    return more;
  }
  Running server_;
};

}  // namespace

TEST_CASE("a load over either protocol gives out all there is and nothing beyond") {
  const Loaded loaded({"--compat"});
  const std::string protocol = GENERATE("connect", "rest");
  CAPTURE(protocol);
  const Finished finished = loaded.load({"--users", "8", "--campaigns", "2", "--protocol", protocol, "--json"});
  CAPTURE(finished.out, finished.err);
  REQUIRE(finished.status == 0);
  const Json report = Json::parse(finished.out);
  CHECK(report["protocol"] == protocol);
  CHECK(report["users"] == 8);
  CHECK(report["ended"] == "all campaigns are exhausted");
  CHECK(report["issue"]["succeeded"] == 12);
  CHECK(report["exhausted"] == 2);
  CHECK(report["over_issued"] == false);
  std::int64_t failed = 0;
  for (const auto& [kind, count] : report["issue"]["failed"].items()) {
    CHECK(kind == (protocol == "rest" ? "sold_out" : "no more available coupon"));
    failed += count.get<std::int64_t>();
  }
  CHECK(failed >= 2);
  CHECK(report["get"]["failed"].empty());
  CHECK(report["requests"] == 12 + failed + report["get"]["succeeded"].get<std::int64_t>());
  CHECK(report["latency_ms"]["p50"] <= report["latency_ms"]["p95"]);
  CHECK(report["latency_ms"]["p99"] <= report["latency_ms"]["max"]);
  CHECK(report["latency_ms"]["mean"] > 0);
  REQUIRE(report["campaigns"].size() == 2);
  for (const Json& campaign : report["campaigns"]) {
    CHECK(campaign["allowed"] == 6);
    CHECK(campaign["issued"] == 6);
    CHECK(campaign["issued_by_server"] == 6);
    CHECK(campaign["issued_twice"] == 0);
  }
  const Json campaigns = loaded.campaigns();
  REQUIRE(campaigns.size() == 2);
  for (const Json& campaign : campaigns) {
    CHECK(campaign["total"] == 6);
    CHECK(campaign["issued"] == 6);
  }
}

TEST_CASE("a load says what it did in words, and makes campaigns of its own each time") {
  const Loaded loaded({"--compat"});
  for (int i = 1; i <= 2; ++i) {
    const Finished finished = loaded.load({"--users", "8"});
    CAPTURE(finished.out, finished.err);
    CHECK(finished.status == 0);
    CHECK(finished.err.empty());
    for (const char* const said :
         {"8 users, 1 campaign of 6 coupons, over connect\n", " no more available coupon\n", "p99 ",
          "exhausted         1 of 1 campaign\n", "6 of 6 allowed; the server says 6; every code is different\n",
          "nothing was issued beyond what is allowed\n"}) {
      CAPTURE(said);
      CHECK(finished.out.find(said) != std::string::npos);
    }
    CHECK(loaded.campaigns().size() == static_cast<std::size_t>(i));
  }
}

TEST_CASE("a load ends when its time is up, or with Ctrl-C, and says what was done") {
  const Loaded loaded({"--compat"});
  // A pause that is longer than any test.
  const std::vector<std::string> slow{"load",    "--data", loaded.scratch.data(), "--users", "8", "--think",
                                      "10m-10m", "--json"};
  auto timed = slow;
  timed.insert(timed.end(), {"--time", "200ms"});
  const Finished up = run(timed);
  CHECK(up.status == 0);
  CHECK(Json::parse(up.out)["ended"] == "the time is up");
  Running interrupted(slow);
  REQUIRE(becomes([&] { return loaded.campaigns().size() == 2; }));
  interrupted.signal(SIGINT);
  const Finished stopped = interrupted.wait();
  CAPTURE(stopped.out, stopped.err);
  CHECK(stopped.status == 0);
  CHECK(Json::parse(stopped.out)["ended"] == "interrupted");
  CHECK(Json::parse(stopped.out)["over_issued"] == false);
}

TEST_CASE("more users than threads are served all the same") {
  const Loaded loaded({"--compat"});
  const Finished finished = loaded.load({"--users", "600", "--protocol", "rest", "--json"});
  CAPTURE(finished.err);
  REQUIRE(finished.status == 0);
  CHECK(Json::parse(finished.out)["issue"]["succeeded"] == 450);
}

TEST_CASE("a load's campaigns are open on the days that it is given") {
  const Loaded loaded({"--compat", "--clock", "2030-06-15T12:00:00Z"});
  const std::string protocol = GENERATE("connect", "rest");
  const auto run_on = [&](const std::string& first, const std::string& last) {
    const Finished finished = loaded.load({"--users", "4", "--time", "300ms", "--protocol", protocol, "--start-date",
                                           first, "--end-date", last, "--json"});
    CAPTURE(finished.err);
    return Json::parse(finished.out);
  };
  CHECK(run_on("2030-06-15", "2030-06-15")["issue"]["succeeded"] == 3);
  const Json closed = run_on("2030-06-16", "2030-06-17");
  CHECK(closed["issue"]["succeeded"] == 0);
  CHECK(closed["issue"]["failed"].size() == 1);
}

TEST_CASE("a load names what it cannot reach, and what it may not") {
  const Loaded loaded({"--compat"});
  ::unsetenv("SCRIP_TOKEN");
  const std::vector<std::string> base{"load", "--users", "4", "--think", "0"};
  const auto load = [&](std::vector<std::string> more) {
    auto arguments = base;
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run(arguments);
  };
  const Finished nobody = load({"--server", "http://127.0.0.1:1"});
  CHECK(nobody.status == 1);
  CHECK(nobody.err == "scrip: cannot connect to http://127.0.0.1:1\n");
  const Finished no_token = load({"--server", loaded.url});
  CHECK(no_token.status == 1);
  CHECK(no_token.err.find("unauthenticated") != std::string::npos);
  const Finished no_url = load({"--server", "here"});
  CHECK(no_url.status == 1);
  const Finished no_data = load({"--data", loaded.scratch / "nothing"});
  CHECK(no_data.status == 1);
  CHECK(loaded.campaigns().empty());
  const Finished by_token = load({"--server", loaded.url, "--token", token(loaded.scratch, "service")});
  CHECK(by_token.status == 0);
  ::setenv("SCRIP_TOKEN", token(loaded.scratch).c_str(), 1);
  CHECK(load({"--server", loaded.url, "--protocol", "rest"}).status == 0);
  ::unsetenv("SCRIP_TOKEN");
}

TEST_CASE("an open RPC is loaded without a token") {
  const Loaded loaded({"--compat", "--open-rpc"});
  ::unsetenv("SCRIP_TOKEN");
  CHECK(run({"load", "--server", loaded.url, "--users", "4", "--think", "0"}).status == 0);
}

TEST_CASE("a report tells when more was issued than allowed") {
  using scrip::cli::LoadedCampaign;
  CHECK_FALSE(LoadedCampaign{.allowed = 6, .issued = 6, .server = {.issued = 6}}.over_issued());
  CHECK(LoadedCampaign{.allowed = 6, .issued = 7, .server = {.issued = 6}}.over_issued());
  CHECK(LoadedCampaign{.allowed = 6, .issued = 6, .server = {.issued = 7}}.over_issued());
  CHECK(LoadedCampaign{.allowed = 6, .issued = 6, .twice = 1, .server = {.issued = 6}}.over_issued());
  scrip::cli::LoadReport report{.ended = "x", .campaigns = {{.allowed = 6, .issued = 6, .twice = 1, .server = {}}}};
  CHECK(report.over_issued());
  CHECK(scrip::cli::as_text(report).find("MORE WAS ISSUED THAN ALLOWED") != std::string::npos);
  CHECK(scrip::cli::as_text(report).find("1 codes were given out again") != std::string::npos);
  CHECK(report.reached());
  report.issue.count({.failure = scrip::cli::no_answer, .code = {}});
  CHECK_FALSE(report.reached());
  report.get.count({.failure = "unavailable", .code = {}});
  CHECK(report.reached());
}

TEST_CASE("latencies are counted closely enough, in whatever order they come") {
  scrip::cli::Latencies first, second, both;
  for (int us = 1; us <= 100'000; ++us) (us % 3 == 0 ? first : second).add(std::chrono::microseconds(us));
  both.add(first);
  both.add(second);
  CHECK(both.count() == 100'000);
  CHECK(both.mean_ms() == Approx(50.0005));
  CHECK(both.quantile_ms(0.5) == Approx(50).epsilon(0.016));
  CHECK(both.quantile_ms(0.95) == Approx(95).epsilon(0.016));
  CHECK(both.quantile_ms(0.99) == Approx(99).epsilon(0.016));
  CHECK(both.quantile_ms(1) == Approx(100));
  CHECK(both.max_ms() == Approx(100));
  scrip::cli::Latencies few;
  CHECK(few.quantile_ms(0.99) == 0);
  few.add(std::chrono::hours(1'000'000));
  few.add(std::chrono::microseconds(-5));
  CHECK(few.quantile_ms(0.5) == 0);
  CHECK(few.max_ms() == Approx(3.6e12));
}
