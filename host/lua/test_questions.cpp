#include "lua/test_questions.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "lua/test_bench.h"
#include "policy/given_facts.h"

namespace scrip {
namespace {

constexpr std::array<const char*, 4> asked_members{"rules", "policy", "params", "facts"};

// Checks the table that a function was given.
void check_question(lua_State* L, const char* caller) {
  if (!lua_istable(L, 1)) raise(L, "%s: write %s { rules = ..., facts = ... }", caller, caller);
  lua_settop(L, 1);
  lua_pushnil(L);
  while (lua_next(L, 1) != 0) {
    lua_pop(L, 1);
    const std::string_view member = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : "?";
    if (std::find(asked_members.begin(), asked_members.end(), member) == asked_members.end()) {
      raise(L, "%s has no '%s'; it has rules, policy, params, facts", caller, member.data());
    }
  }
}

// The question in it, but for the hook, which is the function's own.
TestBench::Question read_question(lua_State* L, const char* caller, Hook hook) {
  check_question(L, caller);
  lua_newtable(L);
  for (const char* member : asked_members) {
    lua_getfield(L, 1, member);
    lua_setfield(L, 2, member);
  }
  lua_pushstring(L, name(hook).data());
  lua_setfield(L, 2, "hook");
  return TestBench::of(L).question(L, 2, caller);
}

// t.window { rules, facts } -> { opens_at, closes_at }, or nil when none opens any more.
int window(lua_State* L) {
  const TestBench::Question question = read_question(L, "t.window", Hook::issue);
  const GivenFacts given = read_given_facts(question.facts, question.hook);
  if (!given.error.empty()) raise(L, "t.window: %s", given.error.c_str());
  const auto found = TestBench::of(L).evaluator().window(*question.binding, given.facts);
  if (!found) raise(L, "t.window: %s", found.error().message.c_str());
  if (!*found) return 0;
  lua_createtable(L, 0, 2);
  lua_pushnumber(L, static_cast<lua_Number>((*found)->opens));
  lua_setfield(L, -2, "opens_at");
  if (const auto closes = (*found)->closes) {
    lua_pushnumber(L, static_cast<lua_Number>(*closes));
    lua_setfield(L, -2, "closes_at");
  }
  return 1;
}

// t.reminding { rules } -> a list of { days, zone }, of each rule that reminds.
int reminding(lua_State* L) {
  const TestBench::Question question = read_question(L, "t.reminding", Hook::remind);
  lua_newtable(L);
  int at = 0;
  for (const Reminding& each : TestBench::of(L).evaluator().reminding(*question.binding)) {
    lua_createtable(L, 0, 2);
    lua_pushinteger(L, each.days);
    lua_setfield(L, -2, "days");
    if (!each.zone.empty()) {
      lua_pushlstring(L, each.zone.data(), each.zone.size());
      lua_setfield(L, -2, "zone");
    }
    lua_rawseti(L, -2, ++at);
  }
  return 1;
}

// t.misfit { rules } -> why they do not take their parameters, or nil.
int misfit(lua_State* L) {
  check_question(L, "t.misfit");
  const std::string why = TestBench::of(L).misfit(L, 1, "t.misfit");
  if (why.empty()) return 0;
  lua_pushlstring(L, why.data(), why.size());
  return 1;
}

constexpr TestAssertion questions[] = {{"window", &window}, {"reminding", &reminding}, {"misfit", &misfit}};

}  // namespace

std::span<const TestAssertion> question_functions() {
  return questions;
}

}  // namespace scrip
