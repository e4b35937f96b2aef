#include "coupon/activation.h"

#include <algorithm>
#include <array>

#include "coupon/text.h"

namespace scrip {
namespace {

constexpr std::array<std::string_view, 6> policy_origin_names{"start", "reload", "console",
                                                              "watch", "signal", "rollback"};

}  // namespace

std::string_view name(PolicyOrigin origin) {
  return policy_origin_names[static_cast<std::size_t>(origin)];
}

std::optional<PolicyOrigin> parse_policy_origin(std::string_view name) {
  const auto* const found = std::find(policy_origin_names.begin(), policy_origin_names.end(), name);
  if (found == policy_origin_names.end()) return std::nullopt;
  return static_cast<PolicyOrigin>(found - policy_origin_names.begin());
}

bool is_policy_notes(std::string_view notes) {
  if (!is_utf8(notes) || has_control_character(notes)) return false;
  // Every byte of UTF-8 but 10xxxxxx begins a character.
  const auto characters =
      std::count_if(notes.begin(), notes.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; });
  return characters <= static_cast<std::ptrdiff_t>(max_policy_notes);
}

}  // namespace scrip
