// scrip policy test: coverage, seeds, golden decisions, and what a failure shows.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <sstream>

#include "scratch.h"

using namespace scrip::test;
using Catch::Matchers::Contains;
using Json = nlohmann::json;

namespace {

Finished policy_test(const Scratch& scratch, const std::vector<std::string>& more = {}) {
  // Under the sanitizers a test with two hundred cases to a property takes more than the second that it has.
  std::vector<std::string> arguments{
      "policy", "test", "--scripts", scratch / "scripts", "--plugins", scratch / "plugins", "--test-time", "20s"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return run(arguments);
}

std::string text_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

const std::string extra = R"(return plugin {
  name = "extra", version = "1.0.0", doc = "x",
  issue = function(p, facts)
    if facts.user.issued > 5 then
      return deny("too_many", "Too many.")
    end
  end,
}
)";

// A question that the shipped `welcome` allows with 2,000 off.
const std::string golden_question =
    R"({"name":"ten per cent","hook":"redeem","policy":"welcome","facts":{"now":"2026-11-21T01:00:00Z",)"
    R"("campaign":{"id":"spring","issued":1,"redeemed":0,"timezone":"UTC","metadata":{}},)"
    R"("user":{"id":"ann","issued":1,"issued_for_subject":1,"redeemed":0,"attributes":{}},)"
    R"("coupon":{"code":"A","created_at":"2026-11-21T00:00:00Z","issued_at":"2026-11-21T00:00:00Z"},)"
    R"("order":{"amount":20000,"currency":"KRW","items":[]}})";
const std::string golden_line = golden_question + R"(,"verdict":{"result":"allowed","discount":2000}})" + "\n";

}  // namespace

TEST_CASE("the tests that are shipped run nearly every line of the rules that are shipped") {
  const Scratch scratch;
  const Finished tested = policy_test(scratch, {"--min-coverage", "95", "--json"});
  INFO(tested.err);
  CHECK(tested.status == 0);
  const Json coverage = Json::parse(tested.out)["coverage"];
  CHECK(coverage["percent"] >= 95);
  CHECK(coverage["files"].size() >= 18);
  for (const Json& file : coverage["files"]) {
    CAPTURE(file.dump());
    CHECK(file["percent"] >= 95);
    CHECK(file["lines"].get<int>() - file["run"].get<int>() == static_cast<int>(file["missed"].size()));
  }
}

TEST_CASE("every shipped plugin and script has its test") {
  for (const char* folder : {"plugins", "scripts"}) {
    for (const auto& entry : std::filesystem::directory_iterator(source_folder / folder)) {
      const std::string name = entry.path().filename();
      if (entry.path().extension() != ".lua" || name.ends_with("_test.lua") || name == "types.lua") continue;
      INFO(name);
      CHECK(std::filesystem::exists(entry.path().parent_path() / (entry.path().stem().string() + "_test.lua")));
    }
  }
}

TEST_CASE("a file whose lines are not tested fails the gate, and its lines are named") {
  const Scratch scratch;
  scratch.write("plugins/extra.lua", extra);
  const Finished shown = policy_test(scratch, {"--coverage"});
  CHECK(shown.status == 0);
  CHECK_THAT(shown.out, Contains("plugins/extra.lua (") && Contains(", never: 4-5"));
  const Finished gated = policy_test(scratch, {"--min-coverage", "90"});
  CHECK(gated.status == 1);
  CHECK_THAT(gated.err, Contains("plugins/extra.lua: ") && Contains(" % of its lines were run, 90 % are wanted"));
  // All the others are good enough.
  CHECK_THAT(gated.err, !Contains("plugins/discount.lua"));
  scratch.write("plugins/extra_test.lua",
                "return test \"extra\" { [\"many\"] = { hook = \"issue\", rules = { extra {} },\n"
                "  case \"six\" { user = { issued = 6 }, denied = \"too_many\" },\n"
                "  case \"five\" { user = { issued = 5 }, allowed = true },\n} }\n");
  CHECK(policy_test(scratch, {"--min-coverage", "100"}).err.find("extra") == std::string::npos);
}

TEST_CASE("a test that fails shows its line, the facts and the trace") {
  const Scratch scratch;
  scratch.write("plugins/extra.lua", extra);
  scratch.write(
      "plugins/extra_test.lua",
      "return test \"extra\" {\n  [\"six\"] = function(t)\n    local d = t.decide { hook = \"issue\", rules = { "
      "extra {} }, facts = { user = { issued = 6 } } }\n    t.allowed(d)\n  end,\n}\n");
  const Finished tested = policy_test(scratch);
  CHECK(tested.status == 1);
  CHECK_THAT(tested.out,
             Contains("FAIL  extra: six\n      plugins/extra_test.lua:4: wanted allowed, got denied too_many") &&
                 Contains("        user.issued = 6\n") && Contains("        now = 2026-01-01T00:00:00Z\n") &&
                 Contains("        1. extra: denied too_many, sentence = Too many.\n") &&
                 Contains("      verdict: denied too_many"));
  const Json all = Json::parse(policy_test(scratch, {"--json"}).out);
  for (const Json& each : all["tests"]) {
    if (each["passed"] == true) continue;
    CHECK(each["decision"]["facts"]["user"]["issued"] == 6);
    CHECK(each["decision"]["verdict"]["trace"][0]["rule"] == "extra");
    CHECK(each["line"] == 2);
  }
  CHECK(all["failed"] == 1);
}

TEST_CASE("a property's failure names the seed, which finds it again") {
  const Scratch scratch;
  scratch.write("plugins/extra.lua", extra);
  scratch.write("plugins/extra_test.lua",
                "return test \"extra\" { [\"all\"] = function(t) t.forall { hook = \"issue\", rules = { extra {} },\n"
                "  facts = { user = { issued = t.between(0, 1000) } },\n"
                "  holds = { [\"never refused\"] = function(d) return d.allowed end } } end }\n");
  const Finished tested = policy_test(scratch, {"--seed", "42", "--runs", "200"});
  CHECK(tested.status == 1);
  CHECK_THAT(tested.out, Contains("'never refused' does not hold") && Contains("of 200, seed 42") &&
                             Contains("\"issued\":6,") && Contains("        user.issued = 6\n"));
  CHECK(policy_test(scratch, {"--seed", "42", "--runs", "200"}).out == tested.out);
}

TEST_CASE("options that make no sense are wrong usage") {
  const Scratch scratch;
  const std::vector<std::string> wrong = GENERATE(values<std::vector<std::string>>(
      {{"--min-coverage", "101"}, {"--min-coverage", "x"}, {"--runs", "0"}, {"--seed", "-x"}, {"--update-golden"}}));
  CHECK(policy_test(scratch, wrong).status == 2);
}

TEST_CASE("golden decisions that come out the same pass") {
  const Scratch scratch;
  scratch.write("golden.jsonl", golden_line + "\n" + golden_line);
  const Finished tested = policy_test(scratch, {"--golden", scratch / "golden.jsonl"});
  INFO(tested.err);
  CHECK(tested.status == 0);
  CHECK_THAT(tested.out, Contains("golden: 2 the same, 0 different\n"));
}

TEST_CASE("golden decisions that differ are shown, and can be updated") {
  const Scratch scratch;
  scratch.write("golden.jsonl",
                golden_question + R"(,"verdict":{"result":"denied","code":"sold_out"}})" + "\n" + golden_line);
  const std::vector<std::string> compare{"--golden", scratch / "golden.jsonl"};
  const Finished tested = policy_test(scratch, compare);
  CHECK(tested.status == 1);
  CHECK_THAT(tested.out, Contains("FAIL  ten per cent (") && Contains("golden.jsonl:1)") &&
                             Contains("result was \"denied\", is \"allowed\"") &&
                             Contains("code was \"sold_out\", is nothing") &&
                             Contains("discount was nothing, is 2000") && Contains("order.amount = 20000") &&
                             Contains("discount: effect, discount = 2000"));
  CHECK_THAT(tested.err, Contains("1 of 2 golden decisions differ"));
  const Json shown = Json::parse(policy_test(scratch, {compare[0], compare[1], "--json"}).out)["golden"];
  CHECK(shown["compared"] == 2);
  CHECK(shown["different"][0]["line"] == 1);
  const Finished updated = policy_test(scratch, {compare[0], compare[1], "--update-golden"});
  CHECK(updated.status == 0);
  CHECK_THAT(updated.out, Contains("1 the same, 1 updated"));
  CHECK(policy_test(scratch, compare).status == 0);
  const Json first =
      Json::parse(text_of(scratch / "golden.jsonl").substr(0, text_of(scratch / "golden.jsonl").find('\n')));
  CHECK(first["verdict"] == Json{{"result", "allowed"}, {"discount", 2000}});
  CHECK(first["name"] == "ten per cent");
}

TEST_CASE("golden decisions are compared also when tests fail, but not without rules to ask") {
  const Scratch scratch;
  scratch.write("golden.jsonl", golden_line);
  scratch.write("scripts/welcome.lua", "return policy { name = \"welcome\", rules = { discount { percent = 50 } } }\n");
  const Finished tested = policy_test(scratch, {"--golden", scratch / "golden.jsonl"});
  CHECK(tested.status == 1);
  CHECK_THAT(tested.out, Contains("FAIL  welcome: ") && Contains("discount was 2000, is 10000"));
  scratch.write("scripts/welcome.lua", "return policy {\n");
  const Finished refused = policy_test(scratch, {"--golden", scratch / "golden.jsonl"});
  CHECK(refused.status == 1);
  CHECK_THAT(refused.err, Contains("scripts/welcome.lua:"));
}

TEST_CASE("a golden line that cannot be asked is refused with its place, and nothing is written") {
  const Scratch scratch;
  const auto [line, expected] = GENERATE(table<std::string, std::string>({
      {"{", "is no JSON"},
      {"[]", "is no JSON object"},
      {R"({"hok":"issue"})", "has no member 'hok'"},
      {R"({"hook":"claim"})", "hook is not one of issue, redeem, cancel, remind, stack"},
      {R"({"hook":"issue"})", "policy is not the name of one"},
      {R"({"hook":"issue","policy":"welcome","params":5})", "params is no object"},
      {R"({"hook":"issue","policy":"welcome","facts":{}})", "facts.now is missing"},
      {R"({"hook":"issue","policy":"welcome","facts":{"now":"soon"}})", "facts.now is not an instant"},
      {R"({"hook":"issue","policy":"nothing","facts":{"now":1},"verdict":{}})", "there is no policy 'nothing'"},
      {R"({"hook":"issue","policy":"welcome","facts":{"now":1}})", "has no verdict; --update-golden writes"},
  }));
  CAPTURE(line);
  const std::string before = golden_line + line + "\n";
  scratch.write("golden.jsonl", before);
  const Finished tested = policy_test(scratch, {"--golden", scratch / "golden.jsonl"});
  CHECK(tested.status == 1);
  CHECK_THAT(tested.err, Contains("golden.jsonl:2: ") && Contains(expected));
  CHECK(text_of(scratch / "golden.jsonl") == before);
  CHECK(policy_test(scratch, {"--golden", scratch / "nowhere"}).status == 1);
}

TEST_CASE("recorded decisions are golden ones") {
  const Scratch scratch;
  {
    Running server(scratch.serve());
    auto client = await_operator(scratch, server);
    REQUIRE(client
                .post("/api/v1/campaigns", R"({"id":"spring","policy":"welcome","total":10,)"
                                           R"("params":{"discount":{"percent":20}}})")
                ->status == 201);
    const auto issued = client.post("/api/v1/campaigns/spring/issue", R"({"user_id":"ann"})");
    REQUIRE(issued->status == 201);
    CHECK(client.post("/api/v1/campaigns/spring/issue", R"({"user_id":"ann"})")->status == 409);
    const std::string code = Json::parse(issued->body)["code"];
    REQUIRE(
        client.post("/api/v1/coupons/" + code + "/redeem", R"({"order":{"amount":10000,"currency":"KRW"}})")->status ==
        200);
    const Finished recorded = run({"policy", "record", "spring", "--data", scratch.data()});
    INFO(recorded.err);
    REQUIRE(recorded.status == 0);
    scratch.write("golden.jsonl", recorded.out);
    CHECK(std::count(recorded.out.begin(), recorded.out.end(), '\n') == 3);
    CHECK(run({"policy", "record", "nothing", "--data", scratch.data()}).status == 1);
    server.signal(SIGTERM);
    REQUIRE(server.wait().status == 0);
  }
  const Finished same = policy_test(scratch, {"--golden", scratch / "golden.jsonl"});
  INFO(same.out << same.err);
  CHECK(same.status == 0);
  CHECK_THAT(same.out, Contains("golden: 3 the same, 0 different"));
}
