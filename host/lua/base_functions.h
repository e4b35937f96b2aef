// The functions that take the place of Lua's own in the sandbox: the same, but for what would make
// an answer depend on the VM it is worked out in (the order of pairs, addresses in texts) or would
// run for long where nothing can stop it.
#pragma once

#include "lua/lua_api.h"

namespace scrip {

int base_ipairs(lua_State* L);    // also over views
int base_pairs(lua_State* L);     // numbers ascending, then strings bytewise; also over views
int base_tostring(lua_State* L);  // no addresses

int string_contains(lua_State* L);     // (s, text): plain
int string_starts_with(lua_State* L);  // (s, text): plain
int string_split(lua_State* L);        // (s, separator): plain
int string_rep(lua_State* L);          // at most 64 KiB
int string_format(lua_State* L);       // upvalue 1: Lua's own; no addresses

int table_insert(lua_State* L);  // only positions that exist
int table_remove(lua_State* L);
int table_sort(lua_State* L);  // stable; can be stopped

}  // namespace scrip
