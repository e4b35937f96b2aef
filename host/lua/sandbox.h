// What Lua code can reach: the names of allow_list.h and nothing else. Everything behind them is
// read-only, so that one decision leaves nothing for the next through them.
//
// The sandbox contains an operator's mistakes. It does not promise to hold a hostile author.
#pragma once

#include <string>
#include <vector>

#include "lua/lua_api.h"
#include "policy/policy_files.h"

namespace scrip {

// Opens the libraries in a new VM and pushes the environment for files of a kind. Once a VM. The
// function `unknown` (globals, name) gives the value of a name that is not defined, or raises.
void push_sandbox(lua_State* L, PolicyFileKind kind, lua_CFunction unknown);

// Raises "there is no 'x' here".
int raise_unknown_name(lua_State* L);

// Pushes the environment again.
void push_environment(lua_State* L);

// Defines a name, a rule's constructor; takes the value off the stack.
void define_name(lua_State* L, const std::string& name);

// The list, as "string.byte": sorted.
std::vector<std::string> sandbox_names(PolicyFileKind kind);

// What code in this VM really reaches: the environment and the libraries, walked. Sorted.
std::vector<std::string> reachable_names(lua_State* L);

}  // namespace scrip
