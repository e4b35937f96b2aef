#include "lua/test_forall.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "coupon/time.h"
#include "lua/forall_search.h"
#include "lua/numbers.h"

namespace scrip {
namespace {

constexpr const char* asker = "t.forall";
constexpr std::array<std::string_view, 7> members{"hook", "rules", "policy", "params", "facts", "holds", "runs"};

// Decisions beyond these are not compared with those of the run in the opposite order.
constexpr int most_kept = 1'000;

constexpr std::size_t longest_shown = 500;

// `holds`: a list of ready properties' names, and functions under the names of their own.
std::vector<Property> read_properties(lua_State* L) {
  std::vector<Property> properties;
  lua_getfield(L, 1, "holds");
  const int holds = lua_gettop(L);
  if (!lua_istable(L, holds)) {
    raise(L, "t.forall: holds is { \"never_negative\", [\"name\"] = function(d, facts) return ... end }");
  }
  lua_pushnil(L);
  while (lua_next(L, holds) != 0) {
    Property& property = properties.emplace_back();
    if (lua_type(L, -2) == LUA_TSTRING && lua_isfunction(L, -1)) {
      property.name = lua_tostring(L, -2);
      property.function = luaL_ref(L, LUA_REGISTRYINDEX);
      continue;
    }
    if (lua_type(L, -2) != LUA_TNUMBER || lua_type(L, -1) != LUA_TSTRING) {
      raise(L, "t.forall: holds is { \"never_negative\", [\"name\"] = function(d, facts) return ... end }");
    }
    property.name = lua_tostring(L, -1);
    if (std::find(ready_properties.begin(), ready_properties.end(), property.name) == ready_properties.end()) {
      raise(L, "t.forall: there is no property '%s'; ready are never_negative, never_above_order, monotone_in_amount",
            property.name.c_str());
    }
    lua_pop(L, 1);
  }
  if (properties.empty()) raise(L, "t.forall: holds names no property");
  std::sort(properties.begin(), properties.end(), [](const Property& a, const Property& b) {
    return std::pair(a.function != LUA_NOREF, a.name) < std::pair(b.function != LUA_NOREF, b.name);
  });
  return properties;
}

int read_runs(lua_State* L, const TestOptions& options) {
  lua_getfield(L, 1, "runs");
  int runs = usual_runs;
  if (!lua_isnil(L, -1)) {
    const auto given = lua_type(L, -1) == LUA_TNUMBER ? exact_integer(lua_tonumber(L, -1)) : std::nullopt;
    if (!given || *given < 1 || *given > most_runs)
      raise(L, "t.forall: runs is a whole number from 1 to %d", most_runs);
    runs = static_cast<int>(*given);
  }
  lua_pop(L, 1);
  return options.runs.value_or(runs);
}

std::string shortened(std::string text) {
  if (text.size() <= longest_shown) return text;
  text.resize(longest_shown);
  return text + " ...";
}

// What an author's assertion said begins with its own place, which is the one to report.
std::string report(const ForallSearch& search, const ForallCase& broken, int at, int runs, std::uint64_t seed) {
  std::string place;
  std::string why = broken.why;
  if (why.starts_with('#')) {
    if (const std::size_t end = why.find(": "); end != std::string::npos) {
      place = why.substr(0, end + 2);
      why.erase(0, end + 2);
    }
  }
  return place + "t.forall: " + broken.broken + " does not hold" + (why.empty() ? "" : ": " + why) + "; case " +
         std::to_string(at) + " of " + std::to_string(runs) + ", seed " + std::to_string(seed) + "; " +
         (search.smallest() ? "the smallest facts: " : "facts, not yet the smallest when the time was nearly up: ") +
         shortened(broken.facts.dump());
}

int forall(lua_State* L) {
  if (!lua_istable(L, 1)) raise(L, "t.forall: write t.forall { hook = ..., rules = ..., holds = { ... } }");
  lua_settop(L, 1);
  lua_pushnil(L);
  while (lua_next(L, 1) != 0) {
    lua_pop(L, 1);
    const std::string_view member = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : "?";
    if (std::find(members.begin(), members.end(), member) == members.end()) {
      raise(L, "t.forall has no '%s'; it has hook, rules, policy, params, facts, holds, runs", member.data());
    }
  }
  TestBench& bench = TestBench::of(L);
  const int runs = read_runs(L, bench.options());
  auto properties = read_properties(L);
  ForallSearch search(L, bench.question(L, 1, asker), std::move(properties));
  lua_settop(L, 1);
  const std::uint64_t seed = bench.begin_forall(runs);
  for (int i = 0; i < runs; ++i) {
    Vm::check_time(L);
    Choices choices(seed + static_cast<std::uint64_t>(i) * 0x9e3779b97f4a7c15ULL * 2 + 1);
    ForallCase made = search.run(choices, i < most_kept);
    if (!made.broken.empty()) {
      made = search.shrink(std::move(made), choices.made());
      bench.end_forall();
      const std::string message = report(search, made, i + 1, runs, bench.options().seed);
      if (!message.starts_with('#')) raise(L, "%s", message.c_str());
      lua_pushlstring(L, message.data(), message.size());
      lua_error(L);
    }
    bench.forall_has_tried(i + 1);
  }
  bench.end_forall();
  return 0;
}

// Pushes { [key] = <the values from an index on> }.
int push_marker(lua_State* L, const char* key, int count) {
  lua_createtable(L, count, 0);
  const int list = lua_gettop(L);
  for (int i = 1; i <= count; ++i) {
    lua_pushvalue(L, i);
    lua_rawseti(L, list, i);
  }
  lua_createtable(L, 0, 1);
  lua_insert(L, -2);
  lua_setfield(L, -2, key);
  return 1;
}

int between(lua_State* L) {
  lua_settop(L, 2);
  const auto number = [L](int index) {
    return lua_type(L, index) == LUA_TNUMBER ? exact_integer(lua_tonumber(L, index)) : std::nullopt;
  };
  const auto instant = [L](int index) {
    return lua_type(L, index) == LUA_TSTRING ? parse_instant(lua_tostring(L, index)) : std::nullopt;
  };
  const bool numbers = number(1) && number(2) && *number(1) <= *number(2);
  const bool instants = instant(1) && instant(2) && *instant(1) <= *instant(2);
  if (!numbers && !instants) {
    raise(L, "t.between: wants two whole numbers or two instants, the smaller one first");
  }
  return push_marker(L, "$between", 2);
}

int one_of(lua_State* L) {
  lua_settop(L, 1);
  if (!lua_istable(L, 1) || lua_objlen(L, 1) == 0) raise(L, "t.one_of: wants a list of values");
  lua_createtable(L, 0, 1);
  lua_insert(L, 1);
  lua_setfield(L, 1, "$one_of");
  return 1;
}

int list_of(lua_State* L) {
  lua_settop(L, 2);
  const auto most = lua_type(L, 2) == LUA_TNUMBER ? exact_integer(lua_tonumber(L, 2)) : std::nullopt;
  if (lua_isnil(L, 1) || !most || *most < 1 || *most > 100) {
    raise(L, "t.list_of: wants an item and how many at most, 1 to 100");
  }
  return push_marker(L, "$list_of", 2);
}

constexpr TestAssertion functions[] = {
    {"forall", &forall},
    {"between", &between},
    {"one_of", &one_of},
    {"list_of", &list_of},
};

}  // namespace

std::span<const TestAssertion> forall_functions() {
  return functions;
}

}  // namespace scrip
