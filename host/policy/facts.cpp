#include "policy/facts.h"

#include <array>

namespace scrip {
namespace {

constexpr std::array<std::string_view, all_hooks.size()> hook_names{"issue", "redeem", "cancel", "remind", "stack"};

}  // namespace

std::string_view name(Hook hook) {
  return hook_names[static_cast<std::size_t>(hook)];
}

std::optional<Hook> parse_hook(std::string_view name) {
  for (std::size_t i = 0; i < hook_names.size(); ++i) {
    if (hook_names[i] == name) return static_cast<Hook>(i);
  }
  return std::nullopt;
}

}  // namespace scrip
