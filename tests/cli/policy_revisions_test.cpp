// `scrip policy list|show|diff|rollback` on a server, and `scrip audit`.
#include <signal.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "scratch.h"

using namespace scrip::test;
using Json = nlohmann::json;

namespace {

const std::string first_text = "return policy {\n  name = \"fresh\",\n  rules = {},\n}\n";
const std::string second_text = "return policy {\n  name = \"fresh\",\n  rules = { expiry { days = 7 } },\n}\n";

std::string line(std::string text) {
  while (text.ends_with('\n')) text.pop_back();
  return text;
}

// A server with one set after the other in force.
class Edited {
 public:
  explicit Edited(const std::vector<std::string>& more = {}) {
    scratch.write("scripts/fresh.lua", first_text);
    server = std::make_unique<Running>(scratch.serve(more));
    url = await_url(*server);
    REQUIRE(!url.empty());
    first = Json::parse(get(url, "/api/v1/policies", token(scratch)))["revision"];
    scratch.write("scripts/fresh.lua", second_text);
    const Finished reloaded = run({"reload", "--data", scratch.data(), "--notes", "a week at most"});
    REQUIRE(reloaded.status == 0);
    second = line(reloaded.out);
  }
  Finished policy(const std::vector<std::string>& what) const {
    std::vector<std::string> arguments{"policy"};
    arguments.insert(arguments.end(), what.begin(), what.end());
    arguments.insert(arguments.end(), {"--data", scratch.data()});
    return run(arguments);
  }
  Finished audit(const std::vector<std::string>& what = {}) const {
    std::vector<std::string> arguments{"audit", "--data", scratch.data()};
    arguments.insert(arguments.end(), what.begin(), what.end());
    return run(arguments);
  }
  std::string active() const { return Json::parse(get(url, "/api/v1/policies", token(scratch)))["revision"]; }

  const Scratch scratch;
  std::unique_ptr<Running> server;
  std::string url;
  std::string first;
  std::string second;
};

}  // namespace

TEST_CASE("the sets that were in force are listed with who, from where, why, and which is active") {
  const Edited edited;
  const Finished listed = edited.policy({"list"});
  CHECK(listed.status == 0);
  CHECK(std::count(listed.out.begin(), listed.out.end(), '\n') == 2);
  CHECK(listed.out.starts_with("* " + edited.second.substr(0, 12) + "\t"));
  CHECK(listed.out.find("\toperator\treload\ta week at most\n") != std::string::npos);
  CHECK(listed.out.find("\n  " + edited.first.substr(0, 12) + "\t") != std::string::npos);
  CHECK(listed.out.find("\tstart\tstart\n") != std::string::npos);
  const Json all = Json::parse(edited.policy({"list", "--json"}).out);
  REQUIRE(all.size() == 2);
  CHECK(all[0]["revision"] == edited.second);
  CHECK(all[0]["active"] == true);
}

TEST_CASE("a set is shown with its notes and files, or one of its files as it was") {
  const Edited edited;
  const Finished shown = edited.policy({"show", edited.second.substr(0, 8)});
  CHECK(shown.status == 0);
  CHECK(shown.out.starts_with("revision " + edited.second + " (active)\n"));
  CHECK(shown.out.find("a week at most") != std::string::npos);
  CHECK(shown.out.find("  scripts/fresh.lua\t") != std::string::npos);
  CHECK(edited.policy({"show", edited.first, "--file", "scripts/fresh.lua"}).out == first_text);
  CHECK(edited.policy({"show", edited.second, "--file", "scripts/fresh.lua"}).out == second_text);
  CHECK(Json::parse(edited.policy({"show", edited.first, "--json"}).out)["active"] == false);
  const Finished missing = edited.policy({"show", edited.first, "--file", "scripts/none.lua"});
  CHECK(missing.status == 1);
  CHECK(missing.err.find("scripts/none.lua") != std::string::npos);
}

TEST_CASE("two sets are compared by a unified diff") {
  const Edited edited;
  const Finished diff = edited.policy({"diff", edited.first, edited.second});
  CHECK(diff.status == 0);
  CHECK(diff.out ==
        "--- a/scripts/fresh.lua\n+++ b/scripts/fresh.lua\n@@ -1,4 +1,4 @@\n return policy {\n   name = \"fresh\",\n"
        "-  rules = {},\n+  rules = { expiry { days = 7 } },\n }\n");
  CHECK(edited.policy({"diff", edited.first, edited.first}).out.empty());
  CHECK(Json::parse(edited.policy({"diff", edited.first, edited.second, "--json"}).out)["files"].size() == 1);
}

TEST_CASE("a rollback says what it did, and neither a watcher nor a start undoes it") {
  Edited edited({"--watch"});
  const Finished back = edited.policy({"rollback", edited.first.substr(0, 10), "--notes", "a slip"});
  CHECK(back.status == 0);
  CHECK(back.out.starts_with("revision " + edited.first + " is in force; before it was " + edited.second + "\n"));
  CHECK(back.out.find("set aside") != std::string::npos);
  CHECK(edited.policy({"list"}).out.find("\trollback\ta slip\n") != std::string::npos);
  edited.server->signal(SIGTERM);
  REQUIRE(edited.server->wait().status == 0);
  edited.server = std::make_unique<Running>(edited.scratch.serve({"--watch"}));
  edited.url = await_url(*edited.server);
  REQUIRE(!edited.url.empty());
  CHECK(edited.active() == edited.first);
  // The watcher takes what comes after.
  edited.scratch.write("scripts/fresh.lua", second_text + "-- once more\n");
  CHECK(becomes([&] { return edited.active() != edited.first; }));
  edited.scratch.write("scripts/fresh.lua", first_text);
  CHECK(becomes([&] { return edited.active() == edited.first; }));
  CHECK(edited.policy({"rollback", edited.first}).out.find("set aside") == std::string::npos);
}

TEST_CASE("a rollback that is refused says where, changes nothing and exits with 1") {
  const Edited edited;
  edited.scratch.write("scripts/late.lua", "return policy { name = \"late\", rules = {} }\n");
  REQUIRE(run({"reload", "--data", edited.scratch.data()}).status == 0);
  const std::string before = edited.active();
  auto client = scrip::http::Client::open(edited.url, {.token = token(edited.scratch)});
  REQUIRE(client);
  REQUIRE(client->post("/api/v1/campaigns", R"({"id":"spring","policy":"late","total":10})")->status == 201);
  const Finished refused = edited.policy({"rollback", edited.first});
  CHECK(refused.status == 1);
  CHECK(refused.out.empty());
  CHECK(refused.err.find("scripts: campaign spring does not fit") == 0);
  CHECK(Json::parse(edited.policy({"rollback", edited.first, "--json"}).out)["errors"].size() == 1);
  CHECK(edited.active() == before);
}

TEST_CASE("revisions that are none, and notes that are no text, are refused") {
  const Edited edited;
  for (const char* revision : {"ffffffff", "1234567", "welcome.lua", "../../x"}) {
    CAPTURE(revision);
    for (const std::vector<std::string>& what : std::vector<std::vector<std::string>>{
             {"show", revision}, {"diff", revision, edited.first}, {"rollback", revision}}) {
      const Finished refused = edited.policy(what);
      CHECK(refused.status == 1);
      CHECK(refused.out.empty());
      CHECK(std::count(refused.err.begin(), refused.err.end(), '\n') == 1);
    }
  }
  for (const std::string& notes : {std::string(1'001, 'x'), std::string("a\nb"), std::string("\xff")}) {
    CHECK(run({"reload", "--data", edited.scratch.data(), "--notes", notes}).status == 2);
    CHECK(edited.policy({"rollback", edited.first, "--notes", notes}).status == 2);
  }
  CHECK(run({"policy", "rollback"}).status == 2);
  CHECK(edited.active() == edited.second);
}

TEST_CASE("the audit log is printed oldest first, and as JSON a line") {
  const Edited edited;
  const Finished printed = edited.audit();
  CHECK(printed.status == 0);
  CHECK(std::count(printed.out.begin(), printed.out.end(), '\n') == 2);
  CHECK(printed.out.find("\tstart (host)\tpolicies.reloaded\tpolicies\t") != std::string::npos);
  CHECK(printed.out.find("\toperator (operator)\tpolicies.reloaded\tpolicies\t{\"revision\":\"" + edited.first +
                         "\"} -> {") != std::string::npos);
  const Finished one = edited.audit({"--subject", "operator", "--action", "policies.reloaded", "--json"});
  CHECK(Json::parse(one.out)["new"]["notes"] == "a week at most");
  CHECK(edited.audit({"--target", "campaign/none"}).out.empty());
  CHECK(edited.audit({"--since", "0"}).out.empty());
  CHECK(edited.audit({"--action", "nonsense"}).status == 1);
  CHECK(edited.audit({"--since", "yesterday"}).status == 2);
}

TEST_CASE("the audit log is followed, also over a restart of the server") {
  Edited edited;
  Running follower({"audit", "--data", edited.scratch.data(), "--follow"});
  CHECK(follower.read_line().find("start (host)") != std::string::npos);
  CHECK(follower.read_line().find("a week at most") != std::string::npos);
  CHECK(edited.policy({"rollback", edited.first}).status == 0);
  CHECK(follower.read_line().find("policies.rolled_back") != std::string::npos);
  edited.server->signal(SIGTERM);
  REQUIRE(edited.server->wait().status == 0);
  edited.server = std::make_unique<Running>(edited.scratch.serve());
  edited.url = await_url(*edited.server);
  REQUIRE(!edited.url.empty());
  CHECK(edited.policy({"rollback", edited.second}).status == 0);
  CHECK(follower.read_line().find("policies.rolled_back") != std::string::npos);
  follower.signal(SIGTERM);
  CHECK(follower.wait().status == 128 + SIGTERM);
}

TEST_CASE("without a server there is nothing to ask") {
  const Scratch scratch;
  REQUIRE(run({"user", "add", "ann", "--role", "operator", "--password-stdin", "--password-cost", "4", "--data",
               scratch.data()},
              "correct horse\n")
              .status == 0);
  for (const std::vector<std::string>& what : std::vector<std::vector<std::string>>{
           {"policy", "list"}, {"policy", "show", "12345678"}, {"policy", "rollback", "12345678"}, {"audit"}}) {
    std::vector<std::string> arguments = what;
    arguments.insert(arguments.end(), {"--data", scratch.data()});
    const Finished refused = run(arguments);
    CHECK(refused.status == 1);
    CHECK(refused.err.find("no server is running") != std::string::npos);
  }
}

TEST_CASE("accounts that are made without a server are in the audit log") {
  const Scratch scratch;
  const auto user = [&](const std::string& what, const std::vector<std::string>& more = {}) {
    std::vector<std::string> arguments{"user", what, "ann"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    arguments.insert(arguments.end(), {"--password-stdin", "--password-cost", "4", "--data", scratch.data()});
    return run(arguments, "correct horse\n").status;
  };
  REQUIRE(user("add", {"--role", "operator"}) == 0);
  REQUIRE(user("passwd") == 0);
  Running server(scratch.serve());
  REQUIRE(!await_url(server).empty());
  const std::string printed = run({"audit", "--data", scratch.data(), "--target", "user/ann"}).out;
  CHECK(printed.find("\tuser.added\tuser/ann\t{\"role\":\"operator\"}\n") != std::string::npos);
  CHECK(printed.find("\tuser.changed\tuser/ann\t{} -> {\"password\":\"changed\"}\n") != std::string::npos);
  CHECK(printed.find("horse") == std::string::npos);
}
