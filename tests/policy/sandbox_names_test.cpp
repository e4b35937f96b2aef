// What code in a VM can reach.
#include "lua/sandbox.h"

#include <algorithm>

#include "lua/vm.h"
#include "policy_sets.h"

using namespace scrip;
using Catch::Matchers::Contains;

namespace {

std::vector<std::string> reachable(PolicyFileKind kind) {
  const auto vm = Vm::create(std::make_shared<const std::vector<PolicyFile>>());
  REQUIRE(vm);
  std::vector<std::string> names;
  REQUIRE(vm->run({1'000'000, 8 << 20}, [&](lua_State* L) {
    push_sandbox(L, kind, &raise_unknown_name);
    names = reachable_names(L);
  }));
  return names;
}

std::vector<std::string> sorted(std::vector<std::string> names) {
  std::sort(names.begin(), names.end());
  return names;
}

// Written out once more, so that a name added to the allow list has to be meant.
const std::vector<std::string> base{"assert",
                                    "error",
                                    "type",
                                    "tostring",
                                    "tonumber",
                                    "select",
                                    "unpack",
                                    "ipairs",
                                    "pairs",
                                    "string.byte",
                                    "string.char",
                                    "string.contains",
                                    "string.format",
                                    "string.len",
                                    "string.lower",
                                    "string.rep",
                                    "string.reverse",
                                    "string.split",
                                    "string.starts_with",
                                    "string.sub",
                                    "string.upper",
                                    "table.concat",
                                    "table.insert",
                                    "table.remove",
                                    "table.sort",
                                    "math.abs",
                                    "math.acos",
                                    "math.asin",
                                    "math.atan",
                                    "math.atan2",
                                    "math.ceil",
                                    "math.cos",
                                    "math.cosh",
                                    "math.deg",
                                    "math.exp",
                                    "math.floor",
                                    "math.fmod",
                                    "math.frexp",
                                    "math.huge",
                                    "math.ldexp",
                                    "math.log",
                                    "math.log10",
                                    "math.max",
                                    "math.min",
                                    "math.modf",
                                    "math.pi",
                                    "math.pow",
                                    "math.rad",
                                    "math.sin",
                                    "math.sinh",
                                    "math.sqrt",
                                    "math.tan",
                                    "math.tanh",
                                    "bit.arshift",
                                    "bit.band",
                                    "bit.bnot",
                                    "bit.bor",
                                    "bit.bswap",
                                    "bit.bxor",
                                    "bit.lshift",
                                    "bit.rol",
                                    "bit.ror",
                                    "bit.rshift",
                                    "bit.tobit",
                                    "bit.tohex"};

std::vector<std::string> with(std::vector<std::string> more) {
  more.insert(more.end(), base.begin(), base.end());
  return sorted(more);
}

}  // namespace

TEST_CASE("the globals of a VM are the allow list and nothing else") {
  const auto [kind, expected] = GENERATE(table<PolicyFileKind, std::vector<std::string>>({
      {PolicyFileKind::plugin, with({"plugin", "deny", "effect", "local_time", "instant_of", "local_day", "days_later",
                                     "percent_of", "short"})},
      {PolicyFileKind::script, with({"policy"})},
      {PolicyFileKind::test, with({"test", "case", "policy", "deny", "effect", "local_time", "instant_of", "local_day",
                                   "days_later", "percent_of", "short"})},
  }));
  CHECK(reachable(kind) == expected);
  CHECK(sandbox_names(kind) == expected);
}

TEST_CASE("sandbox 3: nothing that swallows errors, loads code or leads out of the sandbox is there") {
  const char* name = GENERATE("pcall", "xpcall", "newproxy", "coroutine", "collectgarbage", "getfenv", "setfenv",
                              "load", "loadstring", "loadfile", "dofile", "require", "module", "package", "print", "io",
                              "os", "debug", "ffi", "jit", "getmetatable", "setmetatable", "rawget", "rawset",
                              "rawequal", "rawlen", "next", "_G", "_VERSION", "gcinfo", "arg");
  CAPTURE(name);
  CHECK_THAT(error_of(std::string("return ") + name),
             Contains("plugins/one.lua:2: there is no '" + std::string(name) + "' here"));
}

TEST_CASE("sandbox 4: there are no pattern functions, neither in the library nor as methods of strings") {
  const char* name = GENERATE("find", "match", "gmatch", "gsub", "gfind", "dump");
  CAPTURE(name);
  const std::string missing = "there is no string." + std::string(name) + " here";
  CHECK_THAT(error_of(std::string("return string.") + name + "('a', 'a')"), Contains(missing));
  CHECK_THAT(error_of(std::string("return ('a'):") + name + "('a')"), Contains(missing));
}

TEST_CASE("sandbox 10: there is no randomness and no time of day") {
  CHECK_THAT(error_of("return math.random()"), Contains("there is no math.random here"));
  CHECK_THAT(error_of("return math.randomseed(1)"), Contains("there is no math.randomseed here"));
  CHECK_THAT(error_of("return os.time()"), Contains("there is no 'os' here"));
}

TEST_CASE("a script cannot answer for a rule, and a plugin cannot make a policy") {
  const CompiledSet script =
      compile({{"scripts/a.lua", "local d = deny('a', 'b')\nreturn policy { name = 'a', rules = {} }"}}, {});
  CHECK(listed(script.errors) == "scripts/a.lua:1: there is no 'deny' here, and no plugin of that name\n");
  const CompiledSet plugin = compile({{"plugins/a.lua", "return policy { name = 'a', rules = {} }"}}, {});
  CHECK(listed(plugin.errors) == "plugins/a.lua:1: there is no 'policy' here\n");
}
