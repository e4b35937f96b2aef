#include "lua/words.h"

#include <string>

#include "lua/vm.h"

namespace scrip {
namespace {

template <class B>
int box_table(lua_State* L, const std::string& word) {
  const Vm::Place place = Vm::of(L).word;
  if (!lua_istable(L, 1)) Vm::raise_at(L, place, word + ": write " + word + " { ... }");
  push_box<B>(L)->line = place.line;
  lua_pushvalue(L, 1);
  lua_setfenv(L, -2);
  return 1;
}

// Upvalue: the title.
int box_test(lua_State* L) {
  const Vm::Place place = Vm::of(L).word;
  if (!lua_istable(L, 1)) {
    Vm::raise_at(L, place, "test: write test \"title\" { [\"name\"] = function(t) ... end }");
  }
  lua_settop(L, 1);
  push_box<TestBox>(L)->line = place.line;
  lua_createtable(L, 0, 2);
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_setfield(L, -2, "title");
  lua_pushvalue(L, 1);
  lua_setfield(L, -2, "cases");
  lua_setfenv(L, -2);
  return 1;
}

// Upvalues: the name, the line.
int box_case(lua_State* L) {
  if (!lua_istable(L, 1)) raise(L, "case: write case \"name\" { ... }");
  lua_settop(L, 1);
  push_box<CaseBox>(L)->line = static_cast<int>(lua_tointeger(L, lua_upvalueindex(2)));
  lua_createtable(L, 0, 2);
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_setfield(L, -2, "name");
  lua_pushvalue(L, 1);
  lua_setfield(L, -2, "members");
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
  if (lua_type(L, 1) != LUA_TSTRING) Vm::raise_at(L, Vm::of(L).word, "test: write test \"title\" { ... }");
  lua_settop(L, 1);
  lua_pushcclosure(L, &box_test, 1);
  return 1;
}

int lua_case(lua_State* L) {
  if (lua_type(L, 1) != LUA_TSTRING) raise(L, "case: write case \"name\" { ... }");
  lua_settop(L, 1);
  lua_pushinteger(L, Vm::caller(L).line);
  lua_pushcclosure(L, &box_case, 2);
  return 1;
}

}  // namespace scrip
