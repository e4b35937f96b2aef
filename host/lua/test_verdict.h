// A decision as a Lua test sees it: plain tables, which it may change as it likes.
#pragma once

#include "lua/lua_api.h"
#include "policy/facts.h"
#include "policy/verdict.h"

namespace scrip {

// Pushes what t.decide returns.
void push_verdict(lua_State* L, const Verdict& verdict);

// Pushes facts, named as rules see them; instants are numbers.
void push_facts(lua_State* L, Hook hook, const Facts& facts);

}  // namespace scrip
