#include "policy/facts.h"

#include <array>

namespace scrip {
namespace {

constexpr std::array<std::string_view, all_hooks.size()> hook_names{"issue", "redeem", "cancel", "remind", "stack"};

constexpr std::array<std::string_view, 5> step_names{"whole", "hold", "redeem_held", "release", "expire"};

}  // namespace

std::string_view name(HoldStep step) {
  return step_names[static_cast<std::size_t>(step)];
}

std::optional<HoldStep> parse_hold_step(std::string_view name) {
  for (std::size_t i = 0; i < step_names.size(); ++i) {
    if (step_names[i] == name) return static_cast<HoldStep>(i);
  }
  return std::nullopt;
}

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
