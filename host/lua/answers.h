// What a rule answers with: deny(...) and effect{...}. Both check their arguments when they are
// called, so that a mistake is reported where it was made, and give a sealed value that a rule may
// keep and return as often as it likes.
#pragma once

#include <string_view>

#include "lua/lua_api.h"
#include "policy/composition.h"

namespace scrip {

int lua_deny(lua_State* L);    // (code, sentence, detail?)
int lua_effect(lua_State* L);  // {expires_at?, discount?, count?, note?}

// Adds what a rule returned, the value on top of the stack, to the verdict. False: the decision has
// ended. Raises when it is neither nothing nor one of these.
bool add_answer(lua_State* L, std::string_view rule, Composition& verdict);

}  // namespace scrip
