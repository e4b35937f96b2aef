#include "lua/test_cases.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "lua/json_value.h"
#include "lua/test_assertions.h"
#include "lua/test_bench.h"
#include "lua/words.h"

namespace scrip {
namespace {

constexpr std::array<std::string_view, 5> question_members{"hook", "rules", "policy", "params", "facts"};
// Facts may be written without `facts` around them.
constexpr std::array<std::string_view, 8> fact_members{"now",    "campaign", "user",    "subject",
                                                       "coupon", "order",    "counter", "coupons"};
constexpr std::array<std::string_view, 9> wanted_members{"allowed", "denied", "failed",   "discount", "expires_at",
                                                         "counted", "notes",  "sentence", "detail"};

template <std::size_t N>
bool among(const std::array<std::string_view, N>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// Refuses what a table cannot have. `who` names it.
void check_member(lua_State* L, const std::string& who, std::string_view member, bool wants) {
  if (among(question_members, member) || among(fact_members, member)) return;
  if (wants && among(wanted_members, member)) return;
  std::string known =
      "hook, rules, policy, params, facts, or a fact (now, campaign, user, subject, coupon, order, "
      "counter, coupons)";
  if (wants)
    known +=
        ", or what is wanted (allowed, denied, failed, discount, expires_at, counted, notes, sentence, "
        "detail)";
  raise(L, "%s has no '%s'; it has %s", who.c_str(), std::string(member).c_str(), known.c_str());
}

bool has(lua_State* L, int table, const char* member) {
  lua_getfield(L, table, member);
  const bool there = !lua_isnil(L, -1);
  lua_pop(L, 1);
  return there;
}

// Puts the facts that a table at an index has over others.
void merge_facts(lua_State* L, int table, Json& facts) {
  const auto merge = [&](const char* member, const Json& under) {
    lua_getfield(L, table, member);
    if (!lua_isnil(L, -1)) {
      Json read;
      if (const auto fault = read_json(L, -1, facts_limits, read)) {
        raise(L, "%s%s%s %s", member, fault->path.empty() ? "" : ".", fault->path.c_str(), fault->what.c_str());
      }
      if (read.is_array() && read.empty()) read = Json::object();
      if (under.is_null() && !read.is_object()) raise(L, "facts is not a table with names");
      facts.merge_patch(under.is_null() ? read : Json{{member, read}});
    }
    lua_pop(L, 1);
  };
  merge("facts", {});
  for (const std::string_view member : fact_members) merge(member.data(), Json::object());
}

// Pushes a table of what is asked but for the facts: the case's members before the shared ones.
void push_question(lua_State* L, int shared, int members) {
  lua_newtable(L);
  const auto copy = [&](int from, const char* member) {
    lua_getfield(L, from, member);
    if (lua_isnil(L, -1)) {
      lua_pop(L, 1);
    } else {
      lua_setfield(L, -2, member);
    }
  };
  const bool own_rules = has(L, members, "rules") || has(L, members, "policy");
  for (const char* member : {"rules", "policy"}) copy(own_rules ? members : shared, member);
  for (const char* member : {"hook", "params"}) copy(has(L, members, member) ? members : shared, member);
}

// Calls an assertion with the decision at an index, and the value on top, which it takes.
void assert_with(lua_State* L, const char* assertion, int decision) {
  const auto all = test_assertions();
  const auto found = std::find_if(all.begin(), all.end(),
                                  [&](const TestAssertion& each) { return std::string_view(each.name) == assertion; });
  lua_pushcfunction(L, found->function);
  lua_insert(L, -2);
  lua_pushvalue(L, decision);
  lua_insert(L, -2);
  lua_call(L, 2, 0);
}

// A wanted value as an assertion takes it: false is nil, true is no code.
void push_wanted(lua_State* L, int members, const char* member) {
  lua_getfield(L, members, member);
  if (!lua_isboolean(L, -1)) return;
  lua_pop(L, 1);
  lua_pushnil(L);
}

void check_counts(lua_State* L, int members, int decision) {
  lua_getfield(L, members, "counted");
  const int counted = lua_gettop(L);
  if (!lua_istable(L, counted)) raise(L, "counted is a %s, not { [\"name\"] = change }", luaL_typename(L, counted));
  const auto all = test_assertions();
  const auto assertion = std::find_if(
      all.begin(), all.end(), [](const TestAssertion& each) { return std::string_view(each.name) == "counted"; });
  lua_pushnil(L);
  while (lua_next(L, counted) != 0) {
    if (lua_type(L, -2) != LUA_TSTRING || lua_type(L, -1) != LUA_TNUMBER) {
      raise(L, "counted is { [\"name\"] = change }");
    }
    lua_pushcfunction(L, assertion->function);
    lua_pushvalue(L, decision);
    lua_pushvalue(L, -4);
    lua_pushvalue(L, -4);
    lua_call(L, 3, 0);
    lua_pop(L, 1);
  }
}

// Compares a member of the decision with the one that is wanted.
void check_equal(lua_State* L, const char* member, int members, int decision) {
  const auto all = test_assertions();
  const auto equal = std::find_if(all.begin(), all.end(),
                                  [](const TestAssertion& each) { return std::string_view(each.name) == "equal"; });
  lua_pushcfunction(L, equal->function);
  lua_getfield(L, decision, member);
  lua_getfield(L, members, member);
  lua_pushstring(L, member);
  lua_call(L, 3, 0);
}

bool wanted_true(lua_State* L, int members, const char* member) {
  lua_getfield(L, members, member);
  if (!lua_isnil(L, -1) && !(lua_isboolean(L, -1) && lua_toboolean(L, -1))) {
    raise(L, "%s is true, or left out", member);
  }
  const bool wanted = !lua_isnil(L, -1);
  lua_pop(L, 1);
  return wanted;
}

void check_wanted(lua_State* L, int members, int decision) {
  const bool denied = has(L, members, "denied");
  const bool failed = wanted_true(L, members, "failed");
  const bool allowed = wanted_true(L, members, "allowed");
  if (static_cast<int>(denied) + static_cast<int>(failed) + static_cast<int>(allowed) > 1) {
    raise(L, "a case wants one of allowed, denied and failed");
  }
  if (denied) {
    push_wanted(L, members, "denied");
    assert_with(L, "denied", decision);
  } else {
    lua_pushnil(L);
    assert_with(L, failed ? "failed" : "allowed", decision);
  }
  for (const char* member : {"discount", "expires_at"}) {
    if (!has(L, members, member)) continue;
    push_wanted(L, members, member);
    assert_with(L, member, decision);
  }
  if (has(L, members, "counted")) check_counts(L, members, decision);
  for (const char* member : {"notes", "sentence", "detail"}) {
    if (has(L, members, member)) check_equal(L, member, members, decision);
  }
}

// A case's name, after its members were looked through.
std::string check_case(lua_State* L, int box) {
  lua_getfenv(L, box);
  lua_getfield(L, -1, "name");
  const std::string name = lua_tostring(L, -1);
  lua_getfield(L, -2, "members");
  const int members = lua_gettop(L);
  bool wants = false;
  lua_pushnil(L);
  while (lua_next(L, members) != 0) {
    lua_pop(L, 1);
    const std::string_view member = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : "value without a name";
    check_member(L, "case \"" + name + "\"", member, true);
    wants = wants || among(wanted_members, member);
  }
  if (!wants) raise(L, "case \"%s\" says nothing of what is wanted: allowed, denied, discount ...", name.c_str());
  lua_settop(L, members);
  return name;
}

}  // namespace

std::vector<TableCase> read_table_cases(lua_State* L, int table, const std::string& test) {
  std::vector<TableCase> cases;
  const int top = lua_gettop(L);
  lua_pushnil(L);
  while (lua_next(L, table) != 0) {
    lua_pop(L, 1);
    if (lua_type(L, -1) == LUA_TSTRING) check_member(L, "test \"" + test + "\"", lua_tostring(L, -1), false);
  }
  const auto size = static_cast<int>(lua_objlen(L, table));
  for (int i = 1; i <= size; ++i) {
    lua_rawgeti(L, table, i);
    const auto* box = to_box<CaseBox>(L, -1);
    if (!box) raise(L, "test \"%s\": a case is case \"name\" { ... }", test.c_str());
    TableCase& added = cases.emplace_back();
    added.line = box->line;
    added.name = check_case(L, lua_gettop(L));
    added.members = luaL_ref(L, LUA_REGISTRYINDEX);
    lua_pushvalue(L, table);
    added.shared = luaL_ref(L, LUA_REGISTRYINDEX);
    const bool twice =
        std::any_of(cases.begin(), cases.end() - 1, [&](const auto& each) { return each.name == added.name; });
    if (twice) raise(L, "test \"%s\": two cases are named \"%s\"", test.c_str(), added.name.c_str());
    lua_settop(L, top);
  }
  if (cases.empty()) raise(L, "test \"%s\" has no case; a case is case \"name\" { ... }", test.c_str());
  return cases;
}

void run_table_case(lua_State* L, const TableCase& test) {
  TestBench& bench = TestBench::of(L);
  lua_rawgeti(L, LUA_REGISTRYINDEX, test.shared);
  const int shared = lua_gettop(L);
  lua_rawgeti(L, LUA_REGISTRYINDEX, test.members);
  const int members = lua_gettop(L);
  push_question(L, shared, members);
  TestBench::Question question = bench.question(L, lua_gettop(L), "case");
  merge_facts(L, shared, question.facts);
  merge_facts(L, members, question.facts);
  bench.remember(bench.ask(L, question, "case"));
  bench.push_decision(L);
  check_wanted(L, members, lua_gettop(L));
}

}  // namespace scrip
