#include <signal.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "scratch.h"

using namespace scrip::test;
using Json = nlohmann::json;

namespace {

const char* const new_policy = "return policy { name = \"fresh\", rules = {} }\n";

class Served {
 public:
  explicit Served(const std::vector<std::string>& more = {}) : server_(scratch.serve(more)), url_(await_url(server_)) {
    REQUIRE(!url_.empty());
    token_ = token(scratch);
  }
  Json policies() const { return Json::parse(get(url_, "/api/v1/policies", token_)); }
  std::string revision() const { return policies()["revision"]; }
  const std::string& url() const { return url_; }
  Running& server() { return server_; }
  const std::string& operator_token() const { return token_; }

  const Scratch scratch;

 private:
  Running server_;
  std::string url_;
  std::string token_;
};

}  // namespace

TEST_CASE("reload prints the revision that is in force from then on") {
  const Served served;
  const std::string before = served.revision();
  served.scratch.write("scripts/fresh.lua", new_policy);
  const Finished reloaded = run({"reload", "--data", served.scratch.data()});
  CHECK(reloaded.status == 0);
  CHECK(reloaded.out == served.revision() + "\n");
  CHECK(served.revision() != before);
  const Json again = Json::parse(run({"reload", "--data", served.scratch.data(), "--json"}).out);
  CHECK(again["revision"] == served.revision());
  CHECK(again["previous"] == served.revision());
}

TEST_CASE("a reload that is refused prints every error and changes nothing") {
  const Served served;
  const std::string before = served.revision();
  served.scratch.write("scripts/one.lua", "return policy {\n  name = \"one\",\n  rules = { no_such_rule {} },\n}\n");
  served.scratch.write("scripts/two.lua", "return 2\n");
  const Finished refused = run({"reload", "--data", served.scratch.data()});
  CHECK(refused.status == 1);
  CHECK(refused.out.empty());
  CHECK(refused.err.find("scripts/one.lua:3: ") != std::string::npos);
  CHECK(refused.err.find("scripts/two.lua:") != std::string::npos);
  CHECK(served.revision() == before);
}

TEST_CASE("a server elsewhere is reloaded with the token of the environment") {
  const Served served;
  const std::vector<std::string> reload{"reload", "--server", served.url()};
  ::unsetenv("SCRIP_TOKEN");
  const Finished without = run(reload);
  CHECK(without.status == 1);
  CHECK(without.err.find("SCRIP_TOKEN") != std::string::npos);
  ::setenv("SCRIP_TOKEN", token(served.scratch, "user").c_str(), 1);
  CHECK(run(reload).status == 1);
  ::setenv("SCRIP_TOKEN", served.operator_token().c_str(), 1);
  CHECK(run(reload).out == served.revision() + "\n");
  ::unsetenv("SCRIP_TOKEN");
}

TEST_CASE("a server that does not answer is named") {
  ::setenv("SCRIP_TOKEN", "x", 1);
  const Finished refused = run({"reload", "--server", "http://127.0.0.1:1"});
  ::unsetenv("SCRIP_TOKEN");
  CHECK(refused.status == 1);
  CHECK(refused.err.find("127.0.0.1:1") != std::string::npos);
}

TEST_CASE("SIGHUP reloads, and does not end the server when the policies are bad") {
  Served served;
  const std::string before = served.revision();
  served.scratch.write("scripts/fresh.lua", new_policy);
  served.server().signal(SIGHUP);
  CHECK(becomes([&] { return served.revision() != before; }));
  const std::string fresh = served.revision();
  served.scratch.write("scripts/fresh.lua", "return 3\n");
  served.server().signal(SIGHUP);
  CHECK(becomes([&] { return served.policies()["last_attempt"]["ok"] == false; }));
  CHECK(served.revision() == fresh);
  served.server().signal(SIGTERM);
  const Finished ended = served.server().wait();
  CHECK(ended.status == 0);
  CHECK(ended.err.find("scripts/fresh.lua") != std::string::npos);
}

TEST_CASE("a watched folder is reloaded when a file is written, replaced or removed") {
  const Served served({"--watch"});
  const std::string first = served.revision();
  served.scratch.write("scripts/fresh.lua", new_policy);
  CHECK(becomes([&] { return served.revision() != first; }));
  const std::string second = served.revision();
  // As editors save.
  served.scratch.write("scripts/.fresh.lua.swp", std::string("-- edited\n") + new_policy);
  std::filesystem::rename(served.scratch / "scripts/.fresh.lua.swp", served.scratch / "scripts/fresh.lua");
  CHECK(becomes([&] { return served.revision() != second; }));
  std::filesystem::remove(served.scratch / "scripts/fresh.lua");
  CHECK(becomes([&] { return served.revision() == first; }));
}

TEST_CASE("a watched folder that is bad for a while keeps the old policies until it is good again") {
  const Served served({"--watch"});
  const std::string first = served.revision();
  served.scratch.write("plugins/bad.lua", "return plugin {\n");
  CHECK(becomes([&] { return served.policies()["last_attempt"]["ok"] == false; }));
  CHECK(served.revision() == first);
  std::filesystem::remove(served.scratch / "plugins/bad.lua");
  CHECK(becomes([&] { return served.policies()["last_attempt"]["ok"] == true; }));
  CHECK(served.revision() == first);
}

TEST_CASE("a watched folder that is moved away and back is watched again") {
  const Served served({"--watch"});
  const std::string first = served.revision();
  std::filesystem::rename(served.scratch / "scripts", served.scratch / "elsewhere");
  CHECK(becomes([&] { return served.policies()["last_attempt"]["ok"] == false; }));
  std::filesystem::rename(served.scratch / "elsewhere", served.scratch / "scripts");
  CHECK(becomes([&] { return served.policies()["last_attempt"]["ok"] == true; }));
  served.scratch.write("scripts/fresh.lua", new_policy);
  CHECK(becomes([&] { return served.revision() != first; }));
}
