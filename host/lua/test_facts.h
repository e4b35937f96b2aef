// The facts of a Lua test: what the test says, and for the rest what is usual. Pure C++.
#pragma once

#include <string>

#include "lua/schema.h"
#include "policy/facts.h"

namespace scrip {

struct TestFacts {
  Facts facts;        // without counters
  Counters counters;  // those that the test gives
  std::string error;  // not empty: what is wrong, naming the member
};

// `given` is the `facts` table of t.decide. An optional member that is false is absent.
TestFacts read_test_facts(const Json& given, Hook hook);

}  // namespace scrip
