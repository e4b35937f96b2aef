// Makes an accepted policy set out of files, or says everything that is wrong with them.
#pragma once

#include <vector>

#include "policy/policy_set.h"

namespace scrip {

// See Compile in policy_set.h. Any thread; takes as long as the files' tests take.
CompiledSet compile(std::vector<PolicyFile> files, const PolicyLimits& limits);

// The same without running the files' tests: for trying what they do not expect yet.
CompiledSet compile_untested(std::vector<PolicyFile> files, const PolicyLimits& limits);

}  // namespace scrip
