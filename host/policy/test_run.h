// What running the tests of a policy set is given beside the files, and what comes out of it beside
// pass and fail. Plain data.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "policy/facts.h"
#include "policy/policy_set.h"
#include "policy/verdict.h"

namespace scrip {

// The same files give the same answer, so the seed is the same unless somebody says another.
struct TestOptions {
  bool run = true;  // false: the tests are passed over
  std::uint64_t seed = 1;
  std::optional<int> runs;  // the cases of each t.forall; nullopt: as many as it says, or usual_runs
};

inline constexpr int usual_runs = 100;
inline constexpr int most_runs = 1'000'000;

// A decision that a test asked for.
struct AskedDecision {
  Hook hook = Hook::issue;
  std::string policy;           // "test": the test's own rules
  std::vector<RuleInfo> rules;  // in the order they run
  Facts facts;
  Verdict verdict;
};

struct TestedSet : CompiledSet {
  // Beside each test that failed: the decision that it was about, or the last one that it asked for;
  // null for the others.
  std::vector<std::shared_ptr<const AskedDecision>> decisions;
};

// Which lines of a plugin or a script were run.
struct FileCoverage {
  std::string file;
  int lines = 0;            // that hold code
  std::vector<int> missed;  // of these, ascending
  double percent() const { return lines == 0 ? 100.0 : 100.0 * (lines - static_cast<double>(missed.size())) / lines; }
};

}  // namespace scrip
