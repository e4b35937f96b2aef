#include "policy/stack_plan.h"

#include <nlohmann/json.hpp>

namespace scrip {

std::string_view name(StackBase base) {
  return base == StackBase::remaining ? "remaining" : "original";
}

std::optional<StackBase> parse_stack_base(std::string_view name) {
  if (name == "remaining") return StackBase::remaining;
  if (name == "original") return StackBase::original;
  return std::nullopt;
}

std::string stacking_group(std::string_view metadata) {
  const auto json = nlohmann::json::parse(metadata, nullptr, false);
  if (json.is_object()) {
    const auto group = json.find("stacking_group");
    if (group != json.end() && group->is_string()) return group->get<std::string>();
  }
  return "default";
}

}  // namespace scrip
