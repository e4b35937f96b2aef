// What a test may ask beside a decision: t.window and t.reminding, for what rules say to the host
// about their times, and t.misfit, for what they say to an operator about parameters.
#pragma once

#include <span>

#include "lua/test_assertions.h"

namespace scrip {

std::span<const TestAssertion> question_functions();

}  // namespace scrip
