// What a policy is told about a claim, and what the host itself refuses before it asks one. Shared
// by the ledger, which then stores the outcome, and by validate, which does not. Pure functions.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "coupon/campaign.h"
#include "coupon/code_book.h"
#include "coupon/coupon.h"
#include "coupon/error.h"
#include "db/store.h"
#include "ledger/command.h"
#include "policy/facts.h"

namespace scrip {

// False: to this actor the coupon does not exist.
bool may_see(const Actor& actor, const Coupon& coupon);

Error coupon_not_found();
Error campaign_not_found();
Error order_not_found();
Error order_exists();

// The order as far as a hold knows it; nullopt: it was made for none.
std::optional<Order> held_order(const Hold& hold);

// Why a redemption cannot finish a hold that was made for something else; nullopt: it is for the same
// amount, currency and order id. Without an order it is.
std::optional<Error> other_order(const Hold& hold, const std::optional<Order>& order);

// Facts without counters. `for_subject` counts only when there is a subject. The tally's held coupons are
// told as redeemed ones, as a user's are.
Facts facts_of(Micros now, std::shared_ptr<const Campaign> campaign, const CampaignTally& tally,
               const std::optional<std::string>& user_id, const std::optional<std::string>& subject,
               const Holding& holding, const Holding& for_subject, const std::string& attributes);

// The same about a coupon as a reader's snapshot has it, its holder and `hold` (see coupon_facts) included.
Result<Facts> read_facts(Reader& reader, const CodeBook& book, const std::shared_ptr<const Campaign>& campaign,
                         const Coupon& coupon, const Hold* hold, Micros now);

// The coupon as facts.coupon, without its code, batch and discount: what host_objection goes by.
CouponFacts coupon_instants(const Coupon& coupon);

// The coupon as facts.coupon: its code by the book, its batch's instant. `hold` is the one in force, or the
// one through which it was redeemed; null: there is none.
CouponFacts coupon_facts(const CodeBook& book, const Coupon& coupon, const Hold* hold);

}  // namespace scrip
