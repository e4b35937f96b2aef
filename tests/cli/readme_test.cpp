// Pastes the tour of the README, as a reader would.
#include <signal.h>

#include <catch2/catch.hpp>
#include <sstream>

#include "scratch.h"

using namespace scrip::test;

namespace {

std::string text_of(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

// The ```sh blocks that say that they are pasted here, one after the other.
std::string tour() {
  const std::string readme = text_of(source_folder / "README.md");
  const std::string mark = "<!-- tests/cli/readme_test.cpp pastes this";
  const std::string open = "```sh\n";
  std::string blocks;
  for (std::size_t at = readme.find(mark); at != std::string::npos; at = readme.find(mark, at + 1)) {
    const std::size_t from = readme.find(open, at) + open.size();
    blocks += readme.substr(from, readme.find("```", from) - from);
  }
  return blocks;
}

std::string with(std::string text, const std::string& what, const std::string& instead) {
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + instead.size())) {
    text.replace(at, what.size(), instead);
  }
  return text;
}

}  // namespace

TEST_CASE("the README's tour works as it is pasted") {
  const Scratch scratch;
  Running server(scratch.serve({"--compat"}));  // as ./dev run does
  const std::string url = await_url(server);
  REQUIRE(!url.empty());
  std::string script = with(tour(), "http://127.0.0.1:8080", url);
  script = with(script, "build/scrip", SCRIP_BINARY);
  script = with(script, "--data data", "--data " + scratch.data());
  REQUIRE(script.find(url) != std::string::npos);
  scratch.write("tour.sh", "set -eu\n" + script);
  REQUIRE(std::system(("bash " + (scratch / "tour.sh") + " > " + (scratch / "said")).c_str()) == 0);
  const std::string said = text_of(scratch / "said");
  CAPTURE(said);
  CHECK(said.find("\"id\":\"spring\"") != std::string::npos);
  CHECK(said.find("\"valid\":true") != std::string::npos);
  CHECK(said.find("\"amount\":2000") != std::string::npos);
  CHECK(said.find("\"state\":\"redeemed\"") != std::string::npos);
  CHECK(said.find("\"state\":\"issued\"") != std::string::npos);
  CHECK(said.rfind("\"state\":\"redeemed\"") > said.rfind("\"state\":\"issued\""));
  CHECK(said.find("\"problem") == std::string::npos);
  CHECK(said.find("urn:scrip:error") == std::string::npos);
  CHECK(said.find("\"code\":\"invalid") == std::string::npos);
  CHECK(run({"verify", "--data", scratch.data()}).status == 0);
}
