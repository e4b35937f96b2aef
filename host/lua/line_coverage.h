// Which lines of a set's files were run. VMs that are made with one tell it of every line; nothing
// that Lua code can reach knows of it. One thread at a time.
#pragma once

#include <cstddef>
#include <vector>

#include "lua/vm.h"
#include "policy/test_run.h"

namespace scrip {

class LineCoverage {
 public:
  explicit LineCoverage(Sources sources) : sources_(std::move(sources)), ran_(sources_->size()) {}

  void ran(std::size_t source, int line);

  // Of the plugins and scripts, by name. Files that do not compile are left out.
  std::vector<FileCoverage> report() const;

 private:
  const Sources sources_;
  std::vector<std::vector<bool>> ran_;  // by source, line
};

// The lines of a chunk that hold instructions, ascending: those of functions that were never made
// included. The chunk is compiled and not run.
std::vector<int> runnable_lines(const std::string& text);

}  // namespace scrip
