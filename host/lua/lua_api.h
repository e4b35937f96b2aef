// The C API of LuaJIT, for this folder only.
#pragma once

extern "C" {
#include <lauxlib.h>
#include <lua.h>
#include <luajit.h>
#include <lualib.h>
}

namespace scrip {

// luaL_error, and the compiler knows that it does not return. The formats are lua_pushfstring's:
// %s, %d, %f, %c, %%.
template <class... Arguments>
[[noreturn]] void raise(lua_State* L, const char* format, Arguments... arguments) {
  luaL_error(L, format, arguments...);
  __builtin_unreachable();
}

}  // namespace scrip
