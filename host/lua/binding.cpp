#include "lua/binding.h"

#include <algorithm>

namespace scrip {
namespace {

std::uint64_t next_id() {
  static std::atomic<std::uint64_t> last{0};
  return ++last;
}

Error invalid(std::vector<FieldError> fields) {
  return {
      .code = Code::invalid_request, .message = "The parameters do not fit the policy.", .fields = std::move(fields)};
}

std::string names_of(const std::vector<Rule>& rules) {
  std::string names;
  for (const Rule& rule : rules) names += (names.empty() ? "" : ", ") + rule.name;
  return names;
}

std::vector<Rule> enforced(std::vector<Rule> rules, bool shadow_too) {
  if (!shadow_too) std::erase_if(rules, [](const Rule& rule) { return rule.shadow; });
  return rules;
}

}  // namespace

LuaBinding::LuaBinding(std::shared_ptr<const Program> program, std::string policy, std::vector<Rule> rules,
                       bool enforce_shadow)
    : program_(std::move(program)),
      policy_(std::move(policy)),
      rules_(enforced(std::move(rules), enforce_shadow)),
      id_(next_id()),
      life_(std::make_shared<int>(0)) {
  for (const Hook hook : all_hooks) {
    const auto at = static_cast<std::size_t>(hook);
    for (std::size_t i = 0; i < rules_.size(); ++i) {
      const Plugin& plugin = program_->plugins[rules_[i].plugin];
      if (!plugin.has(hook)) continue;
      hooked_[at].push_back(i);
      counts_[at] = counts_[at] || (plugin.has_counters && hook != Hook::stack);
    }
  }
}

std::vector<RuleInfo> LuaBinding::rule_infos() const {
  std::vector<RuleInfo> infos;
  for (const Rule& rule : rules_) infos.push_back({rule.name, program_->plugins[rule.plugin].name, rule.params.dump()});
  return infos;
}

Result<std::vector<Rule>> override_params(const Program& program, const std::vector<Rule>& rules,
                                          std::string_view params) {
  std::vector<Rule> bound = rules;
  const Json overrides = Json::parse(params, nullptr, false);
  if (!overrides.is_object()) return invalid_field("params", "must be an object: rule -> parameters");
  std::vector<FieldError> fields;
  for (const auto& [name, given] : overrides.items()) {
    const std::string path = "params." + name;
    const auto rule =
        std::find_if(bound.begin(), bound.end(), [&wanted = name](const Rule& r) { return r.name == wanted; });
    if (rule == bound.end()) {
      fields.push_back({path, rules.empty() ? "is no rule of the policy, which has none"
                                            : "is no rule of the policy; its rules are " + names_of(rules)});
      continue;
    }
    if (!given.is_object()) {
      fields.push_back({path, "must be an object: parameter -> value"});
      continue;
    }
    Json merged = rule->params;
    merged.update(given);
    std::vector<ParamError> errors;
    rule->params = program.plugins[rule->plugin].schema.check(merged, 0, errors);
    for (ParamError& error : errors) fields.push_back({path + "." + error.param, std::move(error.message)});
  }
  if (!fields.empty()) return invalid(std::move(fields));
  return bound;
}

}  // namespace scrip
