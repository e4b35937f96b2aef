// The files of a policy set: how they are read from disk, what is asked of each, and the revision
// that names them together. Pure but for read_policy_files; thread-safe.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "policy/policy_set.h"

namespace scrip {

inline constexpr std::size_t max_policy_file = 1024 * 1024;  // bytes

struct PolicyFiles {
  std::vector<PolicyFile> files;    // by name; those that could be read
  std::vector<PolicyError> errors;  // those that could not, and why
};

// Reads every *.lua file of the two directories, each file once and not what lies deeper. Hidden
// files and plugins/types.lua (for editors) are no part of a set. Names are "plugins/..."
// and "scripts/..." wherever the directories are.
PolicyFiles read_policy_files(const std::filesystem::path& scripts, const std::filesystem::path& plugins);

// Puts edited files in the place of those of the same names, or beside them.
void put_over(PolicyFiles& read, const std::vector<PolicyFile>& edited);

// Whether a file is acceptable as bytes: at most max_policy_file, UTF-8, text.
std::optional<PolicyError> check_policy_file(const PolicyFile& file);

enum class PolicyFileKind : std::uint8_t { plugin, script, test };

// By its name: "plugins/x.lua", "scripts/x.lua", and "x_test.lua" in either; nullopt: of no kind.
std::optional<PolicyFileKind> kind_of(const PolicyFile& file);

// SHA-256 in lower-case hexadecimal over, for each file by name: the name, NUL, the number of bytes
// in decimal, NUL, the bytes. `files` may be in any order.
std::string revision_of(const std::vector<PolicyFile>& files);

// "00ff" of {0, 255}.
std::string hexadecimal(std::span<const unsigned char> bytes);

}  // namespace scrip
