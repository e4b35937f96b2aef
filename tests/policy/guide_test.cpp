// The examples of plugins/README.md, as an author would copy them.
#include <fstream>
#include <sstream>

#include "policy_sets.h"

using namespace scrip;

namespace {

std::string guide() {
  std::ifstream in(std::string(SCRIP_SOURCE_DIR) + "/plugins/README.md", std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

// The blocks of Lua that are marked as run here.
std::vector<std::string> marked() {
  const std::string text = guide();
  const std::string mark = "<!-- tests/policy/guide_test.cpp runs this -->\n```lua\n";
  std::vector<std::string> blocks;
  for (std::size_t at = text.find(mark); at != std::string::npos; at = text.find(mark, at + 1)) {
    const std::size_t from = at + mark.size();
    blocks.push_back(text.substr(from, text.find("```", from) - from));
  }
  return blocks;
}

}  // namespace

TEST_CASE("the test files of the authors' guide pass with the shipped plugins") {
  const std::string source = SCRIP_SOURCE_DIR;
  const auto shipped = read_policy_files(source + "/scripts", source + "/plugins").files;
  std::vector<PolicyFile> files;
  for (const PolicyFile& file : shipped) {
    if (kind_of(file) == PolicyFileKind::plugin) files.push_back(file);
  }
  const auto blocks = marked();
  REQUIRE(blocks.size() == 2);
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    files.push_back({"plugins/guide_" + std::to_string(i) + "_test.lua", blocks[i]});
  }
  const CompiledSet compiled = compile(std::move(files), roomy);
  CHECK(listed(compiled.errors) == "");
  CHECK(compiled.tests.size() == 6);
}
