// Which lines the tests of a set ran.
#include "lua/line_coverage.h"

#include <algorithm>

#include "lua/sandbox.h"
#include "lua/tested_set.h"
#include "policy_sets.h"

using namespace scrip;

namespace {

const std::string limit = R"(local function never()
  local a = 1
  return a
end

return plugin {
  name = "limit", version = "1.0.0", doc = "x",
  params = {
    max = { type = "integer", default = 1 },
  },
  issue = function(p, facts)
    if facts.user.issued >= p.max then
      return deny("already_issued", "You have it.")
    end
    -- Nothing to run here.
    return effect { note = "x" }
  end,
}
)";

FileCoverage covered(const std::string& tests, const std::string& plugin = limit) {
  const auto all = measure_coverage({{"plugins/limit.lua", plugin}, {"plugins/limit_test.lua", tests}}, roomy, {});
  REQUIRE(all.size() == 1);
  CHECK(all[0].file == "plugins/limit.lua");
  return all[0];
}

std::string asks(const std::string& facts) {
  return "return test 'limit' { ['x'] = function(t) t.decide { hook = 'issue', rules = { limit {} }, facts = { " +
         facts + " } } end }";
}

}  // namespace

TEST_CASE("lines with code are known, also those of functions that nobody ever made") {
  CHECK(runnable_lines("local a = 1\n\n-- no code\nlocal b = a\n").size() >= 2);
  const std::vector<int> lines = runnable_lines(limit);
  for (const int line : {2, 3, 12, 13, 16}) CHECK(std::count(lines.begin(), lines.end(), line) == 1);
  for (const int line : {5, 15}) CHECK(std::count(lines.begin(), lines.end(), line) == 0);
  const std::vector<int> nested = runnable_lines("return function()\nreturn function()\nreturn 1\nend\nend\n");
  CHECK(std::count(nested.begin(), nested.end(), 3) == 1);
  CHECK(runnable_lines("this is no Lua").empty());
}

TEST_CASE("lines that no test runs are named") {
  CHECK(covered("return test 'limit' {}").missed == std::vector<int>{2, 3, 12, 13, 16});
  CHECK(covered(asks("")).missed == std::vector<int>{2, 3, 13});
  CHECK(covered(asks("user = { issued = 1 }")).missed == std::vector<int>{2, 3, 16});
  const FileCoverage some = covered(asks(""));
  CHECK(some.percent() == Approx(100.0 * (some.lines - 3) / some.lines));
}

TEST_CASE("a test that fails still shows what it ran") {
  CHECK(covered("return test 'limit' { ['x'] = function(t) t.decide { hook = 'issue', rules = { limit {} } } "
                "error('no') end }")
            .missed == std::vector<int>{2, 3, 13});
}

TEST_CASE("scripts count, and tests do not") {
  const auto all =
      measure_coverage({{"plugins/limit.lua", limit},
                        {"plugins/limit_test.lua", asks("")},
                        {"scripts/one.lua", "return policy {\n  name = 'one',\n  rules = { limit {} },\n}"},
                        {"scripts/broken.lua", "return policy {"}},
                       roomy, {});
  REQUIRE(all.size() == 2);
  CHECK(all[1].file == "scripts/one.lua");
  CHECK(all[1].missed.empty());
}

TEST_CASE("measuring gives a rule nothing to reach and changes no verdict") {
  const auto names = [](LineCoverage* coverage, const Sources& sources) {
    const auto vm = Vm::create(sources, coverage);
    REQUIRE(vm);
    std::vector<std::string> reached;
    REQUIRE(vm->run({1'000'000, 8 << 20}, [&](lua_State* L) {
      push_sandbox(L, PolicyFileKind::plugin, &raise_unknown_name);
      reached = reachable_names(L);
    }));
    return reached;
  };
  const Sources sources = std::make_shared<const std::vector<PolicyFile>>();
  LineCoverage coverage(sources);
  CHECK(names(&coverage, sources) == names(nullptr, sources));
  // The set that is accepted is made without it: compiled again it is the same, test for test.
  const std::vector<PolicyFile> files{{"plugins/limit.lua", limit}, {"plugins/limit_test.lua", asks("")}};
  const auto before = compile_with(files, roomy, {});
  measure_coverage(files, roomy, {});
  const auto after = compile_with(files, roomy, {});
  REQUIRE(before.set);
  REQUIRE(after.set);
  CHECK(before.set->revision() == after.set->revision());
}

TEST_CASE("a measured VM is stopped as any other") {
  const Sources sources = std::make_shared<const std::vector<PolicyFile>>(
      std::vector<PolicyFile>{{"plugins/endless.lua", "local n = 0\nwhile true do\n  n = n + 1\nend\n"}});
  LineCoverage coverage(sources);
  const auto vm = Vm::create(sources, &coverage);
  REQUIRE(vm);
  CHECK_FALSE(vm->run({50'000, 8 << 20}, [&](lua_State* L) {
    push_sandbox(L, PolicyFileKind::plugin, &raise_unknown_name);
    vm->push_chunk(L, 0);
    lua_call(L, 0, 0);
  }));
  CHECK(vm->failure().stop == Vm::Stop::timeout);
  REQUIRE(coverage.report().size() == 1);
  const std::vector<int> missed = coverage.report()[0].missed;
  CHECK(std::count(missed.begin(), missed.end(), 3) == 0);
}
