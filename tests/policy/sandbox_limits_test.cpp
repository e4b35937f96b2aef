// Time, memory and everything else that a rule could use up: sandbox 1, 2, 3, 4, 6, 7, 8, 11.
#include <atomic>
#include <chrono>
#include <thread>

#include "lua/vm.h"
#include "policy_sets.h"

using namespace scrip;
using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;

namespace {

const PolicyLimits short_time{.decision_us = 2'000};

std::string failure_of(const std::string& body) {
  return failure(answer(body, short_time));
}

std::unique_ptr<Vm> bare_vm(std::vector<PolicyFile> files = {}) {
  auto vm = Vm::create(std::make_shared<const std::vector<PolicyFile>>(std::move(files)));
  REQUIRE(vm);
  return vm;
}

}  // namespace

TEST_CASE("sandbox 1: an endless loop is stopped, because nothing is compiled past the clock") {
  CHECK(failure_of("local i = 0\nwhile true do i = i + 1 end") == "plugins/one.lua:3: ran longer than 2 ms");
  CHECK_THAT(failure_of("for i = 1, math.huge do end"), Contains("ran longer than 2 ms"));
  CHECK_THAT(failure_of("local function f() return f() end return f()"), Contains("ran longer than 2 ms"));
  CHECK_THAT(failure_of("repeat local t = {} until false"), Contains("ran longer than 2 ms"));
}

TEST_CASE("sandbox 2: an endless loop on one thread does not keep another from deciding") {
  const auto set = accepted({plugin_file("loop", "while true do end"), plugin_file("fine", ""),
                             script_file("looping", "loop {}"), script_file("good", "fine {}")},
                            {.decision_us = 50'000});
  std::atomic<bool> looping{true};
  Verdict stopped;
  std::thread thread([&] {
    const auto binding = set->bind("looping", "{}");
    stopped = set->evaluator()->decide(**binding, Hook::issue, sample_claim());
    looping = false;
  });
  const auto binding = bound(*set, "good");
  const auto evaluator = set->evaluator();
  int decided = 0;
  bool all_allowed = true;
  while (looping || decided == 0) {
    all_allowed = evaluator->decide(*binding, Hook::issue, sample_claim()).allowed() && all_allowed;
    ++decided;
  }
  thread.join();
  CHECK(all_allowed);
  CHECK_THAT(failure(stopped), Contains("ran longer than 50 ms"));
}

TEST_CASE("sandbox 3: an abort counts even when somebody swallows its error") {
  const auto vm = bare_vm();
  int caught = 0;
  const bool done = vm->run({2'000, 8 << 20}, [&](lua_State* L) {
    // What a pcall in the sandbox would do.
    REQUIRE(luaL_loadstring(L, "while true do end") == 0);
    if (lua_pcall(L, 0, 0, 0) != 0) ++caught;
  });
  CHECK(caught == 1);
  CHECK_FALSE(done);
  CHECK(vm->failure().stop == Vm::Stop::timeout);
  CHECK(vm->spent());
}

TEST_CASE("sandbox 3: a swallowed abort is raised again at the next chance") {
  const auto vm = bare_vm();
  int caught = 0;
  CHECK_FALSE(vm->run({2'000, 8 << 20}, [&](lua_State* L) {
    for (int i = 0; i < 3; ++i) {
      REQUIRE(luaL_loadstring(L, "while true do end") == 0);
      if (lua_pcall(L, 0, 0, 0) != 0) ++caught;
      lua_settop(L, 0);
    }
  }));
  CHECK(caught == 3);
}

TEST_CASE("a Lua error unwinds the C++ frames that it crosses") {
  struct Witness {
    int& destroyed;
    ~Witness() { ++destroyed; }
  };
  const auto vm = bare_vm();
  int destroyed = 0;
  const auto raise_error = [&](lua_State* L) {
    const Witness witness{destroyed};
    const std::string text(100, 'x');
    raise(L, "wrong: %s", text.c_str());
  };
  CHECK_FALSE(vm->run({1'000'000, 8 << 20}, raise_error));
  CHECK(destroyed == 1);
  CHECK_FALSE(vm->run({1'000'000, 8 << 20}, [&](lua_State* L) {
    const Witness witness{destroyed};
    lua_newuserdata(L, 100 << 20);
  }));
  CHECK(destroyed == 2);
  CHECK(vm->failure().stop == Vm::Stop::memory);
}

TEST_CASE("a C++ exception does not pass the VM") {
  const auto vm = bare_vm();
  CHECK_FALSE(vm->run({1'000'000, 8 << 20}, [](lua_State*) { throw std::bad_alloc(); }));
  CHECK(vm->failure().stop == Vm::Stop::error);
}

TEST_CASE("sandbox 4: functions of the host end soon whatever they are given") {
  const auto [body, expected] = GENERATE(table<std::string, std::string>({
      {"return ('x'):rep(1e9)", "longer than 64 KiB"},
      {"return ('x'):rep(1e300)", "longer than 64 KiB"},
      {"return ('x'):rep(2, ('y'):rep(65000))", "longer than 64 KiB"},
      {"return string.rep('', 1e15)", "longer than 64 KiB"},
      {"table.insert({}, -2e9, 1)", "position out of bounds"},
      {"table.insert({}, 1e300, 1)", "position out of bounds"},
      {"table.insert({}, 0/0, 1)", "position out of bounds"},
      {"table.remove({ 1 }, -2e9)", "position out of bounds"},
      {"return unpack({}, 1, 1e8)", "too many results to unpack"},
      {"return string.format('%1000000d', 1)", "invalid option"},
      {"return string.format('%p', 'x')", "%p is not available"},
      {"return string.split('a', '')", "the separator is empty"},
      {"local t = {} for i = 1, 200000 do t[i] = -i end table.sort(t, function(a, b) return true end)", "ran longer"},
      {"local t = {} for i = 1, 200000 do t[i] = i end for i = 1, 1000 do table.sort(t) end", "ran longer"},
      {"local t = {} for i = 1, 100000 do t[i] = i end for i = 1, 1000 do for k in pairs(t) do end end", "ran longer"},
      {"local s = ('a,'):rep(20000) while true do string.split(s, ',') end", "ran longer"},
      {"local s = ('a'):rep(60000) while true do s:reverse():upper():byte(1) end", "ran longer"},
  }));
  CAPTURE(body);
  const auto begun = std::chrono::steady_clock::now();
  CHECK_THAT(failure(answer(body, {.decision_us = 20'000, .memory = 32 << 20})), Contains(expected));
  // Generous for a busy machine; what is meant is: not for ever.
  CHECK(std::chrono::steady_clock::now() - begun < std::chrono::seconds(20));
}

TEST_CASE("sandbox 6: bytecode is refused") {
  const std::string compiled("\x1bLJ\x02\x08\x03", 6);
  CHECK(listed(compile({{"scripts/a.lua", compiled}}, {}).errors) ==
        "scripts/a.lua: is bytecode; a policy file is text\n");
  // Behind a byte order mark the library has to notice it.
  const CompiledSet marked = compile({{"scripts/a.lua", "\xEF\xBB\xBF" + compiled}}, {});
  CHECK(marked.set == nullptr);
  CHECK(marked.errors.size() == 1);
}

TEST_CASE("sandbox 7: memory is capped, whatever fills it") {
  const char* body =
      GENERATE("local s = 'x' while true do s = s .. s end", "local t = {} while true do t[#t + 1] = {} end",
               "local t = {} for i = 1, 1e9 do t['key' .. i] = true end",
               "local t = {} while true do t = { t, function() return t end } end",
               "local t = {} for i = 1, 1e9 do t[i] = string.rep('x', 60000) .. i end",
               "local s = ('x'):rep(60000) return table.concat({ s, s, s }, ('y'):rep(60000)):rep(1)",
               "local s = ('a,'):rep(30000) local t = {} for i = 1, 1e9 do t[i] = string.split(s, ',') end");
  CAPTURE(body);
  const PolicyLimits limits{.decision_us = 5'000'000, .memory = 256 * 1024};
  CHECK_THAT(failure(answer(body, limits)), Contains("used more than 256 KiB of memory"));
}

TEST_CASE("sandbox 7: garbage of earlier decisions does not count for the next") {
  const PolicyLimits limits{.decision_us = 5'000'000, .memory = 512 * 1024};
  const auto set = one_rule("local t = {} for i = 1, 2000 do t[i] = { i } end", limits);
  const auto binding = bound(*set);
  const auto evaluator = set->evaluator();
  for (int i = 0; i < 200; ++i) REQUIRE(evaluator->decide(*binding, Hook::issue, sample_claim()).allowed());
}

TEST_CASE("sandbox 8: after a time-out or out of memory the next decision gets a new VM") {
  const auto set =
      accepted({plugin_file("moody",
                            "if facts.user.issued == 1 then while true do end end\n"
                            "if facts.user.issued == 2 then local s = 'x' while true do s = s .. s end end"),
                script_file("one", "moody {}")},
               {.decision_us = 50'000, .memory = 1 << 20});
  const auto binding = bound(*set);
  const auto evaluator = set->evaluator();
  for (int round = 0; round < 3; ++round) {
    Facts facts = sample_claim();
    CHECK(evaluator->decide(*binding, Hook::issue, facts).allowed());
    facts.user.issued = 1;
    CHECK_THAT(failure(evaluator->decide(*binding, Hook::issue, facts)), Contains("ran longer"));
    facts.user.issued = 0;
    CHECK(evaluator->decide(*binding, Hook::issue, facts).allowed());
    facts.user.issued = 2;
    CHECK_THAT(failure(evaluator->decide(*binding, Hook::issue, facts)), Contains("memory"));
  }
}

TEST_CASE("sandbox 11: the budgets are 10 ms and 8 MiB a decision and 1 s for a file") {
  const PolicyLimits limits;
  CHECK(limits.decision_us == 10'000);
  CHECK(limits.memory == 8 * 1024 * 1024);
  CHECK(limits.load_us == 1'000'000);
  CHECK(limits.recheck_every == 1000);
}

TEST_CASE("sandbox 11: a file whose top level does not end, or eats memory, is an error of that file") {
  const CompiledSet compiled = compile({{"plugins/a.lua", "while true do end"},
                                        {"plugins/b.lua", "local s = 'x'\nwhile true do s = s .. s end"},
                                        {"scripts/c.lua", "\nwhile true do end"}},
                                       {.load_us = 20'000, .memory = 1 << 20});
  CHECK(listed(compiled.errors) ==
        "plugins/a.lua:1: ran longer than 20 ms\n"
        "plugins/b.lua: used more than 1 MiB of memory\n"
        "scripts/c.lua:2: ran longer than 20 ms\n");
}

TEST_CASE("sandbox 11: a failure denies, names the rule and the reason, and hides nothing that ran before") {
  const auto set =
      accepted({plugin_file("first", "return effect { discount = 0, note = 'seen' }", "priority = 1", "redeem"),
                plugin_file("wrong", "return facts.user.nothing", "", "redeem"),
                plugin_file("zlast", "", "priority = 900", "redeem"),
                script_file("one", "first {}, wrong { as = 'broken' }, zlast {}")});
  const Verdict verdict = decide(*set, sample_use(), Hook::redeem);
  CHECK(verdict.kind == Verdict::Kind::failed);
  CHECK(verdict.code == "policy_error");
  CHECK_FALSE(verdict.allowed());
  CHECK_FALSE(verdict.discount.has_value());
  REQUIRE(verdict.trace.size() == 2);
  CHECK(verdict.trace[0].rule == "first");
  CHECK(verdict.trace[1].rule == "broken");
  CHECK(verdict.trace[1].kind == TraceEntry::Kind::failed);
  CHECK(verdict.trace[1].code == "policy_error");
  CHECK_THAT(verdict.trace[1].detail, StartsWith("plugins/wrong.lua:2: facts.user has no member 'nothing'"));
}

TEST_CASE("errors of every shape are reported with their place") {
  const auto [body, expected] = GENERATE(table<std::string, std::string>({
      {"error('no')", "plugins/one.lua:2: no"},
      {"error('no', 0)", "plugins/one.lua:2: no"},
      {"error('no', 2)", "plugins/one.lua:2: no"},
      {"error(42)", "plugins/one.lua:2: 42"},
      {"error(42.5, 0)", "plugins/one.lua:2: 42.5"},
      {"error({ 'no' })", "plugins/one.lua:2: an error that is a table"},
      {"error(facts)", "plugins/one.lua:2: an error that is a userdata"},
      {"error()", "plugins/one.lua:2: an error that is a nil"},
      {"error(function() end)", "plugins/one.lua:2: an error that is a function"},
      {"assert(false, 'never')", "plugins/one.lua:2: never"},
      {"local x = nil\nlocal y = x.z", "plugins/one.lua:3: attempt to index local 'x' (a nil value)"},
      {"return 1 + {}", "plugins/one.lua:2: attempt to perform arithmetic on a table value"},
      {"local function f() return 1 + f() end\nreturn f()", "plugins/one.lua:1: stack overflow"},
      // A tail call: the hook itself is gone when deny looks for it.
      {"\nreturn deny('Bad', 'x')", "plugins/one.lua:1: deny: the code 'Bad' is not of small letters, digits and '_'"},
  }));
  CAPTURE(body);
  CHECK(error_of(body) == expected);
}

TEST_CASE("a message is cut, however long a rule makes it") {
  const std::string error = error_of("error(('x'):rep(60000))");
  CHECK(error.size() < 1200);
}

TEST_CASE("deep recursion fails the decision and not the process") {
  const auto set =
      one_rule("local function f(n) return 1 + f(n + 1) end if facts.user.issued == 1 then return f(1) end");
  const auto binding = bound(*set);
  const auto evaluator = set->evaluator();
  Facts facts = sample_claim();
  facts.user.issued = 1;
  CHECK_THAT(failure(evaluator->decide(*binding, Hook::issue, facts)), Contains("stack overflow"));
  facts.user.issued = 0;
  CHECK(evaluator->decide(*binding, Hook::issue, facts).allowed());
}
