#include <algorithm>
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "scratch.h"

using namespace scrip::test;

namespace {

Finished policy(const Scratch& scratch, const std::string& what, const std::vector<std::string>& more = {}) {
  std::vector<std::string> arguments{"policy",           what, "--scripts", scratch / "scripts", "--plugins",
                                     scratch / "plugins"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return run(arguments);
}

}  // namespace

TEST_CASE("the policies that are shipped are right, and keep what their tests promise") {
  const Scratch scratch;
  const Finished checked = policy(scratch, "check");
  CHECK(checked.status == 0);
  CHECK(checked.out.size() == 65);  // SHA-256 and a newline
  const Finished tested = policy(scratch, "test", {"--json"});
  CHECK(tested.status == 0);
  const auto result = nlohmann::json::parse(tested.out);
  CHECK(result["passed"] > 50);
  CHECK(result["failed"] == 0);
  CHECK(policy(scratch, "test").out.find(" passed, 0 failed\n") != std::string::npos);
}

TEST_CASE("the policies are listed with their rules") {
  const Scratch scratch;
  const auto listed = nlohmann::json::parse(policy(scratch, "list", {"--json"}).out);
  const auto& policies = listed["policies"];
  const auto welcome =
      std::find_if(policies.begin(), policies.end(), [](const auto& each) { return each["name"] == "welcome"; });
  REQUIRE(welcome != policies.end());
  CHECK((*welcome)["file"] == "scripts/welcome.lua");
  CHECK((*welcome)["rules"].size() == 4);
  CHECK(listed["plugins"].size() >= 11);
  CHECK(policy(scratch, "list").out.find("welcome (scripts/welcome.lua)") != std::string::npos);
}

TEST_CASE("every error of a set is reported at once with its file and line") {
  const Scratch scratch;
  scratch.write("scripts/one.lua", "return policy {\n  name = \"one\",\n  rules = { no_such_rule {} },\n}\n");
  scratch.write("scripts/two.lua", "return policy {\n  name = \"two\"\n  rules = {}\n}\n");
  const Finished checked = policy(scratch, "check");
  CHECK(checked.status == 1);
  CHECK(checked.out.empty());
  CHECK(checked.err.find("scripts/one.lua:3: ") != std::string::npos);
  CHECK(checked.err.find("scripts/two.lua:3: ") != std::string::npos);
  const auto errors = nlohmann::json::parse(policy(scratch, "check", {"--json"}).out)["errors"];
  CHECK(errors.size() >= 2);
}

TEST_CASE("a policy's own test that fails is shown as failed") {
  const Scratch scratch;
  scratch.write("scripts/welcome.lua", "return policy { name = \"welcome\", rules = {} }\n");
  const Finished tested = policy(scratch, "test");
  CHECK(tested.status == 1);
  CHECK(tested.out.find("FAIL  ") != std::string::npos);
  CHECK(tested.err.find("scripts/welcome_test.lua:") != std::string::npos);
}

TEST_CASE("a campaign that would no longer fit is found without a server") {
  const Scratch scratch;
  {
    Running server(scratch.serve());
    auto client = await_operator(scratch, server);
    REQUIRE(client.post("/api/v1/campaigns", R"({"id":"spring","policy":"toodat","total":10})")->status == 201);
    server.signal(SIGTERM);
    REQUIRE(server.wait().status == 0);
  }
  CHECK(policy(scratch, "check", {"--data", scratch.data()}).status == 0);
  std::filesystem::remove(scratch / "scripts/toodat.lua");
  std::filesystem::remove(scratch / "scripts/toodat_test.lua");
  CHECK(policy(scratch, "check").status == 0);
  const Finished checked = policy(scratch, "check", {"--data", scratch.data()});
  CHECK(checked.status == 1);
  CHECK(checked.err.find("campaign spring does not fit") != std::string::npos);
}

TEST_CASE("a folder that cannot be read is an error") {
  const Scratch scratch;
  const Finished checked = run({"policy", "check", "--scripts", scratch / "nowhere", "--plugins", scratch / "plugins"});
  CHECK(checked.status == 1);
  CHECK(checked.err.find("nowhere") != std::string::npos);
}
