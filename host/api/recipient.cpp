#include "api/recipient.h"

#include "coupon/coupon.h"

namespace scrip::api {

Recipient read_recipient(Fields& fields) {
  Recipient to{.user_id = fields.text("user_id", 1, 128), .subject = std::nullopt};
  if (to.user_id && !is_user_id(*to.user_id)) fields.refuse("user_id", "must be text without control characters");
  if (!fields.is_null("subject")) to.subject = fields.text("subject", 1, 128);
  if (to.subject && !is_subject(*to.subject)) fields.refuse("subject", "must be text without control characters");
  return to;
}

Result<Recipient> claimant(const Actor& actor, Recipient named) {
  if (actor.role != Role::user) return named;
  if (named.user_id && *named.user_id != actor.subject) {
    return {Code::forbidden, "You can only claim coupons for yourself."};
  }
  named.user_id = actor.subject;
  return named;
}

}  // namespace scrip::api
