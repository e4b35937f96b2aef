#include "ledger/claim_facts.h"

namespace scrip {
namespace {

Error refuse(Code code, std::string message) {
  return Error{.code = code, .message = std::move(message)};
}

}  // namespace

bool may_see(const Actor& actor, const Coupon& coupon) {
  return actor.role != Role::user || (coupon.user_id && *coupon.user_id == actor.subject);
}

Error coupon_not_found() {
  return refuse(Code::coupon_not_found, "There is no such coupon.");
}
Error campaign_not_found() {
  return refuse(Code::campaign_not_found, "There is no such campaign.");
}

std::optional<Order> held_order(const Hold& hold) {
  if (!hold.order) return std::nullopt;
  return Order{.id = hold.order_id, .amount = hold.order->amount, .currency = hold.order->currency, .items = {}};
}

std::optional<Error> other_order(const Hold& hold, const std::optional<Order>& order) {
  if (!order) return std::nullopt;
  if (!hold.order) return invalid_field("order", "was not given when the coupon was held");
  if (order->amount != hold.order->amount) {
    return invalid_field("order.amount", "must be what the coupon was held for, " + std::to_string(hold.order->amount));
  }
  if (order->currency != hold.order->currency) {
    return invalid_field("order.currency", "must be what the coupon was held for, " + hold.order->currency);
  }
  if (order->id != hold.order_id) return invalid_field("order.id", "must be the one that the coupon was held for");
  return std::nullopt;
}

Error order_not_found() {
  return refuse(Code::order_not_found, "There is no such order.");
}
Error order_exists() {
  return refuse(Code::order_exists, "Coupons were used on an order of this id already.");
}

Facts facts_of(Micros now, std::shared_ptr<const Campaign> campaign, const CampaignTally& tally,
               const std::optional<std::string>& user_id, const std::optional<std::string>& subject,
               const Holding& holding, const Holding& for_subject, const std::string& attributes) {
  Facts facts;
  facts.now = now;
  facts.campaign = std::move(campaign);
  facts.tally = tally;
  facts.tally.redeemed += tally.held;
  facts.user.id = user_id;
  facts.user.issued = holding.issued;
  facts.user.issued_for_subject = subject ? for_subject.issued : holding.issued;
  facts.user.redeemed = holding.redeemed;
  facts.user.attributes = attributes;
  facts.subject = subject;
  return facts;
}

Result<Facts> read_facts(Reader& reader, const CodeBook& book, const std::shared_ptr<const Campaign>& campaign,
                         const Coupon& coupon, const Hold* hold, Micros now) {
  auto tally = reader.tally(campaign->number);
  if (!tally) return tally.error();
  Holding holding;
  Holding for_subject;
  std::string attributes = "{}";
  if (coupon.user_id) {
    auto held = reader.holding({campaign->number, *coupon.user_id, std::nullopt});
    if (!held) return held.error();
    holding = *held;
    if (coupon.subject) {
      held = reader.holding({campaign->number, *coupon.user_id, coupon.subject});
      if (!held) return held.error();
      for_subject = *held;
    }
    auto known = reader.attributes(*coupon.user_id);
    if (!known) return known.error();
    attributes = *known;
  }
  Facts facts = facts_of(now, campaign, *tally, coupon.user_id, coupon.subject, holding, for_subject, attributes);
  facts.coupon = coupon_facts(book, coupon, hold);
  return facts;
}

CouponFacts coupon_instants(const Coupon& coupon) {
  CouponFacts facts;
  if (coupon.state != CouponState::available) facts.issued_at = coupon.issued_at;
  facts.expires_at = coupon.expires_at;
  if (coupon.state == CouponState::redeemed) facts.redeemed_at = coupon.redeemed_at.value_or(coupon.issued_at);
  return facts;
}

CouponFacts coupon_facts(const CodeBook& book, const Coupon& coupon, const Hold* hold) {
  CouponFacts facts = coupon_instants(coupon);
  if (const CodeBatch* batch = book.batch(coupon.key)) {
    facts.code = book.code(coupon.key);
    facts.created_at = batch->created_at;
  } else {
    facts.code = coupon.imported_code;
    facts.created_at = coupon.created_at;
  }
  if (hold) facts.counted_at = hold->held_at;
  const bool in_force = hold && !hold->redeemed;
  if (in_force) {
    facts.held_until = hold->expires_at;
    facts.counted = hold->counts;
  }
  if (const auto& discount = in_force ? hold->discount : coupon.discount) {
    facts.discount = discount->amount;
    facts.currency = discount->currency;
  }
  return facts;
}

}  // namespace scrip
