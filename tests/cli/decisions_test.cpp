// `scrip decisions` and `scrip explain` on a server, and how long it keeps decisions.
#include <signal.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "../moody_plugin.h"
#include "scratch.h"

using namespace scrip::test;
using Json = nlohmann::json;

namespace {

// A server on which minji was given a coupon, was refused another, and junho was refused by moody rules.
class Decided {
 public:
  explicit Decided(const std::vector<std::string>& more = {}) {
    scratch.write("plugins/moody.lua", moody_plugin(1));
    scratch.write("scripts/moody.lua", "return policy { name = \"moody\", rules = { moody {} } }\n");
    std::vector<std::string> options = more;
    if (std::find(more.begin(), more.end(), "--clock") == more.end()) {
      options.insert(options.end(), {"--clock", "2026-11-21T10:00:00Z"});
    }
    server = std::make_unique<Running>(scratch.serve(options));
    client.emplace(await_operator(scratch, *server));
    post("/api/v1/campaigns", {{"id", "spring"}, {"policy", "welcome"}, {"total", 10}}, 201);
    post("/api/v1/campaigns", {{"id", "sulky"}, {"policy", "moody"}, {"total", 10}}, 201);
    issue("spring", "minji", 201);
    issue("spring", "minji", 409);
    issue("sulky", "kim", 201);
    issue("sulky", "junho", 409);
  }
  void issue(const std::string& campaign, const std::string& user, int status) {
    post("/api/v1/campaigns/" + campaign + "/issue", {{"user_id", user}}, status);
  }
  void post(const std::string& path, const Json& body, int status) {
    const auto answer = client->post(path, body.dump());
    REQUIRE(answer.ok());
    INFO(answer->body);
    REQUIRE(answer->status == status);
  }
  Finished ask(const std::string& command, const std::vector<std::string>& what = {}) const {
    std::vector<std::string> arguments{command, "--data", scratch.data()};
    arguments.insert(arguments.end(), what.begin(), what.end());
    return run(arguments);
  }
  std::size_t count(const std::vector<std::string>& what) const {
    const Finished found = ask("decisions", what);
    CHECK(found.err.empty());
    CHECK(found.status == 0);
    return static_cast<std::size_t>(std::count(found.out.begin(), found.out.end(), '\n'));
  }

  const Scratch scratch;
  std::unique_ptr<Running> server;
  std::optional<scrip::http::Client> client;
};

}  // namespace

TEST_CASE("decisions are listed a line each, the latest first, and chosen by what is asked") {
  const Decided decided;
  const Finished all = decided.ask("decisions");
  CHECK(all.status == 0);
  CHECK(all.out.starts_with("4\t2026-11-21T10:00:0"));
  CHECK(all.out.find("\tsulky\tjunho\t-\tissue tired\tmoody: Not again.\n3\t") != std::string::npos);
  CHECK(all.out.find("\tspring\tminji\t-\tissue already_issued\tper_user_limit: You already have this coupon.\n") !=
        std::string::npos);
  CHECK(all.out.find("\tissue allowed\t") != std::string::npos);
  CHECK(decided.count({}) == 4);
  CHECK(decided.count({"--limit", "3"}) == 3);
  CHECK(decided.count({"--user", "minji"}) == 2);
  CHECK(decided.count({"--campaign", "sulky"}) == 2);
  CHECK(decided.count({"--code", "allowed"}) == 2);
  CHECK(decided.count({"--code", "tired"}) == 1);
  CHECK(decided.count({"--hook", "redeem"}) == 0);
  CHECK(decided.count({"--since", "1h"}) == 4);
  CHECK(decided.count({"--until", "1h"}) == 0);
  CHECK(decided.count({"--since", "2026-11-21T09:59:00Z", "--until", "2026-11-22T00:00:00+09:00"}) == 4);
  CHECK(decided.count({"--since", "2026-11-22T00:00:00Z"}) == 0);
  const Finished json = decided.ask("decisions", {"--json", "--limit", "1"});
  const Json decision = Json::parse(json.out);
  CHECK(decision["id"] == "4");
  const std::string code =
      Json::parse(decided.ask("decisions", {"--json", "--user", "minji", "--code", "allowed"}).out)["coupon"];
  CHECK(decided.count({"--coupon", code}) == 1);
}

TEST_CASE("what is wrong with a question about decisions is said in a line") {
  const Decided decided;
  for (const std::vector<std::string>& what : std::vector<std::vector<std::string>>{{"--since", "yesterday"},
                                                                                    {"--until", "2026-11-21"},
                                                                                    {"--limit", "0"},
                                                                                    {"--limit", "many"},
                                                                                    {"--who", "x"}}) {
    CHECK(decided.ask("decisions", what).status == 2);
  }
  for (const std::vector<std::string>& what : std::vector<std::vector<std::string>>{
           {"--hook", "validate"}, {"--code", "Sold Out"}, {"--campaign", "winter"}, {"--coupon", "none"}}) {
    const Finished refused = decided.ask("decisions", what);
    CHECK(refused.status == 1);
    CHECK(refused.err.starts_with("scrip: "));
    CHECK(refused.out.empty());
  }
  CHECK(decided.ask("explain").status == 2);
  const Finished none = decided.ask("explain", {"99"});
  CHECK(none.status == 1);
  CHECK(none.err.find("There is no such decision") != std::string::npos);
}

TEST_CASE("decisions are followed as they come") {
  Decided decided;
  Running follower({"decisions", "--data", decided.scratch.data(), "--follow", "--limit", "2"});
  CHECK(follower.read_line().starts_with("3\t"));
  CHECK(follower.read_line().starts_with("4\t"));
  decided.issue("spring", "lee", 201);
  CHECK(follower.read_line().starts_with("5\t"));
  decided.issue("spring", "lee", 409);
  CHECK(follower.read_line().find("issue already_issued") != std::string::npos);
  follower.signal(SIGTERM);
  CHECK(follower.wait().status == 128 + SIGTERM);
}

TEST_CASE("a decision is explained, and the exit status says whether it comes out the same") {
  const Decided decided;
  const Finished refusal = decided.ask("explain", {"2"});
  CHECK(refusal.status == 0);
  CHECK(refusal.out.starts_with("decision 2, 2026-11-21T10:00:0"));
  CHECK(refusal.out.find("\ncampaign spring, policy welcome, user minji, coupon -\n") != std::string::npos);
  CHECK(refusal.out.find(" (in force)\n") != std::string::npos);
  CHECK(refusal.out.find("\nissue: denied already_issued") != std::string::npos);
  CHECK(refusal.out.find("\n  per_user_limit {\"max\":1,\"per\":\"campaign\"}\n") != std::string::npos);
  CHECK(refusal.out.find("\n  user.issued = 1\n") != std::string::npos);
  CHECK(refusal.out.find("\n  1. per_user_limit: denied already_issued") != std::string::npos);
  CHECK(refusal.out.find("byte for byte") != std::string::npos);
  CHECK(Json::parse(decided.ask("explain", {"2", "--json"}).out)["same"] == true);

  const Finished tired = decided.ask("explain", {"4"});
  CHECK(tired.status == 1);
  CHECK(tired.out.find("\nNot the same: The same facts give another verdict: then moody: denied tired") !=
        std::string::npos);
  CHECK(tired.out.find("\ntrace now\n  1. moody: passed\n") != std::string::npos);
  const Finished json = decided.ask("explain", {"4", "--json"});
  CHECK(json.status == 1);
  CHECK(Json::parse(json.out)["reason"] == "verdict");
}

TEST_CASE("a server may keep no decisions, also by its configuration file") {
  const Scratch scratch;
  scratch.write("scrip.toml", "keep-decisions = \"0\"\n");
  const Decided decided({"--config", scratch / "scrip.toml"});
  CHECK(decided.count({}) == 0);
  CHECK(run({"verify", "--data", decided.scratch.data()}).status == 0);
}

TEST_CASE("how long decisions are kept is a time, 0 or forever") {
  const Scratch scratch;
  for (const std::string wrong : {"a month", "30", "Forever"}) {
    CAPTURE(wrong);
    const Finished refused = run(scratch.serve({"--keep-decisions", wrong}));
    CHECK(refused.status == 2);
    CHECK(refused.err.find("forever") != std::string::npos);
  }
  const Decided decided({"--keep-decisions", "forever"});
  CHECK(decided.count({}) == 4);
}

TEST_CASE("a command that works beside a server, or without one, drops no decisions") {
  Decided decided({"--clock", "1999-01-01T00:00:00Z"});
  const auto add_user = [&](const std::string& login) {
    const Finished added = run({"user", "add", login, "--role", "operator", "--password-stdin", "--password-cost", "4",
                                "--data", decided.scratch.data()},
                               "correct horse\n");
    CHECK(added.status == 0);
  };
  add_user("ann");
  CHECK(decided.count({}) == 4);
  decided.server->signal(SIGTERM);
  REQUIRE(decided.server->wait().status == 0);
  add_user("bob");
  decided.server = std::make_unique<Running>(decided.scratch.serve({"--clock", "1999-01-02T00:00:00Z"}));
  REQUIRE(!await_url(*decided.server).empty());
  CHECK(decided.count({}) == 4);
}
