#include "lua/sandbox.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "lua/answers.h"
#include "lua/base_functions.h"
#include "lua/time_functions.h"
#include "lua/view.h"
#include "lua/vm.h"
#include "lua/words.h"

namespace scrip {
namespace {

enum : unsigned { plugins = 1, scripts = 2, tests = 4, all = 7 };

struct Allowed {
  const char* library;  // "" for a global
  const char* name;
  unsigned seen_by;
  lua_CFunction function;  // null: LuaJIT's own
};

// The allow list. A name is here because its function is a pure one of its arguments, ends soon
// whatever they are, and gives no access to anything that is not its argument. What is missing is
// missing on purpose:
//   pcall xpcall coroutine     would swallow the host's time-out
//   load loadstring dofile require module   code from elsewhere; bytecode is not memory-safe
//   getmetatable setmetatable rawget rawset rawequal next newproxy   ways past read-only
//   getfenv setfenv debug _G   ways out of the environment
//   collectgarbage print io os package ffi jit   the machine
//   string.find match gmatch gsub   a pattern can take forever in one call that cannot be stopped
//   string.dump                bytecode
//   math.random randomseed     the same facts must give the same verdict
constexpr auto allow_list = std::to_array<Allowed>({
    // The language.
    {"", "assert", all, nullptr},
    {"", "error", all, nullptr},
    {"", "type", all, nullptr},
    {"", "tonumber", all, nullptr},
    {"", "select", all, nullptr},
    {"", "unpack", all, nullptr},           // LuaJIT's limits its results to the stack
    {"", "ipairs", all, &base_ipairs},      // also over views
    {"", "pairs", all, &base_pairs},        // in an order that is the same in every VM
    {"", "tostring", all, &base_tostring},  // no addresses, which differ between VMs

    // Strings, without patterns. Methods on strings (s:rep(2)) reach these and no others.
    {"string", "byte", all, nullptr},
    {"string", "char", all, nullptr},
    {"string", "len", all, nullptr},
    {"string", "lower", all, nullptr},
    {"string", "upper", all, nullptr},
    {"string", "reverse", all, nullptr},
    {"string", "sub", all, nullptr},
    {"string", "rep", all, &string_rep},        // capped
    {"string", "format", all, &string_format},  // no addresses
    {"string", "contains", all, &string_contains},
    {"string", "starts_with", all, &string_starts_with},
    {"string", "split", all, &string_split},

    // Tables. LuaJIT's insert and remove loop over whatever positions they are given; its sort runs
    // for as long as a comparison function tells it to.
    {"table", "insert", all, &table_insert},
    {"table", "remove", all, &table_remove},
    {"table", "sort", all, &table_sort},
    {"table", "concat", all, nullptr},

    // Numbers.
    {"math", "abs", all, nullptr},
    {"math", "acos", all, nullptr},
    {"math", "asin", all, nullptr},
    {"math", "atan", all, nullptr},
    {"math", "atan2", all, nullptr},
    {"math", "ceil", all, nullptr},
    {"math", "cos", all, nullptr},
    {"math", "cosh", all, nullptr},
    {"math", "deg", all, nullptr},
    {"math", "exp", all, nullptr},
    {"math", "floor", all, nullptr},
    {"math", "fmod", all, nullptr},
    {"math", "frexp", all, nullptr},
    {"math", "huge", all, nullptr},
    {"math", "ldexp", all, nullptr},
    {"math", "log", all, nullptr},
    {"math", "log10", all, nullptr},
    {"math", "max", all, nullptr},
    {"math", "min", all, nullptr},
    {"math", "modf", all, nullptr},
    {"math", "pi", all, nullptr},
    {"math", "pow", all, nullptr},
    {"math", "rad", all, nullptr},
    {"math", "sin", all, nullptr},
    {"math", "sinh", all, nullptr},
    {"math", "sqrt", all, nullptr},
    {"math", "tan", all, nullptr},
    {"math", "tanh", all, nullptr},
    {"bit", "arshift", all, nullptr},
    {"bit", "band", all, nullptr},
    {"bit", "bnot", all, nullptr},
    {"bit", "bor", all, nullptr},
    {"bit", "bswap", all, nullptr},
    {"bit", "bxor", all, nullptr},
    {"bit", "lshift", all, nullptr},
    {"bit", "rol", all, nullptr},
    {"bit", "ror", all, nullptr},
    {"bit", "rshift", all, nullptr},
    {"bit", "tobit", all, nullptr},
    {"bit", "tohex", all, nullptr},

    // What a rule answers with, and the host's clocks and arithmetic.
    {"", "deny", plugins | tests, &lua_deny},
    {"", "effect", plugins | tests, &lua_effect},
    {"", "local_time", plugins | tests, &lua_local_time},
    {"", "instant_of", plugins | tests, &lua_instant_of},
    {"", "local_day", plugins | tests, &lua_local_day},
    {"", "percent_of", plugins | tests, &lua_percent_of},

    // What a file says it is. A script and a test have the rules' constructors beside these.
    {"", "plugin", plugins, &lua_plugin},
    {"", "policy", scripts | tests, &lua_policy},
    {"", "test", tests, &lua_test},
});

constexpr std::array<std::string_view, 4> libraries{"string", "table", "math", "bit"};

unsigned bit_of(PolicyFileKind kind) {
  switch (kind) {
    case PolicyFileKind::plugin:
      return plugins;
    case PolicyFileKind::script:
      return scripts;
    case PolicyFileKind::test:
      return tests;
  }
  return 0;
}

bool is_word(const Allowed& allowed) {
  return allowed.function == &lua_plugin || allowed.function == &lua_policy || allowed.function == &lua_test;
}

// Keys in the registry.
char environment_key = 0;
char names_key = 0;

void push_kept(lua_State* L, char* key) {
  lua_pushlightuserdata(L, key);
  lua_rawget(L, LUA_REGISTRYINDEX);
}

void keep(lua_State* L, char* key, int index) {
  lua_pushlightuserdata(L, key);
  lua_pushvalue(L, index);
  lua_rawset(L, LUA_REGISTRYINDEX);
}

void set_function(lua_State* L, int table, const char* name, lua_CFunction function) {
  lua_pushcfunction(L, function);
  lua_setfield(L, table, name);
}

int refuse_global(lua_State* L) {
  raise(L, "'%s' is not a local variable; globals are read-only (write: local %s = ...)",
        lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : "?",
        lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : "?");
}

// Upvalue 1: the library's name.
int refuse_library_member(lua_State* L) {
  raise(L, "there is no %s.%s here", lua_tostring(L, lua_upvalueindex(1)),
        lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : "?");
}

int refuse_library_write(lua_State* L) {
  raise(L, "the libraries are read-only");
}

// __index of the table of names. Upvalue 1: the words; upvalue 2: what to do about other names.
int absent_name(lua_State* L) {
  lua_settop(L, 2);
  lua_pushvalue(L, 2);
  lua_rawget(L, lua_upvalueindex(1));
  if (!lua_isnil(L, -1)) {
    Vm::of(L).word = Vm::caller(L);
    return 1;
  }
  return lua_tocfunction(L, lua_upvalueindex(2))(L);
}

// Pushes the value of an allowed name: ours, or the one in LuaJIT's library at an index.
void push_allowed(lua_State* L, const Allowed& allowed, int library) {
  lua_getfield(L, library, allowed.name);
  if (!allowed.function) return;
  // format wants LuaJIT's own behind it; for the others an upvalue does no harm.
  lua_pushcclosure(L, allowed.function, 1);
}

// Replaces the table of a library on top by a view of it that refuses other names.
void seal_library(lua_State* L, std::string_view name) {
  const int table = lua_gettop(L);
  lua_createtable(L, 0, 1);
  lua_pushlstring(L, name.data(), name.size());
  lua_pushcclosure(L, &refuse_library_member, 1);
  lua_setfield(L, -2, "__index");
  lua_setmetatable(L, table);

  auto* const view = new (lua_newuserdata(L, sizeof(View))) View();
  view->tag = View::kind;
  lua_pushvalue(L, table);
  lua_setfenv(L, -2);
  lua_createtable(L, 0, 3);
  lua_pushvalue(L, table);
  lua_setfield(L, -2, "__index");
  set_function(L, lua_gettop(L), "__newindex", &refuse_library_write);
  lua_pushboolean(L, 0);
  lua_setfield(L, -2, "__metatable");
  lua_setmetatable(L, -2);
  lua_replace(L, table);
}

// Pushes a library as the sandbox has it. Methods on strings (s:upper()) are made to reach the
// sandbox's functions and nothing else.
void push_library(lua_State* L, std::string_view name, unsigned seen_by) {
  lua_getfield(L, LUA_GLOBALSINDEX, name.data());
  const int library = lua_gettop(L);
  lua_newtable(L);
  const int picked = lua_gettop(L);
  for (const Allowed& allowed : allow_list) {
    if (allowed.library != name || (allowed.seen_by & seen_by) == 0) continue;
    push_allowed(L, allowed, library);
    lua_setfield(L, picked, allowed.name);
  }
  if (name == "string") {
    lua_pushliteral(L, "");
    lua_getmetatable(L, -1);
    lua_pushvalue(L, picked);
    lua_setfield(L, -2, "__index");
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
    lua_pop(L, 2);
  }
  seal_library(L, name);
  lua_replace(L, library);
}

void open_libraries(lua_State* L) {
  for (const lua_CFunction open : {&luaopen_base, &luaopen_string, &luaopen_table, &luaopen_math, &luaopen_bit}) {
    lua_pushcfunction(L, open);
    lua_call(L, 0, 0);
  }
}

// Nothing runs in LuaJIT's own table of globals; empty, it cannot be of use by mistake either.
void clear_globals(lua_State* L) {
  lua_pushnil(L);
  while (lua_next(L, LUA_GLOBALSINDEX) != 0) {
    lua_pop(L, 1);
    lua_pushvalue(L, -1);
    lua_pushnil(L);
    lua_rawset(L, LUA_GLOBALSINDEX);
  }
}

void add_names(lua_State* L, int table, std::string_view prefix, std::vector<std::string>& names) {
  lua_pushnil(L);
  while (lua_next(L, table) != 0) {
    const std::string name = std::string(prefix) + lua_tostring(L, -2);
    if (to_box<View>(L, -1)) {
      push_backing(L, -1);
      add_names(L, lua_gettop(L), name + ".", names);
      lua_pop(L, 1);
    } else {
      names.push_back(name);
    }
    lua_pop(L, 1);
  }
}

}  // namespace

void push_sandbox(lua_State* L, PolicyFileKind kind, lua_CFunction unknown) {
  const unsigned seen_by = bit_of(kind);
  open_libraries(L);
  lua_newtable(L);
  const int names = lua_gettop(L);
  lua_newtable(L);
  const int words = lua_gettop(L);
  for (const std::string_view library : libraries) {
    push_library(L, library, seen_by);
    lua_setfield(L, names, library.data());
  }
  for (const Allowed& allowed : allow_list) {
    if (*allowed.library != '\0' || (allowed.seen_by & seen_by) == 0) continue;
    push_allowed(L, allowed, LUA_GLOBALSINDEX);
    lua_setfield(L, is_word(allowed) ? words : names, allowed.name);
  }
  clear_globals(L);

  // The names answer for themselves, then the words, then `unknown`.
  lua_createtable(L, 0, 1);
  lua_pushvalue(L, words);
  lua_pushcfunction(L, unknown);
  lua_pushcclosure(L, &absent_name, 2);
  lua_setfield(L, -2, "__index");
  lua_setmetatable(L, names);
  keep(L, &names_key, names);

  // The environment itself stays empty: reads go to the names, writes are refused.
  lua_newtable(L);
  lua_createtable(L, 0, 3);
  lua_pushvalue(L, names);
  lua_setfield(L, -2, "__index");
  set_function(L, lua_gettop(L), "__newindex", &refuse_global);
  lua_pushboolean(L, 0);
  lua_setfield(L, -2, "__metatable");
  lua_setmetatable(L, -2);
  keep(L, &environment_key, lua_gettop(L));
  lua_replace(L, names);
  lua_settop(L, names);
}

int raise_unknown_name(lua_State* L) {
  raise(L, "there is no '%s' here", lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : "?");
}

void push_environment(lua_State* L) {
  push_kept(L, &environment_key);
}

void define_name(lua_State* L, const std::string& name) {
  push_kept(L, &names_key);
  lua_pushlstring(L, name.data(), name.size());
  lua_pushvalue(L, -3);
  lua_rawset(L, -3);
  lua_pop(L, 2);
}

std::vector<std::string> sandbox_names(PolicyFileKind kind) {
  std::vector<std::string> names;
  for (const Allowed& allowed : allow_list) {
    if ((allowed.seen_by & bit_of(kind)) == 0) continue;
    names.push_back(*allowed.library ? std::string(allowed.library) + "." + allowed.name : allowed.name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::vector<std::string> reachable_names(lua_State* L) {
  std::vector<std::string> names;
  const int top = lua_gettop(L);
  push_environment(L);
  add_names(L, lua_gettop(L), "", names);  // nothing, unless somebody wrote into it
  push_kept(L, &names_key);
  add_names(L, lua_gettop(L), "", names);
  lua_getmetatable(L, -1);
  lua_getfield(L, -1, "__index");
  lua_getupvalue(L, -1, 1);
  add_names(L, lua_gettop(L), "", names);
  lua_settop(L, top);
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace scrip
