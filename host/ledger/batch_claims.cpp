// How a batch decides who is given a coupon: issue and assign, and what all claims have in common.
#include <algorithm>

#include "ledger/batch.h"
#include "ledger/claim_facts.h"
#include "policy/host_rules.h"

namespace scrip {
namespace {

const Holding no_holding;
const std::string no_attributes = "{}";

}  // namespace

Coupon Batch::coupon_at(CouponKey key) const {
  const auto found = loaded_.coupons.find(key);
  if (found != loaded_.coupons.end() && found->second) return *found->second;
  return Coupon{.key = key};
}

Facts Batch::facts_for(const std::shared_ptr<const Campaign>& campaign, const Coupon& coupon,
                       const std::optional<std::string>& user_id, const std::optional<std::string>& subject,
                       const Hold* hold) {
  const auto holding = [&](const std::optional<std::string>& of) -> const Holding& {
    if (!user_id) return no_holding;
    const auto found = loaded_.holdings.find({campaign->number, *user_id, of});
    return found == loaded_.holdings.end() ? no_holding : found->second;
  };
  const auto attributes = user_id ? loaded_.attributes.find(*user_id) : loaded_.attributes.end();
  Facts facts = facts_of(now_, campaign, loaded_.tallies[campaign->number], user_id, subject, holding(std::nullopt),
                         subject ? holding(subject) : no_holding,
                         attributes == loaded_.attributes.end() ? no_attributes : attributes->second);
  facts.coupon = coupon_facts(state_.catalog->book(), coupon, hold);
  return facts;
}

Result<std::int64_t> Batch::counter(const CounterKey& key) {
  const auto found = loaded_.counters.find(key);
  if (found != loaded_.counters.end()) return found->second;
  if (auto loaded = store_.load({.counters = {key}}, loaded_); !loaded) return loaded.error();
  // A rule may have counted without reading; that is not in the store yet.
  const auto changed = changes_.counters.find(key);
  std::int64_t& value = loaded_.counters[key];
  if (changed != changes_.counters.end()) value += changed->second;
  return value;
}

Result<Verdict> Batch::ask(Hook hook, Facts& facts, const OrderEffects& effects) {
  if (!state_.judge) return no_policies_verdict();
  const std::int64_t campaign = facts.campaign->number;
  const bool estimated = loaded_.estimated.contains(campaign);
  if (estimated) state_.judge->watch_reads();
  const auto started = std::chrono::steady_clock::now();
  auto verdict = state_.judge->decide(hook, facts, [&](const std::string& name) -> Result<std::int64_t> {
    const auto value = counter({campaign, name});
    if (!value) return value.error();
    return *value + effects.counter(campaign, name);
  });
  if (events_.asked) {
    const auto took = std::chrono::steady_clock::now() - started;
    events_.asked(std::chrono::duration_cast<std::chrono::microseconds>(took).count());
  }
  if (estimated) {
    const ReadFacts reads = state_.judge->take_reads();
    if (reads.campaign_issued || reads.campaign_redeemed) {
      state_.contention->by_rules.insert(campaign);
      return needs_alone(campaign);
    }
  }
  if (verdict && verdict->kind == Verdict::Kind::failed) {
    const std::string_view policy = asked_policy(hook, facts);
    if (events_.policy_failed) events_.policy_failed(policy, verdict->trace);
    if (events_.quarantined && state_.judge->active().quarantine.holds(policy)) events_.quarantined(policy);
  }
  return verdict;
}

void Batch::store_coupon(const Coupon& coupon) {
  auto& row = loaded_.coupons[coupon.key];
  const auto [change, first] = changes_.coupons.try_emplace(coupon.key);
  if (first) change->second.is_new = !row;
  change->second.coupon = coupon;
  row = coupon;
}

void Batch::change_holdings(const Coupon& coupon, Holding by) {
  if (!coupon.user_id) return;
  const auto change = [&](const std::optional<std::string>& subject) {
    const auto found = loaded_.holdings.find({coupon.key.campaign, *coupon.user_id, subject});
    if (found == loaded_.holdings.end()) return;
    found->second.issued += by.issued;
    found->second.redeemed += by.redeemed;
  };
  change(std::nullopt);
  if (coupon.subject) change(coupon.subject);
}

void Batch::count(std::int64_t campaign, const Counters& changes) {
  for (const auto& [counter, by] : changes) {
    if (by == 0) continue;
    CounterKey key{campaign, counter};
    if (const auto found = loaded_.counters.find(key); found != loaded_.counters.end()) found->second += by;
    changes_.counters[std::move(key)] += by;
  }
  if (!keeps_decisions()) count_unrecorded(campaign, changes);
}

ClaimOutcome Batch::refuse(const Actor& actor, Hook hook, const Facts& facts, const Verdict& verdict, Error error,
                           const Coupon* coupon) {
  ClaimOutcome outcome;
  // A quarantined policy is refused by the thousand and says nothing new.
  if (verdict.kind != Verdict::Kind::quarantined) outcome.decision = record_refusal(hook, facts, verdict, coupon);
  if (error.trace.empty()) error.trace = trace_json(verdict.trace);
  if (actor.role == Role::user) {
    error.trace.clear();
    error.detail.clear();
  }
  outcome.error = std::move(error);
  return outcome;
}

void Batch::give(Coupon& coupon, const std::optional<std::string>& user_id, const std::optional<std::string>& subject,
                 const Verdict& verdict) {
  CampaignTally& tally = loaded_.tallies[coupon.key.campaign];
  Loaded::InHand& hand = loaded_.in_hand[coupon.key.campaign];
  if (coupon.key.serial < 0) {
    --tally.pooled;
    std::erase_if(hand.pooled, [&](const Coupon& pooled) { return pooled.key == coupon.key; });
  }
  coupon.state = CouponState::issued;
  coupon.user_id = user_id;
  coupon.subject = subject;
  coupon.issued_at = now_;
  if (verdict.expires_at) coupon.expires_at = verdict.expires_at;
  ++tally.issued;
  store_coupon(coupon);
  change_holdings(coupon, {.issued = 1});
  count(coupon.key.campaign, verdict.counts);
}

ClaimOutcome Batch::granted(const Facts& facts, const Coupon& coupon) {
  return {.coupon = coupon, .code = facts.coupon->code, .campaign_id = facts.campaign->id, .decision = coupon.decision};
}

Result<ClaimOutcome> Batch::issue(const Actor& actor, const Issue& command) {
  const auto campaign = state_.catalog->campaign(command.campaign);
  if (!campaign) return ClaimOutcome{.error = campaign_not_found()};

  // Codes may be generated for the coupon; a claim that is refused leaves none of them.
  const auto catalog_before = state_.catalog;
  const std::size_t batches_before = changes_.batches.size();
  const auto refused = [&](const Facts& facts, const Verdict& verdict, Error error) {
    state_.catalog = catalog_before;
    changes_.batches.erase(changes_.batches.begin() + static_cast<std::ptrdiff_t>(batches_before),
                           changes_.batches.end());
    return refuse(actor, Hook::issue, facts, verdict, std::move(error), nullptr);
  };
  auto next = next_coupon(*campaign);
  if (!next) return next.error();
  // With nothing left the policy is asked all the same: who has a coupon already is told so rather
  // than "sold out".
  Coupon coupon = *next ? **next : Coupon{.key = {campaign->number, -1}, .created_at = now_};
  Facts facts = facts_for(campaign, coupon, command.user_id, command.subject);
  const Coupon* shown = *next ? &coupon : nullptr;

  if (auto objection = host_objection(Hook::issue, facts)) {
    return refused(facts, host_verdict(*objection), *objection);
  }
  auto verdict = ask(Hook::issue, facts);
  if (!verdict) return verdict.error();
  if (!verdict->allowed()) return refused(facts, *verdict, refusal(*verdict));
  if (!shown) return refused(facts, host_verdict(sold_out()), sold_out());

  if (coupon.key.serial >= 0) {
    CampaignTally& tally = loaded_.tallies[campaign->number];
    auto& taken = loaded_.in_hand[campaign->number].taken;
    const auto passed = std::lower_bound(taken.begin(), taken.end(), coupon.key.serial);
    tally.by_hand -= passed - taken.begin();
    taken.erase(taken.begin(), passed);
    tally.next_serial = coupon.key.serial + 1;
  }
  coupon.decision = record(Hook::issue, facts, *verdict, &coupon);
  give(coupon, command.user_id, command.subject, *verdict);
  tell_claim(EventKind::coupon_issued, facts, coupon);
  tell_if_sold_out(*campaign);
  return granted(facts, coupon);
}

Result<ClaimOutcome> Batch::assign(const Actor& actor, const Assign& command) {
  const auto key = resolve(command.coupon);
  const auto campaign = key ? state_.catalog->campaign(key->campaign) : nullptr;
  if (!campaign) return ClaimOutcome{.error = coupon_not_found()};
  Coupon coupon = coupon_at(*key);
  Facts facts = facts_for(campaign, coupon, command.user_id, command.subject);

  if (auto objection = host_objection(Hook::issue, facts)) {
    return refuse(actor, Hook::issue, facts, host_verdict(*objection), *objection, &coupon);
  }
  auto verdict = ask(Hook::issue, facts);
  if (!verdict) return verdict.error();
  if (!verdict->allowed()) return refuse(actor, Hook::issue, facts, *verdict, refusal(*verdict), &coupon);
  if (auto objection = sold_out_objection(facts)) {
    return refuse(actor, Hook::issue, facts, host_verdict(*objection), *objection, &coupon);
  }

  CampaignTally& tally = loaded_.tallies[campaign->number];
  if (coupon.key.serial >= tally.next_serial) {
    auto& taken = loaded_.in_hand[campaign->number].taken;
    taken.insert(std::lower_bound(taken.begin(), taken.end(), coupon.key.serial), coupon.key.serial);
    ++tally.by_hand;
  }
  coupon.decision = record(Hook::issue, facts, *verdict, &coupon);
  give(coupon, command.user_id, command.subject, *verdict);
  tell_claim(EventKind::coupon_issued, facts, coupon);
  tell_if_sold_out(*campaign);
  return granted(facts, coupon);
}

}  // namespace scrip
