#include "lua/base_functions.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include "lua/view.h"
#include "lua/vm.h"

namespace scrip {
namespace {

struct Key {
  bool is_text = false;
  lua_Number number = 0;
  std::string_view text;  // of a string that the table holds
};

// Raises when the time is over: sorting may throw, and the stack unwinds.
class KeyOrder {
 public:
  explicit KeyOrder(lua_State* L) : L_(L) {}
  bool operator()(const Key& a, const Key& b) const {
    if (++compared_ % 4096 == 0) Vm::check_time(L_);
    if (a.is_text != b.is_text) return b.is_text;
    return a.is_text ? a.text < b.text : a.number < b.number;
  }

 private:
  lua_State* L_;
  mutable unsigned compared_ = 0;
};

// The keys of the table at an index, in order.
std::vector<Key> sorted_keys(lua_State* L, int table) {
  std::vector<Key> keys;
  lua_pushnil(L);
  while (lua_next(L, table) != 0) {
    lua_pop(L, 1);
    Key key;
    if (lua_type(L, -1) == LUA_TNUMBER) {
      key.number = lua_tonumber(L, -1);
    } else if (lua_type(L, -1) == LUA_TSTRING) {
      std::size_t size = 0;
      const char* text = lua_tolstring(L, -1, &size);
      key.is_text = true;
      key.text = {text, size};
    } else {
      raise(L, "pairs: a key is a %s; only numbers and strings have an order", luaL_typename(L, -1));
    }
    keys.push_back(key);
    if (keys.size() % 4096 == 0) Vm::check_time(L);
  }
  std::sort(keys.begin(), keys.end(), KeyOrder(L));
  return keys;
}

// Pushes an array of the keys, in order.
void push_sorted_keys(lua_State* L, int table) {
  const std::vector<Key> keys = sorted_keys(L, table);
  lua_createtable(L, static_cast<int>(keys.size()), 0);
  int at = 0;
  for (const Key& key : keys) {
    if (key.is_text) {
      lua_pushlstring(L, key.text.data(), key.text.size());
    } else {
      lua_pushnumber(L, key.number);
    }
    lua_rawseti(L, -2, ++at);
  }
}

// Upvalues: what is walked, its keys, how far we are. A member that is gone meanwhile is skipped.
int next_pair(lua_State* L) {
  auto at = static_cast<int>(lua_tointeger(L, lua_upvalueindex(3)));
  for (;;) {
    lua_rawgeti(L, lua_upvalueindex(2), ++at);
    if (lua_isnil(L, -1)) return 1;
    lua_pushvalue(L, -1);
    if (lua_istable(L, lua_upvalueindex(1))) {
      lua_rawget(L, lua_upvalueindex(1));
    } else {
      lua_gettable(L, lua_upvalueindex(1));
    }
    if (!lua_isnil(L, -1)) break;
    lua_pop(L, 2);
  }
  lua_pushinteger(L, at);
  lua_replace(L, lua_upvalueindex(3));
  return 2;
}

int next_element(lua_State* L) {
  const auto at = static_cast<int>(lua_tointeger(L, 2)) + 1;
  lua_pushinteger(L, at);
  if (lua_istable(L, 1)) {
    lua_rawgeti(L, 1, at);
  } else {
    push_backing(L, 1);
    lua_rawgeti(L, -1, at);
    lua_replace(L, -2);
  }
  return lua_isnil(L, -1) ? 1 : 2;
}

void check_iterable(lua_State* L, const char* function) {
  if (!lua_istable(L, 1) && !to_box<View>(L, 1)) {
    raise(L, "%s: a table is wanted, not a %s", function, luaL_typename(L, 1));
  }
}

}  // namespace

int base_pairs(lua_State* L) {
  check_iterable(L, "pairs");
  lua_settop(L, 1);
  lua_pushvalue(L, 1);
  if (lua_istable(L, 1)) {
    push_sorted_keys(L, 1);
  } else if (!push_member_names(L, 1)) {
    push_backing(L, 1);
    push_sorted_keys(L, 3);
    lua_replace(L, 3);
  }
  lua_pushinteger(L, 0);
  lua_pushcclosure(L, &next_pair, 3);
  return 1;
}

int base_ipairs(lua_State* L) {
  check_iterable(L, "ipairs");
  lua_pushcfunction(L, &next_element);
  lua_pushvalue(L, 1);
  lua_pushinteger(L, 0);
  return 3;
}

int base_tostring(lua_State* L) {
  luaL_checkany(L, 1);
  switch (lua_type(L, 1)) {
    case LUA_TNIL:
      lua_pushliteral(L, "nil");
      return 1;
    case LUA_TBOOLEAN:
      lua_pushstring(L, lua_toboolean(L, 1) ? "true" : "false");
      return 1;
    case LUA_TNUMBER:
    case LUA_TSTRING:
      lua_settop(L, 1);
      lua_tostring(L, 1);
      return 1;
    default:
      lua_pushstring(L, luaL_typename(L, 1));
      return 1;
  }
}

}  // namespace scrip
