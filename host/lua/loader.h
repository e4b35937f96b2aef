// Reads the files of a set: each in a VM of its own, so that one that goes wild takes nothing along.
#pragma once

#include <optional>
#include <vector>

#include "lua/program.h"
#include "lua/rules.h"

namespace scrip {

// What went wrong goes to `errors`; the plugins that are of use go to the shelf, by name.
// `coverage` may be null.
PluginShelf load_plugins(const Sources& sources, const PolicyLimits& limits, LineCoverage* coverage,
                         std::vector<PolicyError>& errors);

// The policies of all scripts that are of use, by name. Every error of every script goes to `errors`.
std::vector<Policy> load_policies(const Sources& sources, const PluginShelf& shelf, const PolicyLimits& limits,
                                  LineCoverage* coverage, std::vector<PolicyError>& errors);

// A run's failure as an error of a file, when it says no place itself.
PolicyError to_error(const Vm::Failure& failure, const PolicyFile& file);

}  // namespace scrip
