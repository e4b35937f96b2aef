#include "lua/lua_policy_set.h"

#include "lua/evaluator.h"

namespace scrip {

std::optional<std::string> ParamChecker::check(const Rule& rule) {
  const Plugin& plugin = program_->plugins[rule.plugin];
  if (!plugin.has_check && !plugin.has_prepare) return std::nullopt;
  const std::scoped_lock lock(mutex_);
  if (!vm_ || vm_->spent()) vm_ = RuleVm::create(program_);
  if (!vm_) return "cannot be checked: no Lua VM can be made on this machine";
  return vm_->check(rule.plugin, rule.params);
}

LuaPolicySet::LuaPolicySet(std::shared_ptr<const Program> program, bool enforce_shadow)
    : program_(std::move(program)), enforce_shadow_(enforce_shadow), checker_(program_) {
  const std::vector<PolicyFile>& sources = *program_->sources;
  for (const Policy& policy : program_->policies) {
    PolicyInfo info{.name = policy.name, .file = sources[policy.source].name, .rules = {}};
    for (const Rule& rule : policy.rules) {
      info.rules.push_back({rule.name, program_->plugins[rule.plugin].name, rule.params.dump(), rule.shadow});
    }
    policies_.push_back(std::move(info));
  }
  for (const Plugin& plugin : program_->plugins) {
    plugins_.push_back({.name = plugin.name,
                        .version = plugin.version,
                        .file = sources[plugin.source].name,
                        .doc = plugin.doc,
                        .priority = plugin.priority,
                        .params = plugin.schema.json().dump()});
  }
}

Result<std::shared_ptr<const Binding>> LuaPolicySet::bind(const std::string& policy, std::string_view params) const {
  const Policy* found = program_->policy(policy);
  if (!found) return invalid_field("policy", "there is no policy '" + policy + "'");
  return bind(policy, found->rules, params);
}

Result<std::shared_ptr<const Binding>> LuaPolicySet::bind(const std::string& name, const std::vector<Rule>& rules,
                                                          std::string_view params) const {
  auto bound = override_params(*program_, rules, params);
  if (!bound) return bound.error();
  Error error{.code = Code::invalid_request, .message = "The parameters do not fit the policy."};
  for (const Rule& rule : *bound) {
    if (auto why = checker_.check(rule)) error.fields.push_back({"params." + rule.name, std::move(*why)});
  }
  if (!error.fields.empty()) return error;
  return std::shared_ptr<const Binding>(
      std::make_shared<LuaBinding>(program_, name, std::move(*bound), enforce_shadow_));
}

std::shared_ptr<const PolicySet> LuaPolicySet::with_shadow_rules() const {
  for (const Policy& policy : program_->policies) {
    for (const Rule& rule : policy.rules) {
      if (rule.shadow) return std::make_shared<const LuaPolicySet>(program_, true);
    }
  }
  return nullptr;
}

std::unique_ptr<Evaluator> LuaPolicySet::evaluator() const {
  return std::make_unique<LuaEvaluator>(program_);
}

}  // namespace scrip
