#include "db/store.h"

namespace scrip {

bool Changes::empty() const {
  return formats.empty() && campaigns.empty() && batches.empty() && coupons.empty() && holds.empty() &&
         stacked_orders.empty() && tallies.empty() && counters.empty() && idempotency.empty() && decisions.empty() &&
         attributes.empty() && users.empty() && works.empty() && imports.empty() && !revision && !active_revision &&
         !forget_idempotency_before && events.empty() && attempts.empty() && reminders.empty() &&
         !forget_events_before && !forget_reminders_before && !activation && audit.empty() && !forget_audit_before &&
         !forget_counters_before && refusals.empty() && drop_decisions_to == 0 && unrecorded.empty() &&
         !forget_refusals_before;
}

}  // namespace scrip
