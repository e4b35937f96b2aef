// t.forall: a rule's properties over made-up facts, the same ones for the same seed. The first case
// that a property does not hold for is made as small as can be, and reported.
#pragma once

#include <span>

#include "lua/test_assertions.h"

namespace scrip {

// forall, between, one_of, list_of.
std::span<const TestAssertion> forall_functions();

}  // namespace scrip
