// `scrip policy replay`, on a server's data directory, after it and beside it, and through it.
#include <signal.h>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "scratch.h"

using namespace scrip::test;
using Catch::Matchers::Contains;
using Json = nlohmann::json;

namespace {

const std::string sold_under =
    "return policy { name = \"mine\", rules = { per_user_limit { max = 2 }, discount { percent = 10 } } }\n";
const std::string tighter =
    "return policy { name = \"mine\", rules = { per_user_limit { max = 1 }, discount { percent = 20 } } }\n";
const std::string generous =
    "return policy { name = \"mine\", rules = { per_user_limit { max = 2 }, discount { percent = 20 } } }\n";

// A shop where ann and bob have two coupons each and used the second on an order of 1,000 won.
class Sold {
 public:
  Sold() {
    scratch.write("scripts/mine.lua", sold_under);
    server = std::make_unique<Running>(scratch.serve());
    url = await_url(*server);
    REQUIRE(!url.empty());
    auto client = scrip::http::Client::open(url, {.token = token(scratch)});
    REQUIRE(client);
    const auto post = [&](const std::string& path, const Json& body) {
      const auto answer = client->post(path, body.dump());
      REQUIRE(answer);
      INFO(answer->body);
      REQUIRE(answer->ok());
      return Json::parse(answer->body);
    };
    post("/api/v1/campaigns", {{"id", "spring"}, {"policy", "mine"}, {"total", 100}});
    for (const char* user : {"ann", "bob"}) {
      post("/api/v1/campaigns/spring/issue", {{"user_id", user}});
      const std::string code = post("/api/v1/campaigns/spring/issue", {{"user_id", user}})["code"];
      post("/api/v1/coupons/" + code + "/redeem", {{"order", {{"amount", 1000}, {"currency", "KRW"}}}});
    }
  }

  Finished replay(const std::string& script, std::vector<std::string> more = {}) const {
    scratch.write("scripts/mine.lua", script);
    std::vector<std::string> arguments{"policy",    "replay",           "--scripts", scratch / "scripts",
                                       "--plugins", scratch / "plugins"};
    if (std::find(more.begin(), more.end(), "--server") == more.end()) {
      arguments.insert(arguments.end(), {"--data", scratch.data()});
    }
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run(arguments);
  }

  const Scratch scratch;
  std::unique_ptr<Running> server;
  std::string url;
};

}  // namespace

TEST_CASE("a replay says what would come out otherwise, by which rule, and what it would cost") {
  const Sold shop;
  const Finished same = shop.replay(sold_under);
  CHECK(same.status == 0);
  CHECK(same.err.empty());
  CHECK_THAT(same.out, Contains("6 decisions replayed, 0 would come out otherwise"));

  const Finished tightened = shop.replay(tighter);
  CHECK(tightened.status == 0);
  CHECK_THAT(tightened.out, Contains("6 decisions replayed, 4 would come out otherwise") &&
                                Contains("4 newly refused") && Contains("2 by per_user_limit (already_issued)") &&
                                Contains("2 by host (not_issued)") && Contains("issue in spring for ann") &&
                                Contains("allowed -> already_issued") &&
                                Contains("discounts in KRW: 200 given, 0 by the candidate (-200, minor units)"));

  const Finished doubled = shop.replay(generous, {"--json"});
  CHECK(doubled.status == 0);
  const Json report = Json::parse(doubled.out);
  CHECK(report["flips"]["other_discount"] == 2);
  CHECK(report["groups"][0]["rule"] == "discount");
  CHECK(report["discounts"][0]["difference"] == 200);
}

TEST_CASE("a replay says the same with the server, beside it and when it has stopped") {
  const Sold shop;
  ::setenv("SCRIP_TOKEN", token(shop.scratch).c_str(), 1);
  const Finished through = shop.replay(tighter, {"--server", shop.url});
  ::unsetenv("SCRIP_TOKEN");
  INFO(through.err);
  CHECK(through.status == 0);
  const Finished beside = shop.replay(tighter);
  CHECK(beside.out == through.out);
  shop.server->signal(SIGTERM);
  CHECK(shop.server->wait().status == 0);
  CHECK(shop.replay(tighter).out == through.out);
  CHECK(run({"verify", "--data", shop.scratch.data()}).status == 0);
}

TEST_CASE("a pipeline can let a replay pass or fail") {
  const Sold shop;
  struct Case {
    std::string script;
    std::vector<std::string> limits;
    int status;
    std::string says;
  };
  const std::vector<Case> cases{
      {tighter, {"--max-refused", "4", "--max-flips", "4"}, 0, ""},
      {tighter, {"--max-refused", "3"}, 1, "4 would be newly refused, and 3 are let pass"},
      {tighter, {"--max-flips", "0"}, 1, "4 decisions would come out otherwise, and 0 are let pass"},
      {tighter, {"--max-cost", "0"}, 0, ""},
      {generous, {"--max-cost", "199"}, 1, "200 more would be given in KRW, and 199 are let pass"},
      {generous, {"--max-cost", "200", "--max-allowed", "0", "--max-unable", "0"}, 0, ""},
  };
  for (const Case& each : cases) {
    const Finished finished = shop.replay(each.script, each.limits);
    INFO(each.says);
    CHECK(finished.status == each.status);
    CHECK_THAT(finished.err, Contains(each.says));
    CHECK_THAT(finished.out, Contains("decisions replayed"));
  }
}

TEST_CASE("a replay refuses files with mistakes, unknown campaigns and a set that campaigns do not fit") {
  const Sold shop;
  const Finished broken = shop.replay("return policy { name = \"mine\", rules = { nothing {} } }\n");
  CHECK(broken.status == 1);
  CHECK_THAT(broken.err, Contains("scripts/mine.lua:1:"));
  const Finished nowhere = shop.replay(sold_under, {"--campaign", "moon"});
  CHECK(nowhere.status == 1);
  CHECK_THAT(nowhere.err, Contains("there is no campaign 'moon'"));
  const Finished gone = shop.replay("return policy { name = \"other\", rules = {} }\n");
  CHECK(gone.status == 1);
  CHECK_THAT(gone.out, Contains("6 could not be made again"));
  CHECK_THAT(gone.err, Contains("spring"));
  CHECK(shop.replay(sold_under, {"--since", "yesterday"}).status == 2);
  CHECK(shop.replay(sold_under, {"--samples", "-1"}).status == 2);
}
