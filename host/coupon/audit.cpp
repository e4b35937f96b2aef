#include "coupon/audit.h"

#include <algorithm>
#include <array>

namespace scrip {
namespace {

constexpr std::array<std::string_view, audit_action_count> audit_action_names{
    "campaign.created", "campaign.edited",      "codes.generated", "policies.reloaded",
    "policies.refused", "policies.rolled_back", "shadow.cast",     "shadow.ended",
    "user.added",       "user.changed",         "attributes.put",  "import.started",
    "import.ended",     "work.added",           "work.edited",     "work.dropped"};

}  // namespace

std::string_view name(AuditAction action) {
  return audit_action_names[static_cast<std::size_t>(action)];
}

std::optional<AuditAction> parse_audit_action(std::string_view name) {
  const auto* const found = std::find(audit_action_names.begin(), audit_action_names.end(), name);
  if (found == audit_action_names.end()) return std::nullopt;
  return static_cast<AuditAction>(found - audit_action_names.begin());
}

}  // namespace scrip
