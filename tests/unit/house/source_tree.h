// The sources of the program as text: what the tests of the house look at.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace scrip::house {

struct Include {
  std::string target;  // as it is written
  bool quoted = false;
  int line = 0;
};

struct Source {
  std::string path;  // from the top of the tree: "host/cli/node.cpp"
  int lines = 0;
  std::vector<Include> includes;
};

// Every .h and .cpp of the given top-level folders, by path.
std::vector<Source> read_sources(const std::vector<std::string>& folders);

// The #include lines of a file's text.
std::vector<Include> includes_of(const std::string& text);

// Whether the tree has a file with this path.
bool exists(const std::string& path);

}  // namespace scrip::house
