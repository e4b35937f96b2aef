#include "policy/host_rules.h"

namespace scrip {
namespace {

Error refuse(Code code, std::string message) {
  return Error{.code = code, .message = std::move(message)};
}

Verdict host_failure(std::string why) {
  Verdict verdict{.kind = Verdict::Kind::failed, .code = std::string(failed_code)};
  verdict.trace.push_back({.rule = "host", .kind = TraceEntry::Kind::failed, .detail = std::move(why)});
  return verdict;
}

Error paused() {
  return refuse(Code::campaign_not_active, "This campaign is paused.");
}

std::optional<Error> objection_to_issue(const Campaign& campaign, const CouponFacts& coupon, Micros now) {
  if (coupon.issued_at) return refuse(Code::already_assigned, "This coupon has already been given to somebody.");
  if (campaign.open_at(now)) return std::nullopt;
  if (campaign.status == CampaignStatus::paused) return paused();
  if (campaign.starts_at && now < *campaign.starts_at) {
    return refuse(Code::campaign_not_active, "This campaign has not started yet.");
  }
  return refuse(Code::campaign_not_active, "This campaign has ended.");
}

Error held(Micros until) {
  Error error = refuse(Code::coupon_held, "This coupon is being used for an order right now.");
  error.detail = R"({"expires_at":")" + format_instant(until) + R"("})";
  return error;
}

std::optional<Error> objection_to_redeem(const Campaign& campaign, const CouponFacts& coupon, Micros now) {
  if (!coupon.issued_at) return refuse(Code::not_issued, "This coupon has not been given to anybody.");
  if (coupon.redeemed_at) return refuse(Code::already_redeemed, "This coupon has already been used.");
  if (coupon.held_until && now < *coupon.held_until) return held(*coupon.held_until);
  if (coupon.expires_at && now >= *coupon.expires_at) return refuse(Code::coupon_expired, "This coupon has expired.");
  // A campaign that is over gives no more coupons, but those it gave stay good until they expire;
  // pausing is the operator's emergency stop and holds for both.
  if (campaign.status == CampaignStatus::paused) return paused();
  return std::nullopt;
}

}  // namespace

std::optional<Error> host_objection(Hook hook, const Campaign& campaign, const CouponFacts& coupon, Micros now) {
  switch (hook) {
    case Hook::issue:
      return objection_to_issue(campaign, coupon, now);
    case Hook::redeem:
    case Hook::remind:  // whoever cannot use the coupon any more, or not now, is not reminded of it
      return objection_to_redeem(campaign, coupon, now);
    case Hook::cancel:
      if (coupon.redeemed_at) return std::nullopt;
      return refuse(Code::not_redeemed, "This coupon has not been used.");
    case Hook::stack:
      return std::nullopt;
  }
  return std::nullopt;
}

std::optional<Error> host_objection(Hook hook, const Facts& facts) {
  if (hook == Hook::stack) return std::nullopt;
  if (!follows_hold(facts.step)) return host_objection(hook, *facts.campaign, *facts.coupon, facts.now);
  // What was promised at the hold stays so, whatever has ended or was paused since.
  const std::optional<Micros>& until = facts.coupon->held_until;
  const bool over = facts.step == HoldStep::redeem_held && until && facts.now >= *until;
  return until && !over ? std::nullopt : std::optional(hold_not_found());
}

std::optional<Verdict> decided_by_host(Hook hook, const Facts& facts) {
  if (const auto objection = host_objection(hook, facts)) return host_verdict(*objection);
  if (!follows_hold(facts.step)) return std::nullopt;
  TraceEntry entry{.rule = "host"};
  if (facts.step == HoldStep::redeem_held) {
    entry.discount = facts.coupon->discount;
  } else {
    entry.counts = facts.coupon->counted;
    for (auto& [counter, change] : entry.counts) change = -change;
  }
  if (entry.discount || !entry.counts.empty()) entry.kind = TraceEntry::Kind::effect;
  Verdict verdict{.discount = entry.discount, .counts = entry.counts};
  verdict.trace.push_back(std::move(entry));
  return verdict;
}

std::optional<Error> sold_out_objection(const Facts& facts) {
  return facts.tally.remaining(*facts.campaign) == 0 ? std::optional(sold_out()) : std::nullopt;
}

Error sold_out() {
  return refuse(Code::sold_out, "All coupons of this campaign have been given out.");
}

Error hold_not_found() {
  return refuse(Code::hold_not_found, "This hold has ended, or there was none.");
}

Error not_combinable() {
  return refuse(Code::not_combinable, "These coupons cannot be used together.");
}

std::string_view asked_policy(Hook hook, const Facts& facts) {
  return hook == Hook::stack ? stacking_policy : std::string_view(facts.campaign->policy);
}

Verdict host_verdict(const Error& error) {
  Verdict verdict{.kind = Verdict::Kind::denied,
                  .code = std::string(error.public_code()),
                  .sentence = error.message,
                  .detail = error.detail};
  verdict.trace.push_back({.rule = "host",
                           .kind = TraceEntry::Kind::denied,
                           .code = verdict.code,
                           .detail = verdict.detail,
                           .sentence = verdict.sentence});
  return verdict;
}

Verdict no_policies_verdict() {
  return host_failure("no policies are active");
}

Verdict misfit_verdict(const Error& misfit) {
  std::string why = misfit.message;
  for (const FieldError& field : misfit.fields) why += " " + field.field + ": " + field.message;
  return host_failure(std::move(why));
}

Verdict unbound_verdict(Hook hook, const Error& misfit) {
  return hook == Hook::stack ? host_verdict(not_combinable()) : misfit_verdict(misfit);
}

}  // namespace scrip
