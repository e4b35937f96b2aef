// `scrip policy shadow` on a running server.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "scratch.h"

using namespace scrip::test;
using Catch::Matchers::Contains;
using Json = nlohmann::json;

TEST_CASE("a set of files is cast as a shadow, watched and ended from the command line") {
  const Scratch scratch;
  scratch.write("scripts/mine.lua", "return policy { name = \"mine\", rules = { per_user_limit { max = 2 } } }\n");
  Running server(scratch.serve());
  const std::string url = await_url(server);
  REQUIRE(!url.empty());
  const auto shadow = [&](const std::vector<std::string>& what) {
    std::vector<std::string> arguments{"policy", "shadow"};
    arguments.insert(arguments.end(), what.begin(), what.end());
    arguments.insert(arguments.end(),
                     {"--data", scratch.data(), "--scripts", scratch / "scripts", "--plugins", scratch / "plugins"});
    return run(arguments);
  };
  CHECK(shadow({}).out == "no shadow\n");
  CHECK(shadow({"stop"}).status == 1);
  scratch.write("scripts/mine.lua", "return policy { name = \"mine\", rules = { per_user_limit { max = 1 } } }\n");
  const Finished started = shadow({"start"});
  INFO(started.err);
  CHECK(started.status == 0);
  CHECK_THAT(started.out, Contains("candidate set, since ") && Contains("cast by operator"));

  auto client = scrip::http::Client::open(url, {.token = token(scratch)});
  REQUIRE(client);
  REQUIRE(client->post("/api/v1/campaigns", R"({"id":"spring","policy":"mine","total":10})")->ok());
  for (int i = 0; i < 2; ++i) REQUIRE(client->post("/api/v1/campaigns/spring/issue", R"({"user_id":"ann"})")->ok());
  REQUIRE(becomes([&] {
    const Json both = Json::parse(shadow({"--json"}).out);
    return both["candidate"]["report"]["decisions"] == 2;
  }));
  CHECK_THAT(shadow({"show"}).out, Contains("2 decisions looked at, 1 would come out otherwise") &&
                                       Contains("by per_user_limit (already_issued)"));
  CHECK(shadow({"stop"}).status == 0);
  CHECK(shadow({}).out == "no shadow\n");

  scratch.write("scripts/mine.lua", "return policy { name = \"mine\", rules = { nothing {} } }\n");
  const Finished broken = shadow({"start"});
  CHECK(broken.status == 1);
  CHECK_THAT(broken.err, Contains("scripts/mine.lua:1:"));
  CHECK(shadow({"dance"}).status == 2);
}
