#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "scratch.h"

using namespace scrip::test;
using Json = nlohmann::json;

TEST_CASE("verify finds nothing in a database that is right, beside its server and without") {
  const Scratch scratch;
  Running server(scratch.serve());
  auto client = await_operator(scratch, server);
  REQUIRE(client.post("/api/v1/campaigns", R"({"id":"demo","policy":"welcome","total":10})")->status == 201);
  REQUIRE(client.post("/api/v1/campaigns/demo/issue", R"({"user_id":"ann"})")->status == 201);
  CHECK(run({"verify", "--data", scratch.data()}).status == 0);
  server.signal(SIGTERM);
  REQUIRE(server.wait().status == 0);
  const Finished verified = run({"verify", "--data", scratch.data(), "--json"});
  CHECK(verified.status == 0);
  CHECK(Json::parse(verified.out) == Json{{"ok", true}, {"drift", Json::array()}});
}

TEST_CASE("verify needs a database") {
  const Scratch scratch;
  const Finished refused = run({"verify", "--data", scratch.data()});
  CHECK(refused.status == 1);
  CHECK(refused.err.starts_with("scrip: " + scratch.data()));
  CHECK_FALSE(std::filesystem::exists(scratch.data()));
}

TEST_CASE("verify refuses a file that is no database") {
  const Scratch scratch;
  std::filesystem::create_directory(scratch.data());
  scratch.write("data/scrip.db", std::string(8192, 'x'));
  const Finished refused = run({"verify", "--data", scratch.data()});
  CHECK(refused.status == 1);
  CHECK(refused.err.find("scrip.db") != std::string::npos);
}

TEST_CASE("the bench measures durable claims and leaves nothing behind") {
  const Scratch scratch;
  std::filesystem::create_directory(scratch / "bench");
  const Finished measured = run(
      {"bench", "engine", "--json", "--seconds", "0.3", "--data", scratch / "bench", "--plugins", scratch / "plugins"});
  CAPTURE(measured.err);
  REQUIRE(measured.status == 0);
  const Json result = Json::parse(measured.out);
  CHECK(result["claims_per_second"] > 0);
  CHECK(result["claims"] > 0);
  CHECK(result["batch_mean"] >= 1);
  CHECK(std::filesystem::is_empty(scratch / "bench"));
}
