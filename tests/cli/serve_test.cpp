#include <signal.h>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "scratch.h"

using namespace scrip::test;
using Json = nlohmann::json;

TEST_CASE("a server says one line when it is ready, and ends on SIGTERM and SIGINT with 0") {
  for (const int signal : {SIGTERM, SIGINT}) {
    const Scratch scratch;
    Running server(scratch.serve());
    const std::string url = await_url(server);
    REQUIRE(url.starts_with("http://127.0.0.1:"));
    CHECK(Json::parse(get(url, "/healthz"))["status"] == "ok");
    CHECK(std::filesystem::exists(scratch.data() + "/address"));
    server.signal(signal);
    const Finished ended = server.wait();
    CHECK(ended.status == 0);
    CHECK(ended.out.empty());
    CHECK_FALSE(std::filesystem::exists(scratch.data() + "/address"));
    CHECK_FALSE(std::filesystem::exists(scratch.data() + "/scrip.db-wal"));
  }
}

TEST_CASE("two servers do not share a data directory") {
  const Scratch scratch;
  Running first(scratch.serve());
  REQUIRE(!await_url(first).empty());
  const Finished second = run(scratch.serve());
  CHECK(second.status == 1);
  CHECK(second.out.empty());
  CHECK(second.err.find("scrip: another scrip serves " + scratch.data() + " (pid " + std::to_string(first.pid()) +
                        ")\n") != std::string::npos);
}

TEST_CASE("a server that was killed leaves nothing behind that keeps the next one out") {
  const Scratch scratch;
  {
    Running killed(scratch.serve());
    REQUIRE(!await_url(killed).empty());
    killed.signal(SIGKILL);
    CHECK(killed.wait().status == 128 + SIGKILL);
  }
  const Finished reload = run({"reload", "--data", scratch.data()});
  CHECK(reload.status == 1);
  CHECK(reload.err == "scrip: no server is running on " + scratch.data() + "\n");
  Running next(scratch.serve());
  CHECK(!await_url(next).empty());
}

TEST_CASE("serve --compat brings the wires of other services, and --open-rpc lets coupon-live be asked by anybody") {
  const auto claim = [](const std::string& url) {
    auto client = scrip::http::Client::open(url, {});
    REQUIRE(client.ok());
    const auto answer = client->post("/v1/coupons/issue", R"({"userId":1,"couponId":99})");
    REQUIRE(answer.ok());
    return answer->status;
  };
  const std::vector<std::pair<std::vector<std::string>, int>> rows{
      {{}, 404}, {{"--compat"}, 401}, {{"--compat", "--open-rpc"}, 400}};
  const Scratch scratch;
  for (const auto& [flags, status] : rows) {
    Running server(scratch.serve(flags));
    const std::string url = await_url(server);
    REQUIRE(!url.empty());
    CHECK(claim(url) == status);
    const bool made = status == 401 || status == 400;
    const Json campaigns = Json::parse(get(url, "/api/v1/campaigns", token(scratch)))["data"];
    CHECK(campaigns.size() == (made ? 3 : 0));
    server.signal(SIGTERM);
    CHECK(server.wait().status == 0);
  }
  CHECK(run(scratch.serve({"--open-rpc"})).status == 2);
}

TEST_CASE("a port that is taken is said in one line, with nothing on stdout") {
  const Scratch scratch;
  Running first(scratch.serve());
  const std::string url = await_url(first);
  REQUIRE(!url.empty());
  const Scratch other;
  const Finished refused = run({"serve", "--data", other.data(), "--listen", url.substr(7), "--scripts",
                                other / "scripts", "--plugins", other / "plugins", "--log-level", "off"});
  CHECK(refused.status == 1);
  CHECK(refused.out.empty());
  CHECK(refused.err.starts_with("scrip: cannot listen on 127.0.0.1:"));
}

TEST_CASE("the coupons' clock starts where it is told to, and the server says so") {
  const Scratch scratch;
  Running server(scratch.serve({"--clock", "2030-01-01T00:00:00+09:00"}));
  const std::string url = await_url(server);
  REQUIRE(!url.empty());
  const Json health = Json::parse(get(url, "/healthz"));
  CHECK(health["now"].get<std::string>().starts_with("2029-12-31T15:0"));
  CHECK(health.contains("clock_shift_seconds"));
  // Tokens go by real time all the same.
  CHECK(get(url, "/api/v1/me", token(scratch)).find("tester") != std::string::npos);
  server.signal(SIGTERM);
  CHECK(server.wait().err.find("the coupons' clock is not the real one") != std::string::npos);
}

TEST_CASE("options come from a file, and the command line comes first") {
  const Scratch scratch;
  scratch.write("serve.toml",
                "# a server\nclock = \"2031-05-05T00:00:00Z\"\nlog-level = \"off\"\nlisten = \"127.0.0.1:1\"\nmax-body "
                "= \"4KiB\"\n");
  Running server(scratch.serve({"--config", scratch / "serve.toml"}));
  const std::string url = await_url(server);
  REQUIRE(!url.empty());
  CHECK(Json::parse(get(url, "/healthz"))["now"].get<std::string>().starts_with("2031-05-05T00:0"));
  server.signal(SIGTERM);
  CHECK(server.wait().err.empty());
}

TEST_CASE("a setting that does not exist is refused by name") {
  const Scratch scratch;
  scratch.write("serve.toml", "max_bodies = 3\n");
  const Finished refused = run(scratch.serve({"--config", scratch / "serve.toml"}));
  CHECK(refused.status == 2);
  CHECK(refused.err.find("max_bodies") != std::string::npos);
}

TEST_CASE("with bad policies and no earlier revision there is no server, and every error is told") {
  const Scratch scratch;
  scratch.write("scripts/bad.lua", "return 3\n");
  const Finished refused = run(scratch.serve());
  CHECK(refused.status == 1);
  CHECK(refused.err.find("scripts/bad.lua") != std::string::npos);
}

TEST_CASE("with bad policies the last good revision runs, and /readyz says so") {
  const Scratch scratch;
  {
    Running server(scratch.serve());
    REQUIRE(!await_url(server).empty());
    server.signal(SIGTERM);
    REQUIRE(server.wait().status == 0);
  }
  scratch.write("scripts/bad.lua", "return 3\n");
  Running server(scratch.serve());
  const std::string url = await_url(server);
  REQUIRE(!url.empty());
  CHECK(Json::parse(get(url, "/readyz"))["status"] == "degraded");
}
