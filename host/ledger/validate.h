// What redeem and issue would say, with nothing written: the same objections, facts and policy as the
// ledger's, on a reader's snapshot; as things are, or as somebody supposes them to be. Any thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

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

// Several coupons on one order, as things are.
struct OrderValidation {
  struct Part {
    std::string code;
    std::string campaign_id;
    std::optional<Error> objection;  // why this one cannot be used at all, or not with the others
    std::int64_t alone = 0;          // what it would give by itself
    std::int64_t discount = 0;       // its part, when there is no objection to the order
    std::string trace;               // JSON array
  };
  std::optional<Error> objection;  // the order would be refused with this
  std::int64_t discount = 0;
  std::vector<Part> parts;  // in the order of application, or of campaigns and codes if it is refused
  std::string trace;        // JSON array: of the policy `stacking`
};

// Errors as of validate_redeem; coupon_not_found names all codes that do not exist to the actor, of which
// nullopt is one, and invalid_request one that is there twice. With a user, coupons of others do not exist.
// Precondition: 1 to most_stacked.
Result<OrderValidation> validate_order(const Inquiry& inquiry, const Actor& actor,
                                       const std::vector<std::optional<CouponKey>>& named, const Order& order,
                                       const std::optional<std::string>& user_id);

// The coupon is one without a code: which it will be is not known before. An error is
// campaign_not_found, a supposition that cannot be, or the store's.
Result<Validation> validate_issue(const Inquiry& inquiry, const Issue& issue);

}  // namespace scrip
