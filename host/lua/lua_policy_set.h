// An accepted set of policies, made by compile().
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "lua/binding.h"
#include "lua/rule_vm.h"

namespace scrip {

// Asks the plugins' `check` functions about parameters, in a VM of its own. Thread-safe.
class ParamChecker {
 public:
  explicit ParamChecker(std::shared_ptr<const Program> program) : program_(std::move(program)) {}

  // What is wrong with a rule's parameters taken together; nullopt when nothing is.
  std::optional<std::string> check(const Rule& rule);

 private:
  const std::shared_ptr<const Program> program_;
  std::mutex mutex_;
  std::unique_ptr<RuleVm> vm_;
};

class LuaPolicySet final : public PolicySet {
 public:
  // With `enforce_shadow` shadow rules are rules like any other.
  explicit LuaPolicySet(std::shared_ptr<const Program> program, bool enforce_shadow = false);

  const std::string& revision() const override { return program_->revision; }
  const std::vector<PolicyFile>& files() const override { return *program_->sources; }
  const std::vector<PolicyInfo>& policies() const override { return policies_; }
  const std::vector<PluginInfo>& plugins() const override { return plugins_; }

  Result<std::shared_ptr<const Binding>> bind(const std::string& policy, std::string_view params) const override;
  std::unique_ptr<Evaluator> evaluator() const override;
  std::shared_ptr<const PolicySet> with_shadow_rules() const override;

  // The same for rules that no script holds, as tests make them.
  Result<std::shared_ptr<const Binding>> bind(const std::string& name, const std::vector<Rule>& rules,
                                              std::string_view params) const;

 private:
  const std::shared_ptr<const Program> program_;
  const bool enforce_shadow_;
  std::vector<PolicyInfo> policies_;
  std::vector<PluginInfo> plugins_;
  mutable ParamChecker checker_;
};

}  // namespace scrip
