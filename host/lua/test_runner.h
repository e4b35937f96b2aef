// Runs the *_test.lua files of a set: twice, in two VMs and in opposite order, because a rule that
// keeps state between decisions gives itself away when the decisions come in another order.
#pragma once

#include <vector>

#include "lua/lua_policy_set.h"
#include "lua/rules.h"
#include "policy/test_run.h"

namespace scrip {

struct TestReport {
  std::vector<PolicyTestResult> results;                        // by file and line
  std::vector<std::shared_ptr<const AskedDecision>> decisions;  // beside them; see TestedSet
  std::vector<PolicyError> errors;                              // of files that do not load, and of tests that fail
};

// `set` holds what is of use of the files; when that is not everything (`complete` is false), tests
// that need the rest are passed over.
TestReport run_policy_tests(const LuaPolicySet& set, const Program& program, const PluginShelf& shelf, bool complete,
                            const TestOptions& options);

// In one order, for what they do and not for what they come to.
void run_policy_tests_once(const LuaPolicySet& set, const Program& program, const PluginShelf& shelf,
                           const TestOptions& options);

}  // namespace scrip
