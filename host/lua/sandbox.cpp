#include "lua/sandbox.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "lua/allow_list.h"
#include "lua/view.h"
#include "lua/vm.h"

namespace scrip {
namespace {

constexpr std::array<std::string_view, 4> libraries{"string", "table", "math", "bit"};

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
void push_library(lua_State* L, std::string_view name, PolicyFileKind kind) {
  lua_getfield(L, LUA_GLOBALSINDEX, name.data());
  const int library = lua_gettop(L);
  lua_newtable(L);
  const int picked = lua_gettop(L);
  for (const Allowed& allowed : allow_list()) {
    if (allowed.library != name || !allowed.seen_by(kind)) continue;
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
  open_libraries(L);
  lua_newtable(L);
  const int names = lua_gettop(L);
  lua_newtable(L);
  const int words = lua_gettop(L);
  for (const std::string_view library : libraries) {
    push_library(L, library, kind);
    lua_setfield(L, names, library.data());
  }
  for (const Allowed& allowed : allow_list()) {
    if (*allowed.library != '\0' || !allowed.seen_by(kind)) continue;
    push_allowed(L, allowed, LUA_GLOBALSINDEX);
    lua_setfield(L, allowed.begins_a_file ? words : names, allowed.name);
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
  for (const Allowed& allowed : allow_list()) {
    if (!allowed.seen_by(kind)) continue;
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
