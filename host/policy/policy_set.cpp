#include "policy/policy_set.h"

namespace scrip {

std::string to_string(const PolicyError& error) {
  if (error.line == 0) return error.file + ": " + error.message;
  return error.file + ":" + std::to_string(error.line) + ": " + error.message;
}

}  // namespace scrip
