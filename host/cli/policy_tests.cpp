// scrip policy test: the tests of a set, which lines they ran, and golden decisions.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <sstream>

#include "cli/golden.h"
#include "cli/output.h"
#include "cli/policy_commands.h"
#include "lua/tested_set.h"
#include "policy/decision_record.h"
#include "policy/decision_text.h"
#include "policy/policy_files.h"

namespace scrip::cli {
namespace {

using Json = nlohmann::ordered_json;

struct TestArguments {
  PolicyFolders folders;
  TestOptions options;
  int runs = 0;
  bool coverage = false;
  double min_coverage = -1;  // below 0: none is asked for
  std::filesystem::path golden;
  bool update_golden = false;
  std::chrono::microseconds test_time{PolicyLimits{}.load_us};
  bool json = false;
};

std::string percent(double value) {
  char text[16];
  // Never rounded up to a gate that was not reached.
  std::snprintf(text, sizeof text, "%.1f", std::floor(value * 10) / 10);
  return text;
}

FileCoverage sum(const std::vector<FileCoverage>& files) {
  FileCoverage all{.file = "all", .lines = 0, .missed = {}};
  for (const FileCoverage& file : files) {
    all.lines += file.lines;
    all.missed.insert(all.missed.end(), file.missed.begin(), file.missed.end());
  }
  return all;
}

// "3, 7-9"
std::string ranges(const std::vector<int>& lines) {
  std::string text;
  for (std::size_t i = 0; i < lines.size();) {
    std::size_t last = i;
    while (last + 1 < lines.size() && lines[last + 1] == lines[last] + 1) ++last;
    text += (text.empty() ? "" : ", ") + std::to_string(lines[i]);
    if (last > i) text += "-" + std::to_string(lines[last]);
    i = last + 1;
  }
  return text;
}

std::string coverage_lines(const std::vector<FileCoverage>& files) {
  std::string text = "\nlines that were run\n";
  const auto row = [&text](const FileCoverage& file) {
    const std::string share = percent(file.percent());
    text += std::string(6 - std::min<std::size_t>(share.size(), 6), ' ') + share + " %  " + file.file + " (" +
            std::to_string(file.lines - static_cast<int>(file.missed.size())) + " of " + std::to_string(file.lines) +
            ")";
  };
  for (const FileCoverage& file : files) {
    row(file);
    text += (file.missed.empty() ? "" : ", never: " + ranges(file.missed)) + "\n";
  }
  row(sum(files));
  return text + "\n";
}

Json coverage_json(const std::vector<FileCoverage>& files) {
  const auto shown = [](const FileCoverage& file) {
    return Json{{"lines", file.lines},
                {"run", file.lines - static_cast<int>(file.missed.size())},
                {"percent", std::floor(file.percent() * 100) / 100}};
  };
  Json list = Json::array();
  for (const FileCoverage& file : files) {
    Json each{{"file", file.file}};
    each.update(shown(file));
    each["missed"] = file.missed;
    list.push_back(std::move(each));
  }
  Json all = shown(sum(files));
  all["files"] = std::move(list);
  return all;
}

// The files of which too few lines were run: each by itself, so that none hides behind the others.
std::vector<std::string> below(const std::vector<FileCoverage>& files, double least) {
  std::vector<std::string> text;
  for (const FileCoverage& file : files) {
    if (file.percent() >= least) continue;
    std::ostringstream wanted;
    wanted << least;
    text.push_back(file.file + ": " + percent(file.percent()) + " % of its lines were run, " + wanted.str() +
                   " % are wanted; never: " + ranges(file.missed));
  }
  return text;
}

Json test_json(const PolicyTestResult& test, const AskedDecision* decision) {
  Json shown{{"file", test.file}, {"line", test.line}, {"name", test.name}, {"passed", test.passed}};
  if (test.passed) return shown;
  shown["message"] = test.message;
  if (decision) shown["decision"] = decision_json(*decision);
  return shown;
}

std::string test_lines(const PolicyTestResult& test, const AskedDecision* decision) {
  if (test.passed) return "pass  " + test.name + "\n";
  std::string text = "FAIL  " + test.name + "\n      " + test.message + "\n";
  if (decision) text += decision_lines(*decision, "      ");
  return text;
}

int test(const TestArguments& given) {
  PolicyLimits limits;
  limits.load_us = given.test_time.count();
  TestOptions options = given.options;
  if (given.runs > 0) options.runs = given.runs;
  const TestedSet compiled = compile_folders(given.folders, options, limits);
  std::vector<FileCoverage> coverage;
  const bool measured = given.coverage || given.min_coverage >= 0;
  if (measured) {
    coverage = measure_coverage(read_policy_files(given.folders.scripts, given.folders.plugins).files, limits, options);
  }
  std::optional<GoldenReport> golden;
  if (!given.golden.empty()) {
    // Also of a set whose tests fail: what else has changed is what its author wants to know then.
    std::shared_ptr<const PolicySet> set = compiled.set;
    if (!set) set = compile_folders(given.folders, {.run = false}).set;
    if (!set) return refuse(compiled.errors, given.json);
    auto report = compare_golden(*set, given.golden, given.update_golden);
    if (!report) return fail(report.error());
    golden = std::move(*report);
  }

  const auto passed =
      std::count_if(compiled.tests.begin(), compiled.tests.end(), [](const auto& each) { return each.passed; });
  const auto failures = static_cast<std::ptrdiff_t>(compiled.tests.size()) - passed;
  int status = done;
  if (given.json) {
    Json tests = Json::array();
    for (std::size_t i = 0; i < compiled.tests.size(); ++i) {
      tests.push_back(test_json(compiled.tests[i], compiled.decisions[i].get()));
    }
    Json all{{"passed", passed},
             {"failed", failures},
             {"seed", options.seed},
             {"tests", std::move(tests)},
             {"errors", Json::parse(errors_json(compiled.errors))}};
    if (measured) all["coverage"] = coverage_json(coverage);
    if (golden) all["golden"] = golden_json(*golden);
    status = print(all.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n");
  } else {
    std::string text;
    for (std::size_t i = 0; i < compiled.tests.size(); ++i) {
      text += test_lines(compiled.tests[i], compiled.decisions[i].get());
    }
    if (golden) text += golden_lines(*golden);
    text += std::to_string(passed) + " passed, " + std::to_string(failures) + " failed\n";
    if (options.seed != TestOptions{}.seed || options.runs) text += "seed " + std::to_string(options.seed) + "\n";
    if (measured) text += coverage_lines(coverage);
    status = print(text);
  }
  if (!compiled.errors.empty()) status = fail(compiled.errors);
  if (golden && !golden->ok()) {
    status = fail(given.golden.string() + ": " + std::to_string(golden->differences()) + " of " +
                  std::to_string(golden->results.size()) + " golden decisions differ");
  }
  if (given.min_coverage >= 0) {
    for (const std::string& line : below(coverage, given.min_coverage)) {
      complain(line);
      status = failed;
    }
  }
  return status;
}

}  // namespace

PolicyCommand add_policy_test(CLI::App& policy) {
  const auto given = std::make_shared<TestArguments>();
  CLI::App& command = *policy.add_subcommand("test", "Run the tests that the files have");
  add_policy_folders(command, given->folders);
  add_json(command, given->json);
  command.add_flag("--coverage", given->coverage, "Say which lines of plugins and scripts were never run");
  command
      .add_option("--min-coverage", given->min_coverage,
                  "Fail when less than so many per cent of a file's lines were run")
      ->check(CLI::Range(0.0, 100.0))
      ->type_name("PERCENT");
  command.add_option("--seed", given->options.seed, "What t.forall makes its cases from")
      ->type_name("N")
      ->capture_default_str();
  command.add_option("--runs", given->runs, "The cases of every t.forall; default: what it says, or 100")
      ->check(CLI::Range(1, most_runs))
      ->type_name("N");
  add_time(command, "--test-time", given->test_time, "The time that one test may take");
  CLI::Option* const golden =
      command.add_option("--golden", given->golden, "Compare with the decisions in this file, one in a line")
          ->type_name("FILE");
  command.add_flag("--update-golden", given->update_golden, "Write what is decided now into that file")->needs(golden);
  return {&command, [given] { return test(*given); }};
}

}  // namespace scrip::cli
