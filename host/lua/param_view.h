// A rule's parameters as the rule sees them.
#pragma once

#include "lua/program.h"

namespace scrip {

// Pushes a view of checked parameters; instants are numbers of microseconds. A name that the schema
// does not have is an error when it is read.
void push_params(lua_State* L, const Plugin& plugin, const Json& params);

}  // namespace scrip
