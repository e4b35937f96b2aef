#include "lua/base_functions.h"
#include "lua/vm.h"

namespace scrip {
namespace {

// A position between 1 and `last`. Lua's own functions take any, and loop from there to here.
int check_position(lua_State* L, int argument, int last) {
  const lua_Number position = luaL_checknumber(L, argument);
  if (!(position >= 1 && position <= last)) luaL_argerror(L, argument, "position out of bounds");
  return static_cast<int>(position);
}

int length(lua_State* L, int table) {
  luaL_checktype(L, table, LUA_TTABLE);
  return static_cast<int>(lua_objlen(L, table));
}

constexpr int comparison = 2;

// Whether the element on top belongs before the one below it.
bool comes_before(lua_State* L) {
  if (lua_isnil(L, comparison)) return lua_lessthan(L, -1, -2) != 0;
  lua_pushvalue(L, comparison);
  lua_pushvalue(L, -2);
  lua_pushvalue(L, -4);
  lua_call(L, 2, 1);
  const bool before = lua_toboolean(L, -1) != 0;
  lua_pop(L, 1);
  return before;
}

// Merges two neighbouring runs of `from`, [first, middle) and [middle, last), into `to`.
void merge(lua_State* L, int from, int to, int first, int middle, int last) {
  int left = first;
  int right = middle;
  for (int at = first; at < last; ++at) {
    if (at % 1024 == 0) Vm::check_time(L);
    lua_rawgeti(L, from, left);
    lua_rawgeti(L, from, right);
    const bool take_right = left == middle || (right < last && comes_before(L));
    if (take_right) {
      ++right;
    } else {
      ++left;
      lua_pop(L, 1);
    }
    lua_rawseti(L, to, at);
    lua_settop(L, 3);
  }
}

}  // namespace

int table_insert(lua_State* L) {
  const int last = length(L, 1);
  switch (lua_gettop(L)) {
    case 2:
      lua_rawseti(L, 1, last + 1);
      return 0;
    case 3: {
      const int position = check_position(L, 2, last + 1);
      for (int i = last; i >= position; --i) {
        lua_rawgeti(L, 1, i);
        lua_rawseti(L, 1, i + 1);
      }
      lua_rawseti(L, 1, position);
      return 0;
    }
    default:
      raise(L, "table.insert: two or three arguments are wanted");
  }
}

int table_remove(lua_State* L) {
  const int last = length(L, 1);
  if (last == 0 && lua_isnoneornil(L, 2)) return 0;
  const int position = lua_isnoneornil(L, 2) ? last : check_position(L, 2, last);
  lua_rawgeti(L, 1, position);
  for (int i = position; i < last; ++i) {
    lua_rawgeti(L, 1, i + 1);
    lua_rawseti(L, 1, i);
  }
  lua_pushnil(L);
  lua_rawseti(L, 1, last);
  return 1;
}

// A merge sort: no comparison function, however wrong, makes it slow or reads past the end.
int table_sort(lua_State* L) {
  const int last = length(L, 1);
  if (!lua_isnoneornil(L, comparison)) luaL_checktype(L, comparison, LUA_TFUNCTION);
  lua_settop(L, comparison);
  lua_createtable(L, last, 0);
  int from = 1;
  int to = 3;
  for (int width = 1; width < last; width *= 2) {
    for (int first = 1; first <= last; first += 2 * width) {
      const int middle = first + width < last + 1 ? first + width : last + 1;
      const int end = first + 2 * width < last + 1 ? first + 2 * width : last + 1;
      merge(L, from, to, first, middle, end);
    }
    from = from == 1 ? 3 : 1;
    to = to == 1 ? 3 : 1;
  }
  if (from == 3) {
    for (int i = 1; i <= last; ++i) {
      lua_rawgeti(L, 3, i);
      lua_rawseti(L, 1, i);
    }
  }
  return 0;
}

}  // namespace scrip
