#include "lua/compile.h"

#include <algorithm>
#include <tuple>

#include "lua/line_coverage.h"
#include "lua/loader.h"
#include "lua/lua_policy_set.h"
#include "lua/test_runner.h"
#include "lua/tested_set.h"
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

struct Loaded {
  std::shared_ptr<const Program> program;
  PluginShelf shelf;
};

// Everything but the tests.
Loaded load(std::vector<PolicyFile> files, const PolicyLimits& limits, bool measured,
            std::vector<PolicyError>& errors) {
  auto program = std::make_shared<Program>();
  program->limits = limits;
  program->revision = revision_of(files);
  program->sources = accept(std::move(files), errors);
  if (measured) program->coverage = std::make_shared<LineCoverage>(program->sources);
  LineCoverage* const coverage = program->coverage.get();
  Loaded loaded{program, load_plugins(program->sources, limits, coverage, errors)};
  program->plugins = loaded.shelf.plugins;
  program->policies = load_policies(program->sources, loaded.shelf, limits, coverage, errors);
  check_rules(program, errors);
  return loaded;
}

}  // namespace

CompiledSet compile(std::vector<PolicyFile> files, const PolicyLimits& limits) {
  return compile_with(std::move(files), limits, {});
}

CompiledSet compile_untested(std::vector<PolicyFile> files, const PolicyLimits& limits) {
  return compile_with(std::move(files), limits, {.run = false});
}

TestedSet compile_with(std::vector<PolicyFile> files, const PolicyLimits& limits, const TestOptions& options) {
  TestedSet compiled;
  std::vector<PolicyError>& errors = compiled.errors;
  const Loaded loaded = load(std::move(files), limits, false, errors);

  const auto set = std::make_shared<const LuaPolicySet>(loaded.program);
  // Tests run with whatever is of use, so that their failures are reported along with the rest.
  TestReport report;
  if (options.run) report = run_policy_tests(*set, *loaded.program, loaded.shelf, errors.empty(), options);
  errors.insert(errors.end(), report.errors.begin(), report.errors.end());
  compiled.tests = std::move(report.results);
  compiled.decisions = std::move(report.decisions);

  // What they quote comes from the files, where a string may hold any bytes.
  for (PolicyError& error : errors) error.message = to_utf8(error.message);
  std::stable_sort(errors.begin(), errors.end(), [](const PolicyError& a, const PolicyError& b) {
    return std::tie(a.file, a.line) < std::tie(b.file, b.line);
  });
  if (errors.empty()) compiled.set = set;
  return compiled;
}

std::vector<FileCoverage> measure_coverage(std::vector<PolicyFile> files, const PolicyLimits& limits,
                                           const TestOptions& options) {
  // A hook for each line makes everything slower; a test that runs out of time here would only hide
  // lines that it reaches otherwise.
  constexpr std::int64_t slower = 50;
  PolicyLimits roomy = limits;
  roomy.decision_us *= slower;
  roomy.load_us *= slower;
  std::vector<PolicyError> ignored;
  const Loaded loaded = load(std::move(files), roomy, true, ignored);
  const LuaPolicySet set(loaded.program);
  run_policy_tests_once(set, *loaded.program, loaded.shelf, options);
  return loaded.program->coverage->report();
}

}  // namespace scrip
