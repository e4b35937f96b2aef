// A policy set as plain data: what its files said when they were read. Immutable and shared by all
// evaluators, which only need the plugins' functions beside it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "lua/schema.h"
#include "lua/vm.h"
#include "policy/facts.h"
#include "policy/policy_set.h"

namespace scrip {

// What a plugin's manifest says.
struct Plugin {
  std::string name;
  std::string version;
  std::string doc;
  int priority = 500;  // lower runs first
  Schema schema;
  unsigned hooks = 0;  // bit 1 << Hook
  bool has_counters = false;
  bool has_window = false;
  bool has_check = false;
  bool has_prepare = false;
  bool has_remind_from = false;
  std::size_t source = 0;
  int line = 0;

  bool has(Hook hook) const { return (hooks >> static_cast<unsigned>(hook) & 1U) != 0; }
};

// A plugin with parameters, as a policy uses it.
struct Rule {
  std::string name;
  std::size_t plugin = 0;  // its place in Program::plugins
  bool shadow = false;     // not enforced: left out of bindings, save those that are made to see it
  Json params;             // checked, defaults filled in
  int line = 0;            // where the script made it
};

struct Policy {
  std::string name;
  std::string doc;
  std::vector<Rule> rules;  // in the order they run
  std::size_t source = 0;
  int line = 0;
};

struct Program {
  Sources sources;
  std::vector<Plugin> plugins;   // by name
  std::vector<Policy> policies;  // by name
  PolicyLimits limits;
  std::string revision;
  // Told of the lines that evaluators run; null but when that is measured.
  std::shared_ptr<LineCoverage> coverage;

  const Policy* policy(std::string_view name) const;
};

// What reading a file may use, and what a decision may.
Vm::Budget load_budget(const PolicyLimits& limits);
Vm::Budget decision_budget(const PolicyLimits& limits);

// Puts rules in the order in which they run: by (priority, name).
void sort_rules(std::vector<Rule>& rules, const std::vector<Plugin>& plugins);

}  // namespace scrip
