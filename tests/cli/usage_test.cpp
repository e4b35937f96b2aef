#include <algorithm>
#include <catch2/catch.hpp>

#include "process.h"

using namespace scrip::test;

namespace {

using Arguments = std::vector<std::string>;

bool is_one_line(const std::string& text) {
  return text.ends_with('\n') && std::count(text.begin(), text.end(), '\n') == 1;
}

}  // namespace

TEST_CASE("every command says what it takes") {
  const std::vector<Arguments> commands{{},
                                        {"serve"},
                                        {"reload"},
                                        {"policy"},
                                        {"policy", "list"},
                                        {"policy", "check"},
                                        {"policy", "test"},
                                        {"policy", "show"},
                                        {"policy", "diff"},
                                        {"policy", "rollback"},
                                        {"audit"},
                                        {"policy", "try"},
                                        {"policy", "windows"},
                                        {"policy", "record"},
                                        {"user"},
                                        {"user", "add"},
                                        {"user", "passwd"},
                                        {"user", "list"},
                                        {"token"},
                                        {"verify"},
                                        {"load"},
                                        {"bench"},
                                        {"bench", "engine"},
                                        {"version"}};
  for (Arguments arguments : commands) {
    arguments.emplace_back("--help");
    const Finished help = run(arguments);
    CAPTURE(arguments);
    CHECK(help.status == 0);
    CHECK(help.out.find("Usage: scrip") != std::string::npos);
    CHECK(help.err.empty());
  }
}

TEST_CASE("the list of commands names each of them") {
  const std::string help = run({"--help"}).out;
  for (const char* name :
       {"serve", "reload", "policy", "audit", "user", "token", "verify", "load", "bench", "version"}) {
    CHECK(help.find("  " + std::string(name) + " ") != std::string::npos);
  }
}

TEST_CASE("wrong usage is one line on stderr and exit status 2") {
  const std::vector<Arguments> wrong{
      {},
      {"fly"},
      {"serve"},
      {"serve", "--data"},
      {"serve", "--data", "d", "--no-such-option"},
      {"serve", "--data", "d", "stray"},
      {"serve", "--data", "d", "--clock", "2026-11-21T10:00:00"},
      {"serve", "--data", "d", "--clock", "yesterday"},
      {"serve", "--data", "d", "--timezone", "Mars/Olympus"},
      {"serve", "--data", "d", "--log-level", "loud"},
      {"serve", "--data", "d", "--policy-time", "10"},
      {"serve", "--data", "d", "--policy-memory", "8 MiB"},
      {"serve", "--data", "d", "--max-connections", "0"},
      {"serve", "--data", "d", "--password-cost", "3"},
      {"serve", "--data", "d", "--store", "mysql://localhost/scrip"},
      {"serve", "--data", "d", "--store", "paper"},
      {"serve", "--data", "d", "--config", "/no/such/file.toml"},
      {"reload", "--data", "d", "--server", "http://127.0.0.1:1"},
      {"policy"},
      {"policy", "burn"},
      {"user"},
      {"user", "add"},
      {"user", "add", "ann", "--role", "king"},
      {"token", "--role", "user"},
      {"token", "--sub", "ann"},
      {"token", "--sub", "ann", "--role", "user", "--ttl", "0s"},
      {"token", "--sub", "ann", "--role", "user", "--ttl", "-1h"},
      {"serve", "--data", "d", "--open-rpc"},
      {"load", "--users", "1"},
      {"load", "--users", "many"},
      {"load", "--campaigns", "0"},
      {"load", "--time", "10"},
      {"load", "--think", "slow"},
      {"load", "--think", "300ms-100ms"},
      {"load", "--protocol", "grpc"},
      {"load", "--start-date", "tomorrow"},
      {"load", "--end-date", "2026-02-30"},
      {"load", "--token", "t", "--data", "d"},
      {"bench"},
      {"version", "please"},
  };
  for (const Arguments& arguments : wrong) {
    const Finished refused = run(arguments);
    CAPTURE(arguments, refused.err);
    CHECK(refused.status == 2);
    CHECK(refused.out.empty());
    CHECK(is_one_line(refused.err));
    CHECK(refused.err.starts_with("scrip: "));
  }
}

TEST_CASE("a store that there is not is named, with those that there are") {
  const Finished refused = run({"serve", "--data", "d", "--store", "mysql://localhost/scrip"});
  CHECK(refused.status == 2);
  CHECK(refused.err.find("'mysql://localhost/scrip' is no store; write sqlite or postgresql://") != std::string::npos);
}

TEST_CASE("the version is printed, as JSON when asked for") {
  CHECK(run({"version"}).out.starts_with("scrip "));
  CHECK(run({"--version"}).out == run({"version"}).out);
  CHECK(run({"version", "--json"}).out.starts_with("{\"version\":\""));
}
