// Reading a set from disk, and naming it.
#include "policy/policy_files.h"

#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

using namespace scrip;
namespace fs = std::filesystem;

namespace {

// A folder that is gone when the test is.
class Folder {
 public:
  Folder() {
    std::string name = (fs::temp_directory_path() / "scrip-policies-XXXXXX").string();
    REQUIRE(mkdtemp(name.data()));
    path_ = name;
  }
  ~Folder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  const fs::path& path() const { return path_; }
  void write(const std::string& name, const std::string& text) const {
    fs::create_directories((path_ / name).parent_path());
    std::ofstream(path_ / name, std::ios::binary) << text;
  }

 private:
  fs::path path_;
};

std::vector<std::string> names(const std::vector<PolicyFile>& files) {
  std::vector<std::string> names;
  for (const PolicyFile& file : files) names.push_back(file.name);
  return names;
}

}  // namespace

TEST_CASE("a set is the Lua files of both directories, by name, wherever the directories are") {
  const Folder folder;
  folder.write("rules/z.lua", "z");
  folder.write("rules/a.lua", "");
  folder.write("rules/a_test.lua", "t");
  folder.write("rules/types.lua", "types");
  folder.write("rules/README.md", "text");
  folder.write("rules/.hidden.lua", "h");
  folder.write("rules/a.lua~", "backup");
  folder.write("rules/deeper/b.lua", "b");
  folder.write("policies/types.lua", "here it is a script");
  folder.write("policies/s.lua", std::string("a\0b", 3));
  fs::create_symlink(folder.path() / "rules/z.lua", folder.path() / "policies/link.lua");
  const PolicyFiles read = read_policy_files(folder.path() / "policies", folder.path() / "rules");
  CHECK(read.errors.empty());
  CHECK(names(read.files) == std::vector<std::string>{"plugins/a.lua", "plugins/a_test.lua", "plugins/z.lua",
                                                      "scripts/link.lua", "scripts/s.lua", "scripts/types.lua"});
  CHECK(read.files[3].text == "z");
  CHECK(read.files[4].text == std::string("a\0b", 3));
}

TEST_CASE("files that cannot be taken are errors, and the others are read") {
  const Folder folder;
  folder.write("p/large.lua", std::string(max_policy_file + 1, ' '));
  folder.write("p/exact.lua", std::string(max_policy_file, ' '));
  folder.write("p/latin.lua", "local a = 1\nlocal b = '\xe9'\n");
  folder.write("p/bytecode.lua", "\x1bLJ\x02");
  fs::create_symlink(folder.path() / "nowhere", folder.path() / "p/dangling.lua");
  fs::create_directories(folder.path() / "p/folder.lua");
  fs::create_directories(folder.path() / "s");
  const PolicyFiles read = read_policy_files(folder.path() / "s", folder.path() / "p");
  CHECK(names(read.files) == std::vector<std::string>{"plugins/exact.lua"});
  REQUIRE(read.errors.size() == 5);
  CHECK(to_string(read.errors[0]) == "plugins/bytecode.lua: is bytecode; a policy file is text");
  CHECK(read.errors[1].file == "plugins/dangling.lua");
  CHECK(to_string(read.errors[2]) == "plugins/folder.lua: is not a file");
  CHECK(to_string(read.errors[3]) == "plugins/large.lua: is larger than 1 MiB");
  CHECK(to_string(read.errors[4]) == "plugins/latin.lua:2: is not UTF-8");
}

TEST_CASE("a directory that is not there is an error") {
  const Folder folder;
  folder.write("p/a.lua", "");
  const PolicyFiles read = read_policy_files(folder.path() / "nowhere", folder.path() / "p");
  CHECK(names(read.files) == std::vector<std::string>{"plugins/a.lua"});
  REQUIRE(read.errors.size() == 1);
  CHECK(read.errors[0].file == "scripts");
  CHECK_THAT(read.errors[0].message, Catch::Matchers::Contains("cannot read the directory"));
}

TEST_CASE("the revision is the SHA-256 over names, sizes and bytes, in the order of names") {
  // printf 'plugins/a.lua\0003\000abcscripts/b.lua\0000\000' | sha256sum
  const std::string expected = "ec343d8edf5a8f0b9cd3eff606d1eca7535349c75e9aff39c86c471f15013fbc";
  const PolicyFile a{"plugins/a.lua", "abc"};
  const PolicyFile b{"scripts/b.lua", ""};
  CHECK(revision_of({a, b}) == expected);
  CHECK(revision_of({b, a}) == expected);
  CHECK(revision_of({}) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(revision_of({{"plugins/a.lua", "abcd"}, b}) != expected);
  CHECK(revision_of({{"plugins/b.lua", "abc"}, b}) != expected);
}

TEST_CASE("a file's name says what it is") {
  CHECK(kind_of({"plugins/a.lua", ""}) == PolicyFileKind::plugin);
  CHECK(kind_of({"scripts/a.lua", ""}) == PolicyFileKind::script);
  CHECK(kind_of({"plugins/a_test.lua", ""}) == PolicyFileKind::test);
  CHECK(kind_of({"scripts/a_test.lua", ""}) == PolicyFileKind::test);
  for (const char* other : {"", "a.lua", "other/a.lua", "plugins/a.txt", "plugins"}) CHECK_FALSE(kind_of({other, ""}));
}

TEST_CASE("a name that would spoil a report is refused") {
  for (const char* name : {"plugins/a\nb.lua", "plugins/\xff.lua"}) {
    const auto refused = check_policy_file({name, ""});
    REQUIRE(refused);
    CHECK(refused->message == "its name is not plain UTF-8");
  }
}

TEST_CASE("an error is written as compilers write them") {
  CHECK(to_string(PolicyError{"plugins/a.lua", 12, "is wrong"}) == "plugins/a.lua:12: is wrong");
  CHECK(to_string(PolicyError{"plugins/a.lua", 0, "is wrong"}) == "plugins/a.lua: is wrong");
}
