#include "lua/param_view.h"

#include "coupon/time.h"
#include "lua/json_value.h"
#include "lua/view.h"

namespace scrip {
namespace {

void push_members(lua_State* L, const std::vector<Param>& schema, const Json& params);

void push_param(lua_State* L, const Param& param, const Json& value) {
  luaL_checkstack(L, 8, "a parameter");
  switch (param.type) {
    case ParamType::instant: {
      const auto instant = parse_instant(value.get_ref<const std::string&>());
      return lua_pushnumber(L, static_cast<lua_Number>(instant.value_or(0)));
    }
    case ParamType::record:
      return push_members(L, param.fields, value);
    case ParamType::list: {
      lua_createtable(L, static_cast<int>(value.size()), 0);
      int at = 0;
      for (const Json& item : value) {
        push_param(L, *param.of, item);
        lua_rawseti(L, -2, ++at);
      }
      return to_lasting_view(L);
    }
    default:
      return push_json(L, value, PushAs::lasting_view);
  }
}

int absent_param(lua_State* L) {
  if (!is_known_member(L)) raise_unknown_member(L, "the parameter table");
  lua_pushnil(L);
  return 1;
}

void push_members(lua_State* L, const std::vector<Param>& schema, const Json& params) {
  lua_createtable(L, 0, static_cast<int>(schema.size()));
  lua_createtable(L, static_cast<int>(schema.size()), 0);
  int at = 0;
  for (const Param& param : schema) {
    lua_pushlstring(L, param.name.data(), param.name.size());
    const int name = lua_gettop(L);
    if (const auto value = params.find(param.name); value != params.end()) {
      lua_pushvalue(L, name);
      push_param(L, param, *value);
      lua_rawset(L, name - 2);
    }
    lua_pushvalue(L, name - 1);
    add_member_name(L, name, ++at);
    lua_settop(L, name - 1);
  }
  to_named_view(L, &absent_param);
}

}  // namespace

void push_params(lua_State* L, const Plugin& plugin, const Json& params) {
  push_members(L, plugin.schema.params(), params);
}

}  // namespace scrip
