// A text of any length, short enough for the name of a counter. Depends on its argument alone.
#pragma once

#include "lua/lua_api.h"

namespace scrip {

int lua_short(lua_State* L);  // (text) -> text of at most 36 bytes

}  // namespace scrip
