// The notes that an operator gives along with a reload or a rollback. Pure.
#pragma once

#include "api/body.h"
#include "coupon/activation.h"

namespace scrip::api {

// The member `notes`; empty when absent or refused.
inline std::string notes_of(Fields& fields) {
  auto notes = fields.text("notes", 0, 4 * max_policy_notes);
  if (!notes) return {};
  if (!is_policy_notes(*notes)) {
    fields.refuse("notes",
                  "must be at most " + std::to_string(max_policy_notes) + " characters without control characters");
  }
  return std::move(*notes);
}

}  // namespace scrip::api
