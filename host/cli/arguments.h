// A command's arguments, read by CLI11, and the kinds of options that several commands have.
#pragma once

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>

#include "cli/quantity.h"
#include "coupon/time.h"

namespace scrip::cli {

// Fills in the options. A value is the exit status to end with: help was asked for and printed, or
// the usage was wrong and said so.
std::optional<int> parse(CLI::App& command, int argc, char** argv);

// "10ms"; refused with a sentence when it is no time.
CLI::Option* add_time(CLI::App& command, const std::string& name, std::chrono::microseconds& value,
                      const std::string& help);

// "8MiB"
CLI::Option* add_size(CLI::App& command, const std::string& name, std::size_t& value, const std::string& help);

// --keep-decisions TIME|forever; nullopt: for ever.
CLI::Option* add_keep_decisions(CLI::App& command, std::optional<Micros>& value);

// --data DIR, "data" if not given.
CLI::Option* add_data(CLI::App& command, std::filesystem::path& value);

// --scripts DIR, --plugins DIR
struct PolicyFolders {
  std::filesystem::path scripts = "scripts";
  std::filesystem::path plugins = "plugins";
};
void add_policy_folders(CLI::App& command, PolicyFolders& value);

// --json
void add_json(CLI::App& command, bool& value);

// --store sqlite; refuses what this version does not have.
void add_store(CLI::App& command, std::string& value);

}  // namespace scrip::cli
