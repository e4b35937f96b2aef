#include "lua/compile.h"

#include <algorithm>
#include <tuple>

#include "lua/loader.h"
#include "lua/lua_policy_set.h"
#include "lua/test_runner.h"
#include "lua/utf8.h"

namespace scrip {
namespace {

// Files that can be looked into, by name; the others are reported.
Sources accept(std::vector<PolicyFile> files, std::vector<PolicyError>& errors) {
  std::sort(files.begin(), files.end(), [](const PolicyFile& a, const PolicyFile& b) { return a.name < b.name; });
  std::vector<PolicyFile> accepted;
  for (PolicyFile& file : files) {
    if (auto refused = check_policy_file(file)) {
      errors.push_back(std::move(*refused));
    } else if (!kind_of(file)) {
      errors.push_back({file.name, 0, "is neither plugins/NAME.lua nor scripts/NAME.lua"});
    } else if (!accepted.empty() && accepted.back().name == file.name) {
      errors.push_back({file.name, 0, "is given twice"});
    } else {
      accepted.push_back(std::move(file));
    }
  }
  return std::make_shared<const std::vector<PolicyFile>>(std::move(accepted));
}

// Asks the plugins about the parameters of every rule.
void check_rules(const std::shared_ptr<const Program>& program, std::vector<PolicyError>& errors) {
  ParamChecker checker(program);
  for (const Policy& policy : program->policies) {
    for (const Rule& rule : policy.rules) {
      if (auto why = checker.check(rule)) {
        errors.push_back({(*program->sources)[policy.source].name, rule.line, rule.name + ": " + *why});
      }
    }
  }
}

}  // namespace

CompiledSet compile(std::vector<PolicyFile> files, const PolicyLimits& limits) {
  CompiledSet compiled;
  std::vector<PolicyError>& errors = compiled.errors;
  auto program = std::make_shared<Program>();
  program->limits = limits;
  program->revision = revision_of(files);
  program->sources = accept(std::move(files), errors);
  PluginShelf shelf = load_plugins(program->sources, limits, errors);
  program->plugins = shelf.plugins;
  program->policies = load_policies(program->sources, shelf, limits, errors);
  check_rules(program, errors);

  const auto set = std::make_shared<const LuaPolicySet>(program);
  // Tests run with whatever is of use, so that their failures are reported along with the rest.
  TestReport report = run_policy_tests(*set, *program, shelf, errors.empty());
  errors.insert(errors.end(), report.errors.begin(), report.errors.end());
  compiled.tests = std::move(report.results);

  // What they quote comes from the files, where a string may hold any bytes.
  for (PolicyError& error : errors) error.message = to_utf8(error.message);
  std::stable_sort(errors.begin(), errors.end(), [](const PolicyError& a, const PolicyError& b) {
    return std::tie(a.file, a.line) < std::tie(b.file, b.line);
  });
  if (errors.empty()) compiled.set = set;
  return compiled;
}

}  // namespace scrip
