// What differs between two sets of policy files, as unified diffs (POSIX diff -u) that patch -p1 takes.
// Pure; thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace scrip {

enum class FileChange : std::uint8_t { added, removed, changed };

std::string_view name(FileChange change);  // "added"

struct FileDiff {
  std::string name;  // "plugins/expiry.lua"
  FileChange change = FileChange::changed;
  std::string text;  // with its "---" and "+++"
};

// Name and bytes of each file, by name.
using NamedFiles = std::vector<std::pair<std::string, std::string>>;

// By name; files that are the same in both are left out. The shortest diff, or, where that would take
// longer than a request may (thousands of lines that have nothing in common), one that replaces the file.
std::vector<FileDiff> diff_policies(const NamedFiles& from, const NamedFiles& to);

}  // namespace scrip
