#include "replay/recount.h"

namespace scrip {
namespace {

std::string user_and_subject(const Facts& facts) {
  std::string key = *facts.user.id;
  key += '\0';
  key += *facts.subject;
  return key;
}

bool same_state(const CouponFacts& a, const CouponFacts& b) {
  return a.issued_at == b.issued_at && a.expires_at == b.expires_at && a.redeemed_at == b.redeemed_at &&
         a.discount == b.discount && a.currency == b.currency && a.counted_at == b.counted_at &&
         a.held_until == b.held_until && a.counted == b.counted;
}

void give_back(CouponFacts& coupon) {
  coupon.redeemed_at.reset();
  coupon.discount.reset();
  coupon.currency.clear();
  coupon.counted_at.reset();
  coupon.held_until.reset();
  coupon.counted.clear();
}

void redeem(CouponFacts& coupon, const Verdict& verdict, const Facts& facts) {
  if (facts.step == HoldStep::hold) {
    coupon.counted_at = facts.now;
    coupon.held_until = facts.hold_until;
    coupon.counted = verdict.counts;
  } else {
    coupon.redeemed_at = facts.now;
    coupon.held_until.reset();
    coupon.counted.clear();
  }
  if (facts.order && verdict.discount) {
    coupon.discount = verdict.discount;
    coupon.currency = facts.order->currency;
  }
}

// The coupon after a verdict.
void apply(CouponFacts& coupon, Hook hook, const Verdict& verdict, const Facts& facts) {
  if (!verdict.allowed()) return;
  switch (hook) {
    case Hook::issue:
      coupon.issued_at = facts.now;
      if (verdict.expires_at) coupon.expires_at = verdict.expires_at;
      break;
    case Hook::redeem:
      redeem(coupon, verdict, facts);
      break;
    case Hook::cancel:
      give_back(coupon);
      break;
    case Hook::remind:
    case Hook::stack:
      break;
  }
}

std::int64_t issues(Hook hook, const Verdict& verdict) {
  return hook == Hook::issue && verdict.allowed() ? 1 : 0;
}

// A hold is the redemption that it begins.
std::int64_t redemptions(Hook hook, HoldStep step, const Verdict& verdict) {
  if (!verdict.allowed() || step == HoldStep::redeem_held) return 0;
  return hook == Hook::redeem ? 1 : hook == Hook::cancel ? -1 : 0;
}

template <class Map>
typename Map::mapped_type found_in(const Map& map, const typename Map::key_type& key) {
  const auto found = map.find(key);
  return found == map.end() ? typename Map::mapped_type() : found->second;
}

}  // namespace

bool Recount::adjust_counts(Replayed& decision, const CampaignState& state) const {
  Facts& facts = decision.facts;
  const ReadFacts& reads = decision.reads;
  bool matters = false;
  if (!state.all.none()) {
    const bool was_sold_out = facts.tally.remaining(*facts.campaign) == 0;
    facts.tally.issued += state.all.issued;
    facts.tally.redeemed += state.all.redeemed;
    // The host looks at the pool's end itself.
    const bool sold_out = facts.tally.remaining(*facts.campaign) == 0;
    matters = (state.all.issued != 0 && reads.campaign_issued) ||
              (state.all.redeemed != 0 && reads.campaign_redeemed) ||
              (decision.hook == Hook::issue && sold_out != was_sold_out);
  }
  if (!facts.user.id || state.users.empty()) return matters;
  const Difference user = found_in(state.users, *facts.user.id);
  const Difference for_subject = facts.subject ? found_in(state.users_for_subject, user_and_subject(facts)) : user;
  facts.user.issued += user.issued;
  facts.user.redeemed += user.redeemed;
  facts.user.issued_for_subject += for_subject.issued;
  return matters || (user.issued != 0 && reads.user_issued) || (user.redeemed != 0 && reads.user_redeemed) ||
         (for_subject.issued != 0 && reads.user_issued_for_subject);
}

bool Recount::adjust_coupon(Replayed& decision, const CampaignState& state) const {
  if (!decision.serial || state.coupons.empty()) return false;
  const auto found = state.coupons.find(*decision.serial);
  if (found == state.coupons.end()) return false;
  CouponFacts& coupon = *decision.facts.coupon;
  CouponFacts otherwise = found->second;
  otherwise.code = std::move(coupon.code);
  otherwise.created_at = coupon.created_at;
  coupon = std::move(otherwise);
  return true;
}

bool Recount::adjust_counters(Replayed& decision, CampaignState& state) {
  for (const auto& [name, value] : decision.recorded_counters) {
    Counter& counter = state.counters[name];
    counter.recorded = value;
    counter.seen = true;
  }
  bool matters = false;
  for (auto& [name, value] : decision.facts.counters) {
    const std::int64_t otherwise = counter(decision, name);
    matters = matters || otherwise != value;
    value = otherwise;
    const auto found = state.counters.find(name);
    if (found == state.counters.end() || !found->second.seen) assumed_.insert(name);
  }
  return matters;
}

bool Recount::adjust(Replayed& decision) {
  if (decision.hook == Hook::stack) return false;  // it goes by nothing that is recounted
  CampaignState& state = campaigns_[decision.campaign];
  const bool counts = adjust_counts(decision, state);
  const bool coupon = adjust_coupon(decision, state);
  const bool counters = adjust_counters(decision, state);
  return counts || coupon || counters;
}

std::int64_t Recount::counter(const Replayed& decision, const std::string& name) const {
  const auto campaign = campaigns_.find(decision.campaign);
  if (campaign == campaigns_.end()) return 0;
  const Counter found = found_in(campaign->second.counters, name);
  return found.recorded + found.difference;
}

std::size_t Recount::differences() const {
  std::size_t count = 0;
  for (const auto& [number, state] : campaigns_) {
    count += state.users.size() + state.users_for_subject.size() + state.coupons.size() + state.counters.size();
  }
  return count;
}

void Recount::settle(const Replayed& decision, const Verdict& candidate) {
  CampaignState& state = campaigns_[decision.campaign];
  const Verdict& recorded = decision.recorded;
  const Facts& facts = decision.facts;
  const Difference more{
      .issued = issues(decision.hook, candidate) - issues(decision.hook, recorded),
      .redeemed = redemptions(decision.hook, facts.step, candidate) - redemptions(decision.hook, facts.step, recorded)};
  if (!more.none()) {
    const auto add = [&more](Difference& to) {
      to.issued += more.issued;
      to.redeemed += more.redeemed;
    };
    add(state.all);
    if (facts.user.id) add(state.users[*facts.user.id]);
    if (facts.user.id && facts.subject) add(state.users_for_subject[user_and_subject(facts)]);
  }
  if (recorded.allowed()) {
    for (const auto& [name, change] : recorded.counts) {
      Counter& counter = state.counters[name];
      counter.recorded += change;
      counter.difference -= change;
    }
  }
  if (candidate.allowed()) {
    for (const auto& [name, change] : candidate.counts) state.counters[name].difference += change;
  }
  settle_coupon(decision, candidate, state);
}

void Recount::settle_coupon(const Replayed& decision, const Verdict& candidate, CampaignState& state) {
  if (!decision.serial) return;
  CouponFacts recorded = decision.recorded_coupon;
  CouponFacts otherwise = *decision.facts.coupon;
  apply(recorded, decision.hook, decision.recorded, decision.facts);
  apply(otherwise, decision.hook, candidate, decision.facts);
  // No decision is recorded that finishes or ends a hold that only the candidate allowed: it is taken to
  // be redeemed.
  if (otherwise.held_until && !recorded.held_until && !decision.recorded.allowed() && candidate.allowed()) {
    otherwise.redeemed_at = decision.facts.now;
    otherwise.held_until.reset();
    otherwise.counted.clear();
  }
  if (same_state(recorded, otherwise)) {
    if (!state.coupons.empty()) state.coupons.erase(*decision.serial);
    return;
  }
  otherwise.code.clear();
  state.coupons.insert_or_assign(*decision.serial, std::move(otherwise));
}

}  // namespace scrip
