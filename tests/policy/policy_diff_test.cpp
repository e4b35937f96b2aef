#include "policy/policy_diff.h"

#include <catch2/catch.hpp>

using namespace scrip;

namespace {

std::string diff(const std::string& from, const std::string& to) {
  const auto diffs = diff_policies({{"scripts/a.lua", from}}, {{"scripts/a.lua", to}});
  if (diffs.empty()) return "";
  REQUIRE(diffs.size() == 1);
  CHECK(diffs[0].change == FileChange::changed);
  const std::string head = "--- a/scripts/a.lua\n+++ b/scripts/a.lua\n";
  REQUIRE(diffs[0].text.starts_with(head));
  return diffs[0].text.substr(head.size());
}

std::string numbers(int first, int last) {
  std::string text;
  for (int i = first; i <= last; ++i) text += std::to_string(i) + "\n";
  return text;
}

}  // namespace

TEST_CASE("what changed in a file is a unified diff with some lines around it") {
  CHECK(diff("a\nb\n", "a\nb\n").empty());
  CHECK(diff("a\n", "b\n") == "@@ -1,1 +1,1 @@\n-a\n+b\n");
  CHECK(diff(numbers(1, 9), numbers(1, 4) + "five\n" + numbers(6, 9)) ==
        "@@ -2,8 +2,8 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n 9\n");
  CHECK(diff(numbers(1, 30), "0\n" + numbers(1, 29)) ==
        "@@ -1,3 +1,4 @@\n+0\n 1\n 2\n 3\n@@ -27,4 +28,3 @@\n 27\n 28\n 29\n-30\n");
  CHECK(diff("a\n\nb\n", "a\n\nc\n") == "@@ -1,3 +1,3 @@\n a\n \n-b\n+c\n");
}

TEST_CASE("a last line without an end is another line than one that has it") {
  CHECK(diff("a", "a\n") == "@@ -1,1 +1,1 @@\n-a\n\\ No newline at end of file\n+a\n");
  CHECK(diff("a\nb", "c\nb") == "@@ -1,2 +1,2 @@\n-a\n+c\n b\n\\ No newline at end of file\n");
}

TEST_CASE("files that came and went are told as such, those that stayed are left out") {
  const auto diffs = diff_policies({{"a.lua", "1\n"}, {"b.lua", "2\n"}, {"d.lua", ""}},
                                   {{"a.lua", "1\n"}, {"c.lua", "3\n4\n"}, {"d.lua", "5\n"}});
  REQUIRE(diffs.size() == 3);
  CHECK(name(diffs[0].change) == "removed");
  CHECK(diffs[0].text == "--- a/b.lua\n+++ /dev/null\n@@ -1,1 +0,0 @@\n-2\n");
  CHECK(name(diffs[1].change) == "added");
  CHECK(diffs[1].text == "--- /dev/null\n+++ b/c.lua\n@@ -0,0 +1,2 @@\n+3\n+4\n");
  CHECK(name(diffs[2].change) == "changed");
  CHECK(diffs[2].text == "--- a/d.lua\n+++ b/d.lua\n@@ -0,0 +1,1 @@\n+5\n");
}

TEST_CASE("files of many lines with nothing in common are replaced whole, and those with much are not") {
  const std::string many = numbers(1, 20'000);
  const std::string others = numbers(100'001, 120'000);
  const std::string replaced = diff(many, others);
  CHECK(replaced.starts_with("@@ -1,20000 +1,20000 @@\n-1\n-2\n"));
  CHECK(replaced.ends_with("+120000\n"));
  CHECK(diff(many, many + "end\n") == "@@ -19998,3 +19998,4 @@\n 19998\n 19999\n 20000\n+end\n");
}
