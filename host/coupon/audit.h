// The audit log: what operators, and Scrip itself on nobody's order, did to what is defined here:
// campaigns, codes, policies, accounts, attributes, imports, works. An entry is stored in the commit of what it tells.
// Claims are no part of it: they have decisions. Plain data; thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "coupon/time.h"

namespace scrip {

// The order is that of audit_action_names; numbers are in no file.
enum class AuditAction : std::uint8_t {
  campaign_created,
  campaign_edited,
  codes_generated,
  policies_reloaded,
  policies_refused,  // a reload or a rollback that was refused; what was in force still is
  policies_rolled_back,
  shadow_cast,  // of a whole set of files; what casts it is the process, so a restart ends it without an entry
  shadow_ended,
  user_added,
  user_changed,
  attributes_put,
  import_started,
  import_ended,
  work_added,
  work_edited,
  work_dropped,
};
inline constexpr int audit_action_count = 16;

// "campaign.edited". Static storage.
std::string_view name(AuditAction action);
std::optional<AuditAction> parse_audit_action(std::string_view name);

struct AuditEntry {
  std::int64_t id = 0;  // grows; never used again. The store gives it
  Micros at = 0;        // real time
  std::string subject;  // of the token; "start", "watch", "SIGHUP" for Scrip itself
  std::string role;     // a Role's name, or "host" for Scrip itself
  AuditAction action = AuditAction::campaign_created;
  std::string target;     // "campaign/summer", "user/ann", "attributes/minji", "import/partner", "work/12", "policies"
  std::string old_value;  // JSON object of what changed, as it was before; empty: there was nothing
  std::string new_value;  // and as it is now; empty: it is gone
};

}  // namespace scrip
