#include "policy/policy_diff.h"

#include <algorithm>
#include <array>
#include <dtl/dtl.hpp>
#include <sstream>

namespace scrip {
namespace {

using Lines = std::vector<std::string>;

// Lines that have to be compared with lines: a fraction of a second, and some megabytes.
constexpr std::size_t most_comparisons = 2'000'000;

// Without their ends. One that has none is another line than one that has.
Lines lines_of(std::string_view text) {
  Lines lines;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) {
      lines.push_back(std::string(text) + "\n\\ No newline at end of file");
      break;
    }
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
  return lines;
}

// "-1,3", "-0,0"
std::string range(char sign, std::size_t count) {
  return sign + std::string(count == 0 ? "0," : "1,") + std::to_string(count);
}

std::string replaced(const Lines& from, const Lines& to) {
  if (from.empty() && to.empty()) return {};
  std::string text = "@@ " + range('-', from.size()) + " " + range('+', to.size()) + " @@\n";
  for (const std::string& line : from) text += "-" + line + "\n";
  for (const std::string& line : to) text += "+" + line + "\n";
  return text;
}

std::size_t comparisons(const Lines& from, const Lines& to) {
  const auto [a, b] = std::mismatch(from.begin(), from.end(), to.begin(), to.end());
  const auto [c, d] =
      std::mismatch(from.rbegin(), std::make_reverse_iterator(a), to.rbegin(), std::make_reverse_iterator(b));
  return static_cast<std::size_t>(c.base() - a) * static_cast<std::size_t>(d.base() - b);
}

std::string hunks(const Lines& from, const Lines& to) {
  if (from.empty() || to.empty() || comparisons(from, to) > most_comparisons) return replaced(from, to);
  dtl::Diff<std::string, Lines> diff(from, to);
  diff.compose();
  diff.composeUnifiedHunks();
  std::ostringstream text;
  diff.printUnifiedFormat(text);
  return text.str();
}

FileDiff compare(const std::string& name, const std::string* from, const std::string* to) {
  const FileChange change = !from ? FileChange::added : !to ? FileChange::removed : FileChange::changed;
  std::string text = "--- " + (from ? "a/" + name : "/dev/null") + "\n+++ " + (to ? "b/" + name : "/dev/null") + "\n";
  text += hunks(from ? lines_of(*from) : Lines(), to ? lines_of(*to) : Lines());
  return {.name = name, .change = change, .text = std::move(text)};
}

}  // namespace

std::string_view name(FileChange change) {
  constexpr std::array<std::string_view, 3> names{"added", "removed", "changed"};
  return names[static_cast<std::size_t>(change)];
}

std::vector<FileDiff> diff_policies(const NamedFiles& from, const NamedFiles& to) {
  std::vector<FileDiff> diffs;
  auto old_file = from.begin();
  auto new_file = to.begin();
  while (old_file != from.end() || new_file != to.end()) {
    if (new_file == to.end() || (old_file != from.end() && old_file->first < new_file->first)) {
      diffs.push_back(compare(old_file->first, &old_file->second, nullptr));
      ++old_file;
    } else if (old_file == from.end() || new_file->first < old_file->first) {
      diffs.push_back(compare(new_file->first, nullptr, &new_file->second));
      ++new_file;
    } else {
      if (old_file->second != new_file->second) {
        diffs.push_back(compare(old_file->first, &old_file->second, &new_file->second));
      }
      ++old_file;
      ++new_file;
    }
  }
  return diffs;
}

}  // namespace scrip
