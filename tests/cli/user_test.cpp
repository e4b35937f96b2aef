#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "scratch.h"

using namespace scrip::test;

namespace {

Finished add(const Scratch& scratch, const std::string& login, const std::string& role, const std::string& password) {
  return run(
      {"user", "add", login, "--role", role, "--password-stdin", "--password-cost", "4", "--data", scratch.data()},
      password + "\n");
}

unsigned mode(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 ? status.st_mode & 0777U : 0;
}

}  // namespace

TEST_CASE("accounts are added and listed without a server") {
  const Scratch scratch;
  CHECK(add(scratch, "ann", "operator", "correct horse").status == 0);
  CHECK(add(scratch, "bob", "user", "battery staple").status == 0);
  const auto users = nlohmann::json::parse(run({"user", "list", "--json", "--data", scratch.data()}).out);
  REQUIRE(users.size() == 2);
  CHECK(users[0]["login"] == "ann");
  CHECK(users[0]["role"] == "operator");
  CHECK(users[1]["login"] == "bob");
  CHECK(users[0].size() == 3);  // and its instant; nothing of the password
  CHECK(run({"user", "list", "--data", scratch.data()}).out.starts_with("ann\toperator\t"));
}

TEST_CASE("the data directory is for its owner alone") {
  const Scratch scratch;
  REQUIRE(add(scratch, "ann", "operator", "correct horse").status == 0);
  REQUIRE(run({"token", "--data", scratch.data(), "--sub", "ann", "--role", "user"}).status == 0);
  CHECK(mode(scratch.data()) == 0700);
  CHECK(mode(scratch.data() + "/secret") == 0600);
  CHECK(mode(scratch.data() + "/scrip.db") == 0600);
}

TEST_CASE("an account that cannot be added is refused in one line") {
  const Scratch scratch;
  REQUIRE(add(scratch, "ann", "operator", "correct horse").status == 0);
  const Finished twice = add(scratch, "ann", "user", "another one");
  CHECK(twice.status == 1);
  CHECK(twice.err == "scrip: There is already an account ann.\n");
  const Finished too_short = add(scratch, "bob", "user", "short");
  CHECK(too_short.status == 1);
  CHECK(too_short.err.starts_with("scrip: "));
  CHECK(add(scratch, "c\nd", "user", "long enough").status == 1);
  CHECK(run({"user", "add", "bob", "--password-stdin", "--data", scratch.data()}).status == 1);
  CHECK(run({"user", "passwd", "nobody", "--password-stdin", "--password-cost", "4", "--data", scratch.data()},
            "a new password\n")
            .err == "scrip: There is no account nobody.\n");
}

TEST_CASE("without a terminal a password has to come from standard input") {
  const Scratch scratch;
  const Finished refused = run({"user", "add", "ann", "--data", scratch.data()}, "correct horse\n");
  CHECK(refused.status == 1);
  CHECK(refused.err.find("--password-stdin") != std::string::npos);
}

TEST_CASE("there are no accounts to list where there is no database") {
  const Scratch scratch;
  const Finished refused = run({"user", "list", "--data", scratch.data()});
  CHECK(refused.status == 1);
  CHECK_FALSE(std::filesystem::exists(scratch.data()));
}

TEST_CASE("an account is added and changed beside a running server, and signs in at once") {
  const Scratch scratch;
  Running server(scratch.serve({"--password-cost", "4"}));
  const std::string url = await_url(server);
  REQUIRE(!url.empty());
  auto client = scrip::http::Client::open(url, {});
  REQUIRE(client);
  const auto sign_in = [&](const std::string& password) {
    const auto answer = client->post("/api/v1/tokens", R"({"login":"ann","password":")" + password + "\"}");
    return answer ? answer->status : 0;
  };
  CHECK(sign_in("correct horse") == 401);
  REQUIRE(add(scratch, "ann", "operator", "correct horse").status == 0);
  CHECK(sign_in("correct horse") == 200);
  REQUIRE(run({"user", "passwd", "ann", "--password-stdin", "--password-cost", "4", "--data", scratch.data()},
              "battery staple\n")
              .status == 0);
  CHECK(sign_in("correct horse") == 401);
  CHECK(sign_in("battery staple") == 200);
}
