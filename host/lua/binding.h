// A campaign's policy with the campaign's overrides applied.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "lua/program.h"

namespace scrip {

class LuaBinding final : public Binding {
 public:
  // `rules` in the order they run; those that are shadow rules are left out unless they are to be
  // enforced, so that nothing of them can touch a decision.
  LuaBinding(std::shared_ptr<const Program> program, std::string policy, std::vector<Rule> rules,
             bool enforce_shadow = false);

  const std::string& policy() const override { return policy_; }
  std::vector<RuleInfo> rule_infos() const override;

  const Program& program() const { return *program_; }
  const std::vector<Rule>& rules() const { return rules_; }

  // The places in rules() of those with a hook, in the order they run.
  const std::vector<std::size_t>& rules(Hook hook) const { return hooked_[static_cast<std::size_t>(hook)]; }

  // Whether one of those names counters. Of `stack` none does: counters are a campaign's.
  bool counts(Hook hook) const { return counts_[static_cast<std::size_t>(hook)]; }

  // Never given to another binding, unlike an address.
  std::uint64_t id() const { return id_; }

  // True for as long as somebody holds this id's binding.
  std::weak_ptr<const void> alive() const { return life_; }

 private:
  const std::shared_ptr<const Program> program_;
  const std::string policy_;
  const std::vector<Rule> rules_;
  std::array<std::vector<std::size_t>, all_hooks.size()> hooked_;
  std::array<bool, all_hooks.size()> counts_{};
  const std::uint64_t id_;
  const std::shared_ptr<const void> life_;
};

// The rules of a policy with overrides (JSON object: rule name -> parameters) put over their
// parameters and checked; the plugins' own `check` is not asked. Errors as in PolicySet::bind.
Result<std::vector<Rule>> override_params(const Program& program, const std::vector<Rule>& rules,
                                          std::string_view params);

}  // namespace scrip
