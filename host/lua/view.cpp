#include "lua/view.h"

#include <string>

namespace scrip {
namespace {

// Their addresses are keys in the registry.
char sealed_metatable = 0;
char view_metatable = 0;

int refuse_write(lua_State* L) {
  const char* member = lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : nullptr;
  raise(L, "%s is read-only", member ? member : "this");
}

int refuse_read(lua_State* L) {
  raise(L, "a rule's answer, a rule, a policy and a test have no members to read");
}

int view_index(lua_State* L) {
  lua_getfenv(L, 1);
  lua_pushvalue(L, 2);
  lua_rawget(L, -2);
  return 1;
}

int view_length(lua_State* L) {
  lua_getfenv(L, 1);
  lua_pushinteger(L, static_cast<lua_Integer>(lua_objlen(L, -1)));
  return 1;
}

void set_function(lua_State* L, const char* name, lua_CFunction function) {
  lua_pushcfunction(L, function);
  lua_setfield(L, -2, name);
}

// Pushes the metatable kept under a key, made on first use.
void push_metatable(lua_State* L, char* key, lua_CFunction index, lua_CFunction length) {
  lua_pushlightuserdata(L, key);
  lua_rawget(L, LUA_REGISTRYINDEX);
  if (!lua_isnil(L, -1)) return;
  lua_pop(L, 1);
  lua_createtable(L, 0, 4);
  set_function(L, "__index", index);
  set_function(L, "__newindex", &refuse_write);
  if (length) set_function(L, "__len", length);
  lua_pushboolean(L, 0);
  lua_setfield(L, -2, "__metatable");
  lua_pushlightuserdata(L, key);
  lua_pushvalue(L, -2);
  lua_rawset(L, LUA_REGISTRYINDEX);
}

// Pushes a userdata that is a view of the table at an index, without a metatable.
void push_bare_view(lua_State* L, int table) {
  auto* const view = new (lua_newuserdata(L, sizeof(View))) View();
  view->tag = View::kind;
  lua_pushvalue(L, table);
  lua_setfenv(L, -2);
}

}  // namespace

void seal(lua_State* L) {
  push_metatable(L, &sealed_metatable, &refuse_read, nullptr);
  lua_setmetatable(L, -2);
}

void to_view(lua_State* L) {
  push_bare_view(L, lua_gettop(L));
  push_metatable(L, &view_metatable, &view_index, &view_length);
  lua_setmetatable(L, -2);
  lua_replace(L, -2);
}

void to_lasting_view(lua_State* L) {
  const int table = lua_gettop(L);
  push_bare_view(L, table);
  lua_createtable(L, 0, 4);
  lua_pushvalue(L, table);
  lua_setfield(L, -2, "__index");
  set_function(L, "__newindex", &refuse_write);
  set_function(L, "__len", &view_length);
  lua_pushboolean(L, 0);
  lua_setfield(L, -2, "__metatable");
  lua_setmetatable(L, -2);
  lua_replace(L, table);
}

void to_named_view(lua_State* L, lua_CFunction absent) {
  // The table's own metatable, which answers for what is not in it.
  lua_createtable(L, 0, 2);
  lua_insert(L, -2);
  lua_setfield(L, -2, "names");
  set_function(L, "__index", absent);
  lua_setmetatable(L, -2);
  to_lasting_view(L);
}

bool is_known_member(lua_State* L) {
  if (!luaL_getmetafield(L, 1, "names")) return false;
  lua_pushvalue(L, 2);
  lua_rawget(L, -2);
  const bool known = lua_type(L, 2) == LUA_TSTRING && lua_toboolean(L, -1) != 0;
  lua_pop(L, 2);
  return known;
}

void add_member_name(lua_State* L, int name, int nth) {
  lua_pushvalue(L, name);
  lua_rawseti(L, -2, nth);
  lua_pushvalue(L, name);
  lua_pushboolean(L, 1);
  lua_rawset(L, -3);
}

void raise_unknown_member(lua_State* L, const char* title) {
  std::string known;
  if (luaL_getmetafield(L, 1, "names")) {
    for (int i = 1;; ++i) {
      lua_rawgeti(L, -1, i);
      const char* name = lua_tostring(L, -1);
      if (!name) break;
      known += known.empty() ? "; it has " : ", ";
      known += name;
      lua_pop(L, 1);
    }
  }
  const char* member = lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : luaL_typename(L, 2);
  raise(L, "%s has no member '%s'%s", title, member, known.c_str());
}

void push_backing(lua_State* L, int index) {
  lua_getfenv(L, index);
}

bool push_member_names(lua_State* L, int index) {
  push_backing(L, index);
  const bool named = luaL_getmetafield(L, -1, "names") != 0;
  lua_remove(L, named ? -2 : -1);
  return named;
}

}  // namespace scrip
