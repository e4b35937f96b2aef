#include "lua/words.h"

#include "lua/vm.h"

namespace scrip {
namespace {

template <class B>
int box_table(lua_State* L, const char* word) {
  if (!lua_istable(L, 1)) raise(L, "%s: write %s { ... }", word, word);
  const int line = Vm::of(L).word_line;
  push_box<B>(L)->line = line;
  lua_pushvalue(L, 1);
  lua_setfenv(L, -2);
  return 1;
}

// Upvalues: the title and the line.
int box_test(lua_State* L) {
  if (!lua_istable(L, 1)) raise(L, "test: write test \"title\" { [\"name\"] = function(t) ... end }");
  lua_settop(L, 1);
  const auto line = static_cast<int>(lua_tointeger(L, lua_upvalueindex(2)));
  push_box<TestBox>(L)->line = line;
  lua_createtable(L, 0, 2);
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_setfield(L, -2, "title");
  lua_pushvalue(L, 1);
  lua_setfield(L, -2, "cases");
  lua_setfenv(L, -2);
  return 1;
}

}  // namespace

int lua_plugin(lua_State* L) {
  return box_table<PluginBox>(L, "plugin");
}
int lua_policy(lua_State* L) {
  return box_table<PolicyBox>(L, "policy");
}

int lua_test(lua_State* L) {
  if (lua_type(L, 1) != LUA_TSTRING) raise(L, "test: write test \"title\" { ... }");
  lua_settop(L, 1);
  lua_pushinteger(L, Vm::of(L).word_line);
  lua_pushcclosure(L, &box_test, 2);
  return 1;
}

}  // namespace scrip
