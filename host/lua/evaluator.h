// Evaluates decisions in a VM of its own, replaces that VM when it is spent, and now and then
// compares its answer with that of a fresh one.
#pragma once

#include <memory>
#include <unordered_set>

#include "lua/rule_vm.h"

namespace scrip {

class LuaEvaluator final : public Evaluator {
 public:
  explicit LuaEvaluator(std::shared_ptr<const Program> program) : program_(std::move(program)) {}

  std::vector<std::string> counters(const Binding& binding, Hook hook, const Facts& facts) override;
  std::vector<Reminding> reminding(const Binding& binding) override;
  Verdict decide(const Binding& binding, Hook hook, const Facts& facts) override;
  Result<std::optional<Window>> window(const Binding& binding, const Facts& facts) override;
  void watch_reads() override { watching_ = true; }
  ReadFacts take_reads() override { return vm_ ? vm_->take_reads() : ReadFacts(); }

 private:
  RuleVm* vm();
  bool counters_failed(const LuaBinding& binding) const { return counters_failed_.contains(binding.id()); }
  void recheck(const LuaBinding& binding, Hook hook, const Facts& facts, Verdict& verdict);

  const std::shared_ptr<const Program> program_;
  std::unique_ptr<RuleVm> vm_;
  std::int64_t decisions_ = 0;
  bool watching_ = false;
  std::unordered_set<std::uint64_t> counters_failed_;  // ids of bindings
};

// Whether two verdicts on the same facts say the same. The texts of errors are not compared.
bool same_outcome(const Verdict& a, const Verdict& b);

}  // namespace scrip
