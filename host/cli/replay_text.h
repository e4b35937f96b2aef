// A replay's report as text for people, and whether it stays within what its caller allows. Of the
// JSON that report_json makes, so that a server's and one's own are shown alike. Pure functions.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

namespace scrip::cli {

// `done`: what was done with the decisions.
std::string replay_text(const nlohmann::ordered_json& report, const std::string& done = "replayed");

// What a pipeline may let pass; nullopt: any number.
struct ReplayLimits {
  std::optional<std::int64_t> flips;    // of any kind
  std::optional<std::int64_t> refused;  // newly
  std::optional<std::int64_t> allowed;  // newly
  std::optional<std::int64_t> cost;     // more discount than was given, minor units, in any currency
  std::optional<std::int64_t> unable;   // decisions that could not be made again
};

// A sentence for each limit that is passed.
std::vector<std::string> passed_limits(const nlohmann::ordered_json& report, const ReplayLimits& limits);

}  // namespace scrip::cli
