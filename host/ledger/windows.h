// When a campaign gives coupons out: the windows of its policy, within its own period. Any thread.
#pragma once

#include <memory>
#include <vector>

#include "coupon/campaign.h"
#include "ledger/judges.h"

namespace scrip {

// The window that is open at `from`, if one is, and those that follow, at most `limit`. How a campaign
// stands (paused, ended by hand) is not asked. Errors as in Judge::window.
Result<std::vector<Window>> windows_of(Judges& judges, const std::shared_ptr<const ActivePolicies>& active,
                                       const std::shared_ptr<const Campaign>& campaign, Micros from, int limit);

}  // namespace scrip
