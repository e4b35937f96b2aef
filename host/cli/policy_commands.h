// The subcommands of `scrip policy`: each adds itself with its options, and says how it is run when
// it was the one that was given.
#pragma once

#include <CLI/App.hpp>
#include <functional>
#include <string>
#include <vector>

#include "cli/arguments.h"
#include "db/store.h"
#include "policy/policy_set.h"
#include "policy/test_run.h"

namespace scrip::cli {

struct PolicyCommand {
  CLI::App* app = nullptr;
  std::function<int()> run;  // the exit status
};

PolicyCommand add_policy_test(CLI::App& policy);
PolicyCommand add_policy_try(CLI::App& policy);
PolicyCommand add_policy_windows(CLI::App& policy);
PolicyCommand add_policy_record(CLI::App& policy);
PolicyCommand add_policy_replay(CLI::App& policy);
PolicyCommand add_policy_shadow(CLI::App& policy);

// The files of the folders, compiled; files that cannot be read are among the errors.
TestedSet compile_folders(const PolicyFolders& folders, const TestOptions& options = {},
                          const PolicyLimits& limits = {});

// Campaigns of a store that would not fit the set, as a reload would ask.
Result<std::vector<PolicyError>> misfits(const PolicySet& set, Store& store);

// Every error on stderr, and with `json` as JSON on stdout: `failed`.
int refuse(const std::vector<PolicyError>& errors, bool json);

}  // namespace scrip::cli
