// scrip policy try: a policy asked about made-up facts.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "scratch.h"

using namespace scrip::test;
using Catch::Matchers::Contains;
using Json = nlohmann::json;

namespace {

Finished policy_try(const Scratch& scratch, const std::vector<std::string>& more, const std::string& input = "") {
  std::vector<std::string> arguments{"policy",           "try", "--scripts", scratch / "scripts", "--plugins",
                                     scratch / "plugins"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return run(arguments, input);
}

}  // namespace

TEST_CASE("a policy can be asked about any instant, with every fact at its default") {
  const Scratch scratch;
  const Finished open = policy_try(scratch, {"flash_sale", "--now", "2026-11-21T10:00:30+09:00"});
  CHECK(open.status == 0);
  CHECK_THAT(open.out, Contains("asked: issue\n") && Contains("  now = 2026-11-21T01:00:30Z\n") &&
                           Contains("  user.id = user-1\n") && Contains("  1. event_window: effect") &&
                           Contains("verdict: allowed"));
  const Json closed =
      Json::parse(policy_try(scratch, {"flash_sale", "--now", "2026-11-21T09:59:59+09:00", "--json"}).out);
  CHECK(closed["verdict"]["code"] == "outside_event_window");
  CHECK(closed["verdict"]["trace"].size() == 1);
  CHECK(closed["revision"].get<std::string>().size() == 64);
  CHECK(policy_try(scratch, {"welcome"}).status == 0);
}

TEST_CASE("a campaign's policy is asked with the campaign's parameters, zone and counts") {
  const Scratch scratch;
  const std::vector<std::string> which{
      "--campaign", "spring", "--data", scratch.data(), "--now", "2026-11-21T10:00:30+09:00", "--json"};
  const auto tried = [&](std::vector<std::string> more) {
    more.insert(more.begin(), which.begin(), which.end());
    const Finished finished = policy_try(scratch, more);
    INFO(finished.err);
    REQUIRE(finished.status == 0);
    return Json::parse(finished.out);
  };
  Json asked;
  {
    Running server(scratch.serve({"--clock", "2026-11-21T10:00:00+09:00"}));
    auto client = await_operator(scratch, server);
    const std::string body = R"({"id":"spring","policy":"flash_sale","total":50,"timezone":"Asia/Tokyo",)"
                             R"("params":{"discount":{"percent":20}},"ends_at":"2027-01-01T00:00:00Z"})";
    REQUIRE(client.post("/api/v1/campaigns", body)->status == 201);
    REQUIRE(client.post("/api/v1/campaigns/spring/issue", R"({"user_id":"mina"})")->status == 201);
    asked = tried({});
  }
  CHECK(asked["policy"] == "flash_sale");
  CHECK(asked["facts"]["campaign"]["id"] == "spring");
  CHECK(asked["facts"]["campaign"]["remaining"] == 49);
  CHECK(asked["facts"]["campaign"]["timezone"] == "Asia/Tokyo");
  CHECK(asked["facts"]["campaign"]["ends_at"] == "2027-01-01T00:00:00Z");
  CHECK(asked["verdict"]["result"] == "allowed");
  // The same from the database, when the server is gone.
  CHECK(tried({}) == asked);
  CHECK(tried({"--hook", "redeem", "--order-amount", "10000"})["verdict"]["discount"] == 2000);
  CHECK(tried({"--hook", "redeem", "--order-amount", "10000", "--params", "{}"})["verdict"]["discount"] == 1000);
  CHECK(tried({"--timezone", "UTC"})["facts"]["campaign"]["timezone"] == "UTC");
  const Finished unknown = policy_try(scratch, {"--campaign", "autumn", "--data", scratch.data()});
  CHECK(unknown.status == 1);
  CHECK_THAT(unknown.err, Contains("there is no campaign 'autumn'"));
  CHECK(policy_try(scratch, {}).status == 2);
  CHECK(policy_try(scratch, {"welcome", "--campaign", "spring"}).status == 2);
}

TEST_CASE("facts come from options, a file or standard input, and options go before") {
  const Scratch scratch;
  const std::string facts = R"({"now":"2026-11-21T00:00:00Z","order":{"amount":500},"user":{"issued":4}})";
  scratch.write("facts.json", facts);
  for (const bool piped : {false, true}) {
    const Finished tried = policy_try(scratch,
                                      {"welcome", "--hook", "redeem", "--facts", piped ? "-" : scratch / "facts.json",
                                       "--json", "--order-amount", "20000", "--attribute", "age=20", "--attribute",
                                       "tier=gold", "--params", R"({"discount":{"percent":50,"max_amount":9000}})"},
                                      piped ? facts : "");
    INFO(tried.err);
    REQUIRE(tried.status == 0);
    const Json shown = Json::parse(tried.out);
    CHECK(shown["facts"]["now"] == "2026-11-21T00:00:00Z");
    CHECK(shown["facts"]["order"]["amount"] == 20000);
    CHECK(shown["facts"]["user"]["issued"] == 4);
    CHECK(shown["facts"]["user"]["attributes"] == Json{{"age", 20}, {"tier", "gold"}});
    CHECK(shown["verdict"]["discount"] == 9000);
  }
  const Json counted = Json::parse(policy_try(scratch, {"flash_sale", "--now", "2026-11-21T10:00:30+09:00", "--counter",
                                                        "window:2026-11-21T10:00=10000", "--json"})
                                       .out);
  CHECK(counted["verdict"]["code"] == "window_sold_out");
  const Json held = Json::parse(policy_try(scratch, {"welcome", "--user-count", "1", "--json"}).out);
  CHECK(held["verdict"]["code"] == "already_issued");
}

TEST_CASE("a wrong fact is refused with its path and why") {
  const Scratch scratch;
  const auto [facts, expected] = GENERATE(table<std::string, std::string>({
      {"{", "standard input: is no JSON"},
      {"[]", "standard input: facts are a JSON object"},
      {R"({"usr":{}})", "facts has no member 'usr'; it has now, hold_until, campaign"},
      {R"({"user":{"isued":1}})", "facts.user has no member 'isued'"},
      {R"({"user":{"issued":"1"}})", "facts.user.issued is not a whole number"},
      {R"({"user":{"issued":1.5}})", "facts.user.issued is not a whole number"},
      {R"({"user":{"issued":-1}})", "facts.user.issued is below 0"},
      {R"({"user":{"issued":9007199254740993}})", "facts.user.issued is beyond 2^53"},
      {R"({"user":{"issued":18446744073709551615}})", "facts.user.issued is beyond 2^53"},
      {R"({"user":{"attributes":[1]}})", "facts.user.attributes is not a table with names"},
      {R"({"now":"tomorrow"})", "facts.now is not an instant"},
      {R"({"now":"2026-11-21T10:00:00"})", "facts.now is not an instant"},
      {R"({"now":"2299-11-21T10:00:00Z"})", "facts.now is after the year 2255"},
      {R"({"campaign":{"timezone":"Asia/Soul"}})", "facts.campaign.timezone is not an IANA time zone"},
      {R"({"campaign":{"total":5,"issued":1,"remaining":1}})", "facts.campaign.remaining is not what total"},
      {R"({"order":{"amount":1,"currency":"won"}})", "facts.order.currency is not a currency"},
      {R"({"order":{"amount":1,"items":[{"sku":5}]}})", "facts.order.items[1].sku is not a string"},
      {R"({"counter":{"a":"b"}})", "facts.counter.a is not a whole number"},
      {"{\"subject\":\"\xff\"}", "standard input: is no JSON"},
  }));
  CAPTURE(facts);
  const Finished tried = policy_try(scratch, {"welcome", "--facts", "-"}, facts);
  CHECK(tried.status == 1);
  CHECK(tried.out.empty());
  CHECK_THAT(tried.err, Contains("scrip: " + expected));
}

TEST_CASE("a question that cannot be asked is refused") {
  const Scratch scratch;
  const auto [more, status, expected] = GENERATE(table<std::vector<std::string>, int, std::string>({
      {{}, 2, "POLICY"},
      {{"welcome", "--hook", "claim"}, 2, "--hook is one of issue, redeem, cancel, remind, stack, not 'claim'"},
      {{"welcome", "--user-count", "many"}, 2, "--user-count"},
      {{"nothing"}, 1, "there is no policy 'nothing'"},
      {{"welcome", "--params", "5"}, 1, "--params is a JSON object"},
      {{"welcome", "--params", R"({"discount":{"percent":101}})"}, 1, "params.discount.percent: must be at most 100"},
      {{"welcome", "--facts", "/nowhere"}, 1, "/nowhere cannot be read"},
      {{"welcome", "--attribute", "tier"}, 1, "--attribute is NAME=VALUE, not 'tier'"},
      {{"welcome", "--counter", "a=b"}, 1, "facts.counter.a is not a whole number"},
  }));
  const Finished tried = policy_try(scratch, more);
  CHECK(tried.status == status);
  CHECK_THAT(tried.err, Contains(expected));
}

TEST_CASE("a policy whose tests fail can be tried, one with errors cannot") {
  const Scratch scratch;
  scratch.write("scripts/welcome.lua", "return policy { name = \"welcome\", rules = { discount { percent = 50 } } }\n");
  const Finished tried = policy_try(scratch, {"welcome", "--hook", "redeem", "--order-amount", "100"});
  CHECK(tried.status == 0);
  CHECK_THAT(tried.out, Contains("verdict: allowed, discount = 50"));
  scratch.write("scripts/welcome.lua", "return policy {\n");
  const Finished refused = policy_try(scratch, {"welcome"});
  CHECK(refused.status == 1);
  CHECK_THAT(refused.err, Contains("scripts/welcome.lua:"));
}

TEST_CASE("a policy that fails says so, with the place in its trace") {
  const Scratch scratch;
  scratch.write("plugins/odd.lua",
                "return plugin { name = \"odd\", version = \"1.0.0\", doc = \"x\",\n issue = function() error(\"odd\") "
                "end }\n");
  scratch.write("scripts/odd.lua", "return policy { name = \"odd\", rules = { odd {} } }\n");
  const Finished tried = policy_try(scratch, {"odd"});
  CHECK(tried.status == 1);
  CHECK_THAT(tried.out, Contains("1. odd: failed policy_error, error = plugins/odd.lua:2: odd"));
}
