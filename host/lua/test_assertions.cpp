#include "lua/test_assertions.h"

#include <string>

#include "coupon/time.h"
#include "lua/json_value.h"
#include "lua/numbers.h"
#include "lua/test_bench.h"
#include "lua/view.h"

namespace scrip {
namespace {

constexpr JsonLimits shown_limits{.depth = 8, .bytes = 2000};
constexpr int deepest = 32;

std::string member_text(lua_State* L, int table, const char* member) {
  lua_getfield(L, table, member);
  std::string text = lua_isstring(L, -1) ? lua_tostring(L, -1) : "";
  lua_pop(L, 1);
  return text;
}

bool member_true(lua_State* L, int table, const char* member) {
  lua_getfield(L, table, member);
  const bool value = lua_toboolean(L, -1) != 0;
  lua_pop(L, 1);
  return value;
}

// "denied already_issued (event_window passed, per_user_limit denied already_issued)"
std::string describe(lua_State* L, int decision) {
  std::string text = member_true(L, decision, "allowed")  ? "allowed"
                     : member_true(L, decision, "failed") ? "failed"
                                                          : "denied " + member_text(L, decision, "code");
  std::string rules;
  lua_getfield(L, decision, "trace");
  if (lua_istable(L, -1)) {
    const int trace = lua_gettop(L);
    for (int i = 1; i <= static_cast<int>(lua_objlen(L, trace)); ++i) {
      lua_rawgeti(L, trace, i);
      if (!lua_istable(L, -1)) break;
      const int entry = lua_gettop(L);
      rules += (rules.empty() ? "" : ", ") + member_text(L, entry, "rule") + " " + member_text(L, entry, "result");
      const std::string error = member_text(L, entry, "error");
      const std::string code = error.empty() ? member_text(L, entry, "code") : error;
      if (!code.empty()) rules += " " + code;
      lua_pop(L, 1);
    }
  }
  lua_pop(L, 1);
  return rules.empty() ? text + " (no rule ran)" : text + " (" + rules + ")";
}

// A value as an error shows it; an instant in a readable form too.
std::string shown(lua_State* L, int index) {
  if (lua_isnoneornil(L, index)) return "nil";
  Json json;
  if (read_json(L, index, shown_limits, json)) return std::string("a ") + luaL_typename(L, index);
  return json.dump();
}

std::string shown_instant(const std::optional<Micros>& instant) {
  if (!instant) return "none";
  if (*instant < earliest_instant || *instant > latest_instant) return std::to_string(*instant);
  return format_instant(*instant) + " (" + std::to_string(*instant) + ")";
}

void check_decision(lua_State* L, const char* assertion) {
  if (!lua_istable(L, 1)) raise(L, "t.%s: its first argument is not what t.decide returned", assertion);
  TestBench::of(L).look_at(L, 1);
}

// Raises "wanted X, got Y"; the position is that of the test.
[[noreturn]] int wanted(lua_State* L, const std::string& what, const std::string& got) {
  raise(L, "wanted %s, got %s", what.c_str(), got.c_str());
}

std::optional<Micros> check_instant(lua_State* L, int index, const char* assertion) {
  if (lua_isnoneornil(L, index)) return std::nullopt;
  std::optional<Micros> instant;
  if (lua_type(L, index) == LUA_TNUMBER) instant = exact_integer(lua_tonumber(L, index));
  if (lua_type(L, index) == LUA_TSTRING) instant = parse_instant(lua_tostring(L, index));
  if (!instant) raise(L, "t.%s: %s is no instant", assertion, shown(L, index).c_str());
  return instant;
}

int at(lua_State* L) {
  if (lua_type(L, 1) != LUA_TSTRING) raise(L, "t.at: wants an instant such as \"2026-11-21T10:00:00+09:00\"");
  lua_pushnumber(L, static_cast<lua_Number>(*check_instant(L, 1, "at")));
  return 1;
}

int allowed(lua_State* L) {
  check_decision(L, "allowed");
  return member_true(L, 1, "allowed") ? 0 : wanted(L, "allowed", describe(L, 1));
}

int denied(lua_State* L) {
  check_decision(L, "denied");
  const std::string code = lua_isnoneornil(L, 2) ? "" : luaL_checkstring(L, 2);
  const bool was = !member_true(L, 1, "allowed") && !member_true(L, 1, "failed");
  if (was && (code.empty() || member_text(L, 1, "code") == code)) return 0;
  return wanted(L, code.empty() ? "denied" : "denied " + code, describe(L, 1));
}

int failed(lua_State* L) {
  check_decision(L, "failed");
  return member_true(L, 1, "failed") ? 0 : wanted(L, "failed", describe(L, 1));
}

int discount(lua_State* L) {
  check_decision(L, "discount");
  lua_settop(L, 2);
  lua_getfield(L, 1, "discount");
  if (lua_rawequal(L, 2, 3)) return 0;
  return wanted(L, "a discount of " + shown(L, 2), shown(L, 3) + ": " + describe(L, 1));
}

int expires_at(lua_State* L) {
  check_decision(L, "expires_at");
  lua_settop(L, 2);
  const auto wanted_at = check_instant(L, 2, "expires_at");
  lua_getfield(L, 1, "expires_at");
  const auto got = check_instant(L, 3, "expires_at");
  if (wanted_at == got) return 0;
  return wanted(L, "the expiry " + shown_instant(wanted_at), shown_instant(got) + ": " + describe(L, 1));
}

int counted(lua_State* L) {
  check_decision(L, "counted");
  lua_settop(L, 3);
  const std::string counter = luaL_checkstring(L, 2);
  const lua_Number change = luaL_checknumber(L, 3);
  lua_getfield(L, 1, "count");
  lua_Number got = 0;
  if (lua_istable(L, -1)) {
    lua_getfield(L, -1, counter.c_str());
    got = lua_tonumber(L, -1);
  }
  if (got == change) return 0;
  lua_pushnumber(L, got);
  return wanted(L, "counter '" + counter + "' changed by " + shown(L, 3),
                shown(L, lua_gettop(L)) + ": " + describe(L, 1));
}

bool equal_values(lua_State* L, int a, int b, int depth);

// Whether every member of one table is in the other, and equal.
bool covers(lua_State* L, int a, int b, int depth) {
  luaL_checkstack(L, 8, "t.equal");
  const int top = lua_gettop(L);
  bool equal = true;
  lua_pushnil(L);
  while (equal && lua_next(L, a) != 0) {
    lua_pushvalue(L, -2);
    lua_rawget(L, b);
    equal = equal_values(L, lua_gettop(L) - 1, lua_gettop(L), depth + 1);
    lua_pop(L, 2);
  }
  lua_settop(L, top);
  return equal;
}

bool equal_values(lua_State* L, int a, int b, int depth) {
  if (depth > deepest) raise(L, "t.equal: nested deeper than %d tables", deepest);
  if (lua_rawequal(L, a, b)) return true;
  const bool tables = (lua_istable(L, a) || to_box<View>(L, a)) && (lua_istable(L, b) || to_box<View>(L, b));
  if (!tables) return false;
  luaL_checkstack(L, 8, "t.equal");
  const int top = lua_gettop(L);
  for (const int index : {a, b}) {
    if (lua_istable(L, index)) {
      lua_pushvalue(L, index);
    } else {
      push_backing(L, index);
    }
  }
  const bool equal = covers(L, top + 1, top + 2, depth) && covers(L, top + 2, top + 1, depth);
  lua_settop(L, top);
  return equal;
}

int equal(lua_State* L) {
  lua_settop(L, 3);
  if (equal_values(L, 1, 2, 0)) return 0;
  const std::string note = lua_isstring(L, 3) ? std::string(lua_tostring(L, 3)) + ": " : "";
  raise(L, "%swanted %s, got %s", note.c_str(), shown(L, 2).c_str(), shown(L, 1).c_str());
}

int ok(lua_State* L) {
  if (lua_toboolean(L, 1)) return 0;
  if (lua_isstring(L, 2)) raise(L, "%s", lua_tostring(L, 2));
  return wanted(L, "a true value", shown(L, 1));
}

constexpr TestAssertion assertions[] = {
    {"at", &at},           {"allowed", &allowed},   {"denied", &denied},
    {"failed", &failed},   {"discount", &discount}, {"expires_at", &expires_at},
    {"counted", &counted}, {"equal", &equal},       {"ok", &ok},
};

}  // namespace

std::span<const TestAssertion> test_assertions() {
  return assertions;
}

}  // namespace scrip
