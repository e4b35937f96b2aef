#include "cli/output.h"

#include <cstdio>
#include <nlohmann/json.hpp>

namespace scrip::cli {

int print(std::string_view text) {
  const bool written = std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0;
  return written ? done : fail("cannot write to standard output");
}

void complain(std::string_view line) {
  const std::string whole = std::string(line) + "\n";
  std::fwrite(whole.data(), 1, whole.size(), stderr);
}

int fail(std::string_view message) {
  complain("scrip: " + std::string(message));
  return failed;
}

int fail(const Error& error) {
  return fail(error.message.empty() ? error.public_code() : std::string_view(error.message));
}

int wrong_usage(std::string_view what) {
  complain("scrip: " + std::string(what));
  return misused;
}

int fail(const std::vector<PolicyError>& errors) {
  for (const PolicyError& error : errors) complain(to_string(error));
  return failed;
}

std::string errors_json(const std::vector<PolicyError>& errors) {
  auto list = nlohmann::ordered_json::array();
  for (const PolicyError& error : errors) {
    list.push_back({{"file", error.file}, {"line", error.line}, {"message", error.message}});
  }
  return list.dump();
}

}  // namespace scrip::cli
