#include "ledger/claim_facts.h"

namespace scrip {
namespace {

Error refuse(Code code, std::string message) {
  return Error{.code = code, .message = std::move(message)};
}

}  // namespace

std::optional<Error> objection_to_issue(const Campaign& campaign, Micros now) {
  if (campaign.open_at(now)) return std::nullopt;
  if (campaign.status == CampaignStatus::paused) {
    return refuse(Code::campaign_not_active, "This campaign is paused.");
  }
  if (campaign.starts_at && now < *campaign.starts_at) {
    return refuse(Code::campaign_not_active, "This campaign has not started yet.");
  }
  return refuse(Code::campaign_not_active, "This campaign has ended.");
}

std::optional<Error> objection_to_redeem(const Campaign& campaign, const Coupon& coupon, Micros now) {
  switch (coupon.state) {
    case CouponState::available:
      return refuse(Code::not_issued, "This coupon has not been given to anybody.");
    case CouponState::redeemed:
      return refuse(Code::already_redeemed, "This coupon has already been used.");
    case CouponState::issued:
      break;
  }
  if (coupon.expired_at(now)) return refuse(Code::coupon_expired, "This coupon has expired.");
  // A campaign that is over gives no more coupons, but those it gave stay good until they expire;
  // pausing is the operator's emergency stop and holds for both.
  if (campaign.status == CampaignStatus::paused) {
    return refuse(Code::campaign_not_active, "This campaign is paused.");
  }
  return std::nullopt;
}

std::optional<Error> objection_to_cancel(const Coupon& coupon) {
  if (coupon.state == CouponState::redeemed) return std::nullopt;
  return refuse(Code::not_redeemed, "This coupon has not been used.");
}

bool may_see(const Actor& actor, const Coupon& coupon) {
  return actor.role != Role::user || (coupon.user_id && *coupon.user_id == actor.subject);
}

Error coupon_not_found() {
  return refuse(Code::coupon_not_found, "There is no such coupon.");
}
Error campaign_not_found() {
  return refuse(Code::campaign_not_found, "There is no such campaign.");
}

Facts facts_of(Micros now, std::shared_ptr<const Campaign> campaign, const CampaignTally& tally,
               const std::optional<std::string>& user_id, const std::optional<std::string>& subject,
               const Holding& holding, const Holding& for_subject, const std::string& attributes) {
  Facts facts;
  facts.now = now;
  facts.campaign = std::move(campaign);
  facts.tally = tally;
  facts.user.id = user_id;
  facts.user.issued = holding.issued;
  facts.user.issued_for_subject = subject ? for_subject.issued : holding.issued;
  facts.user.redeemed = holding.redeemed;
  facts.user.attributes = attributes;
  facts.subject = subject;
  return facts;
}

Result<Facts> read_facts(Reader& reader, const CodeBook& book, const std::shared_ptr<const Campaign>& campaign,
                         const Coupon& coupon, Micros now) {
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
  facts.coupon = coupon_facts(book, coupon);
  return facts;
}

CouponFacts coupon_facts(const CodeBook& book, const Coupon& coupon) {
  CouponFacts facts;
  if (const CodeBatch* batch = book.batch(coupon.key)) {
    facts.code = book.code(coupon.key);
    facts.created_at = batch->created_at;
  } else {
    facts.code = coupon.imported_code;
    facts.created_at = coupon.created_at;
  }
  if (coupon.state != CouponState::available) facts.issued_at = coupon.issued_at;
  facts.expires_at = coupon.expires_at;
  facts.redeemed_at = coupon.redeemed_at;
  if (coupon.discount) {
    facts.discount = coupon.discount->amount;
    facts.currency = coupon.discount->currency;
  }
  return facts;
}

}  // namespace scrip
