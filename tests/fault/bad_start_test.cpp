// What a server finds when it starts: half a policy file, an interrupted reload, a broken database.
#include <catch2/catch.hpp>
#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>

#include "server_process.h"

namespace scrip::test {
namespace {

using Json = nlohmann::json;
namespace fs = std::filesystem;

const std::string mine = R"(return policy { name = "mine", rules = { discount { percent = 1 } } })";

Json get(http::Client& client, const std::string& path) {
  auto answer = client.get(path);
  REQUIRE(answer.ok());
  REQUIRE(answer->status == 200);
  return Json::parse(answer->body);
}

// Starts a server, makes a campaign with the policy "mine", and gives the active revision.
std::string prepare(const Site& site, ServerProcess& server) {
  auto client = server.client();
  REQUIRE(client.post("/api/v1/campaigns", R"({"id":"spring","policy":"mine","total":1000})")->status == 201);
  INFO(site.logged());
  return get(client, "/api/v1/policies")["revision"];
}

void serves_degraded(const Site& site, const std::string& revision) {
  ServerProcess server(site);
  auto client = server.client();
  const Json ready = get(client, "/readyz");
  INFO(ready);
  CHECK(ready["status"] == "degraded");
  CHECK(get(client, "/api/v1/policies")["revision"] == revision);
  CHECK(client.post("/api/v1/campaigns/spring/issue", R"({"user_id":"minji"})")->status == 201);
  // Mended files are taken by the next reload.
  site.write("scripts/mine.lua", mine);
  fs::remove(site.path() / "scripts/mine_test.lua");
  CHECK(client.post("/api/v1/policies/reload", "{}")->status == 200);
  CHECK(get(client, "/readyz")["status"] == "ready");
}

TEST_CASE("with a half-written policy file at start the last good revision runs, and says so") {
  const Site site;
  site.write("scripts/mine.lua", mine);
  std::string revision;
  {
    ServerProcess server(site);
    revision = prepare(site, server);
    CHECK(server.stop() == 0);
  }
  site.write("scripts/mine.lua", mine.substr(0, mine.size() / 2));
  serves_degraded(site, revision);
}

TEST_CASE("killed in the middle of a reload, the server starts with the last good revision") {
  const Site site;
  site.write("scripts/mine.lua", mine);
  std::string revision;
  {
    ServerProcess server(site);
    revision = prepare(site, server);
    // A set that takes a while to look at, and is bad in the end.
    site.write("scripts/mine.lua", R"(return policy { name = "mine", rules = { discount { percent = 2 } } })");
    site.write("scripts/mine_test.lua", R"(local tests = {}
for i = 1, 20 do
  tests["slow " .. i] = function(t) local x = 0; for n = 1, 3000000 do x = x + n end t.equal(x, 0) end
end
return test "mine" (tests))");
    std::thread reload([client = server.client()]() mutable {
      const auto unanswered = client.post("/api/v1/policies/reload", "{}");
      CHECK(!unanswered.ok());
    });
    // The reload and this very question: two are in flight.
    auto client = server.client();
    for (int n = 0; n < 100'000; ++n) {
      const auto metrics = client.get("/metrics");
      REQUIRE(metrics.ok());
      if (metrics->body.find("\nscrip_http_requests_in_flight 2\n") != std::string::npos) break;
    }
    server.kill();
    reload.join();
  }
  CHECK(site.verify() == 0);
  serves_degraded(site, revision);
}

TEST_CASE("without an earlier revision bad policies are a refusal to start, with file and line") {
  const Site site;
  site.write("scripts/mine.lua", "return policy {\n  name = \"mine\",\n  rules = { nothing_like_it {} },\n}\n");
  CHECK(site.run({"serve", "--data", site.data().string(), "--listen", "127.0.0.1:0", "--scripts",
                  (site.path() / "scripts").string(), "--plugins", (site.path() / "plugins").string()}) == 1);
  CHECK(site.logged().find("scripts/mine.lua:3: ") != std::string::npos);
}

TEST_CASE("a database that is damaged is refused in plain words, and is not touched") {
  const Site site;
  {
    ServerProcess server(site);
    CHECK(server.stop() == 0);
  }
  const fs::path database = site.data() / "scrip.db";
  const auto size = fs::file_size(database);
  {
    std::fstream file(database, std::ios::in | std::ios::out | std::ios::binary);
    const std::string noise(4096, '\x5a');
    file.write(noise.data(), static_cast<std::streamsize>(noise.size()));
  }
  std::string output;
  CHECK(site.run({"serve", "--data", site.data().string(), "--listen", "127.0.0.1:0", "--scripts",
                  (site.path() / "scripts").string(), "--plugins", (site.path() / "plugins").string()},
                 &output) == 1);
  CHECK(output.empty());
  const std::string logged = site.logged();
  INFO(logged);
  CHECK(logged.find("scrip.db") != std::string::npos);
  CHECK(fs::file_size(database) == size);
}

}  // namespace
}  // namespace scrip::test
