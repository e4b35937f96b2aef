// Compiles a policy set as an author wants it tested: with another seed, more cases or no tests at
// all, with the decisions behind failures, and with the lines that the tests ran. Any thread.
#pragma once

#include <vector>

#include "policy/policy_set.h"
#include "policy/test_run.h"

namespace scrip {

TestedSet compile_with(std::vector<PolicyFile> files, const PolicyLimits& limits, const TestOptions& options);

// Runs a set's tests once more in VMs that tell of every line, whatever they come to: verdicts are
// those of compile(), which measures nothing. The limits are for ordinary runs; this one is slower
// and gets more time.
std::vector<FileCoverage> measure_coverage(std::vector<PolicyFile> files, const PolicyLimits& limits,
                                           const TestOptions& options);

}  // namespace scrip
