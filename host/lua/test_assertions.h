// The functions of `t` in a Lua test, beside t.decide. An assertion that does not hold raises, with
// the line of the test, what was wanted and what there was.
#pragma once

#include <span>

#include "lua/lua_api.h"

namespace scrip {

struct TestAssertion {
  const char* name;
  lua_CFunction function;
};

std::span<const TestAssertion> test_assertions();

}  // namespace scrip
