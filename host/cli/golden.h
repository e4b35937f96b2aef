// Golden decisions: a file of lines, each a question with the verdict that it is to get, in the form
// in which GET /api/v1/decisions shows decisions. One thread at a time.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "coupon/error.h"
#include "policy/policy_set.h"
#include "policy/test_run.h"

namespace scrip::cli {

struct GoldenResult {
  int line = 0;
  std::string name;                      // "redeem welcome", or what the line calls itself
  std::vector<std::string> differences;  // "discount was 2000, is 3000"
  std::shared_ptr<const AskedDecision> decision;
};

struct GoldenReport {
  std::string file;
  std::vector<GoldenResult> results;
  bool updated = false;  // the file now has what was decided

  std::size_t differences() const;
  bool ok() const { return updated || differences() == 0; }
};

// Asks every question of the file. With `update` the verdicts are written into it instead, all of
// them or none. An error names the line that cannot be asked, and then nothing was written.
Result<GoldenReport> compare_golden(const PolicySet& set, const std::filesystem::path& file, bool update);

std::string golden_lines(const GoldenReport& report);
nlohmann::ordered_json golden_json(const GoldenReport& report);

// A decision with its rules, facts and trace, for people and for programs.
std::string decision_lines(const AskedDecision& decision, std::string_view indent);
nlohmann::ordered_json decision_json(const AskedDecision& decision);

}  // namespace scrip::cli
