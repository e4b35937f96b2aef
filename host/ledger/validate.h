// What redeem and issue would say, with nothing written: the same objections, facts and policy as the
// ledger's, on a reader's snapshot; as things are, or as somebody supposes them to be. Any thread.
#pragma once

#include <memory>
#include <optional>

#include "db/store.h"
#include "ledger/catalog.h"
#include "ledger/command.h"
#include "ledger/judges.h"
#include "policy/supposition.h"

namespace scrip {

// Where the answer comes from. All of it outlives the call.
struct Inquiry {
  Reader& reader;
  const Catalog& catalog;
  Judges& judges;
  std::shared_ptr<const ActivePolicies> active;  // not null
  Micros now = 0;
  Supposition supposition{};
};

struct Validation {
  std::optional<Error> objection;    // set: it would be refused with this
  std::optional<Money> discount;     // redeem
  std::optional<Micros> expires_at;  // issue: until when the coupon would be good
  std::string trace;                 // JSON array
  std::string facts;                 // JSON object, when something was supposed: as the rules saw them
};

// With the key of a hold: what finishing it would say. An error is coupon_not_found (also when the actor
// may not see it), an order that is not the held one, a supposition that cannot be, or the store's.
Result<Validation> validate_redeem(const Inquiry& inquiry, const Actor& actor, CouponKey key,
                                   const std::optional<Order>& order,
                                   const std::optional<std::string>& hold_key = std::nullopt);

// The coupon is one without a code: which it will be is not known before. An error is
// campaign_not_found, a supposition that cannot be, or the store's.
Result<Validation> validate_issue(const Inquiry& inquiry, const Issue& issue);

}  // namespace scrip
