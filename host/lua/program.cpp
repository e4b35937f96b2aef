#include "lua/program.h"

#include <algorithm>
#include <tuple>

namespace scrip {

const Policy* Program::policy(std::string_view name) const {
  const auto found =
      std::lower_bound(policies.begin(), policies.end(), name,
                       [](const Policy& policy, std::string_view wanted) { return policy.name < wanted; });
  return found != policies.end() && found->name == name ? &*found : nullptr;
}

Vm::Budget load_budget(const PolicyLimits& limits) {
  // The limit is for decisions; opening the sandbox alone takes a good part of this.
  constexpr std::size_t least = 1024 * 1024;
  // Files and tests take long enough that a busy machine would fail them by the clock; a decision's caller waits by it.
  return {.time_us = limits.load_us, .memory = std::max(limits.memory, least), .own_time = true};
}

Vm::Budget decision_budget(const PolicyLimits& limits) {
  return {.time_us = limits.decision_us, .memory = limits.memory};
}

void sort_rules(std::vector<Rule>& rules, const std::vector<Plugin>& plugins) {
  std::sort(rules.begin(), rules.end(), [&plugins](const Rule& a, const Rule& b) {
    return std::tie(plugins[a.plugin].priority, a.name) < std::tie(plugins[b.plugin].priority, b.name);
  });
}

}  // namespace scrip
