#include "ledger/batch.h"

#include <utility>

#include "ledger/claim_facts.h"

namespace scrip {

void LedgerState::learn(const Definitions& definitions) {
  catalog = Catalog::from(definitions);
  last_revision = definitions.last_revision;
  last_work = definitions.last_work;
  stored_revision = definitions.active_revision;
  set_aside = definitions.set_aside;
  has_holds = definitions.has_holds;
  hold_end = definitions.hold_end.value_or(no_hold);
}

Batch::Batch(Store& store, LedgerState state, Micros now, const LedgerOptions& options, const LedgerEvents& events)
    : store_(store), state_(std::move(state)), now_(now), options_(options), events_(events) {}

void Batch::want_holding(std::int64_t campaign, const std::optional<std::string>& user_id,
                         const std::optional<std::string>& subject, Wanted& wanted) const {
  if (!user_id) return;
  wanted.holdings.push_back({campaign, *user_id, std::nullopt});
  if (subject) wanted.holdings.push_back({campaign, *user_id, subject});
  wanted.attributes.push_back(*user_id);
}

std::optional<CouponKey> Batch::resolve(const CouponRef& ref) const {
  std::optional<CouponKey> key = ref.computed;
  if (!ref.imported.empty()) {
    const auto found = loaded_.imported.find(ref.imported);
    if (found != loaded_.imported.end() && found->second) key = found->second;
  }
  return key && (!ref.campaign || key->campaign == *ref.campaign) ? key : std::nullopt;
}

Result<void> Batch::find_imported(const std::vector<Submission*>& submissions) {
  Wanted wanted;
  const auto want_ref = [&](const CouponRef& ref) {
    if (!ref.imported.empty()) wanted.imported.push_back(ref.imported);
  };
  for (const Submission* submission : submissions) {
    if (const auto* const assign = std::get_if<Assign>(&submission->command)) want_ref(assign->coupon);
    if (const auto* const redeem = std::get_if<Redeem>(&submission->command)) want_ref(redeem->coupon);
    if (const auto* const hold = std::get_if<HoldCoupon>(&submission->command)) want_ref(hold->coupon);
    if (const auto* const release = std::get_if<Release>(&submission->command)) want_ref(release->coupon);
    if (const auto* const cancel = std::get_if<Cancel>(&submission->command)) want_ref(cancel->coupon);
    if (const auto* const redeem = std::get_if<RedeemOrder>(&submission->command)) {
      for (const CouponRef& ref : redeem->coupons) want_ref(ref);
      wanted.stacked_orders.push_back(redeem->id);
    }
    if (const auto* const cancel = std::get_if<CancelOrder>(&submission->command)) {
      wanted.stacked_orders.push_back(cancel->id);
    }
    if (const auto* const import = std::get_if<ImportCoupons>(&submission->command)) {
      for (const ImportRow& row : import->rows) wanted.imported.push_back(row.normalized);
      wanted.imports.push_back(import->job);
    }
  }
  if (wanted.imported.empty() && wanted.imports.empty() && wanted.stacked_orders.empty()) return {};
  return store_.load(wanted, loaded_);
}

void Batch::want(const Submission& submission, Wanted& wanted) {
  if (submission.idempotency) wanted.idempotency.push_back(submission.idempotency->key);
  const auto want_issue = [&](std::int64_t campaign, const Issue& issue) {
    want_holding(campaign, issue.user_id, issue.subject, wanted);
  };
  const auto want_coupon = [&](const CouponRef& ref) {
    const auto key = resolve(ref);
    if (!key) return std::int64_t{0};
    wanted.tallies.push_back(key->campaign);
    wanted.coupons.push_back(*key);
    return key->campaign;
  };
  const auto want_use = [&](const CouponRef& ref) {
    want_coupon(ref);
    if (const auto key = resolve(ref); key && (state_.has_holds || store_.shared())) wanted.holds.push_back(*key);
  };
  struct Visitor {
    Wanted& wanted;
    const Loaded& loaded;
    const Actor& actor;
    decltype(want_use)& use;
    decltype(want_issue)& issue;
    decltype(want_coupon)& coupon;
    void operator()(const Issue& c) const {
      wanted.tallies.push_back(c.campaign);
      wanted.in_hand.emplace_back(c.campaign, 1);
      issue(c.campaign, c);
    }
    void operator()(const IssueMany& c) const {
      wanted.tallies.push_back(c.campaign);
      wanted.in_hand.emplace_back(c.campaign, static_cast<std::int64_t>(c.items.size()));
      for (const Issue& item : c.items) issue(c.campaign, item);
    }
    void operator()(const Assign& c) const {
      const std::int64_t campaign = coupon(c.coupon);
      if (campaign == 0) return;
      // It may lie in what another node was going to give.
      wanted.exact.push_back(campaign);
      // An imported coupon that is assigned here is gone for an issue of the same batch.
      wanted.in_hand.emplace_back(campaign, 1);
      issue(campaign, Issue{.user_id = c.user_id, .subject = c.subject});
    }
    void operator()(const Redeem& c) const { use(c.coupon); }
    void operator()(const HoldCoupon& c) const { use(c.coupon); }
    void operator()(const Release& c) const { use(c.coupon); }
    void operator()(const Cancel& c) const { use(c.coupon); }
    void operator()(const RedeemOrder& c) const {
      for (const CouponRef& ref : c.coupons) use(ref);
    }
    // Those of an order that is made in this batch are loaded for that.
    void operator()(const CancelOrder& c) const {
      const auto order = loaded.stacked_orders.find(c.id);
      if (order == loaded.stacked_orders.end() || !order->second) return;
      for (const StackedOrder::Part& part : order->second->parts) use(part.coupon);
    }
    void operator()(const CreateCampaign&) const {}
    void alone(std::int64_t campaign) const {
      wanted.tallies.push_back(campaign);
      wanted.exact.push_back(campaign);
    }
    void operator()(const EditCampaign& c) const { alone(c.campaign); }
    void operator()(const Generate& c) const { alone(c.campaign); }
    void operator()(const Refused&) const {}
    void operator()(const PutAttributes& c) const {
      if (actor.role == Role::operator_) wanted.attributes.push_back(c.user_id);  // for the audit log
    }
    void operator()(const AddUser& c) const { wanted.logins.push_back(c.user.login); }
    void operator()(const ChangeUser& c) const { wanted.logins.push_back(c.login); }
    void operator()(const AddWork&) const {}
    void operator()(const EditWork& c) const { wanted.works.push_back(c.id); }
    void operator()(const DropWork& c) const { wanted.works.push_back(c.id); }
    void operator()(const StartImport& c) const { wanted.imports.push_back(c.id); }
    void operator()(const ImportCoupons& c) const {
      const auto job = loaded.imports.find(c.job);
      if (job == loaded.imports.end() || !job->second) return;
      alone(job->second->campaign);
      wanted.lowest_serials.push_back(job->second->campaign);
    }
    void operator()(const EndImport& c) const { wanted.imports.push_back(c.job); }
    void operator()(const Remind& c) const {
      for (const CouponKey& key : c.coupons) coupon(key);
    }
    void operator()(const SettleEvents&) const {}
    void operator()(const ActivatePolicies&) const {}
    void operator()(const FollowPolicies&) const {}
    void operator()(const RecordAudit&) const {}
    void operator()(const StoreCounted&) const {}
  };
  std::visit(Visitor{wanted, loaded_, submission.actor, want_use, want_issue, want_coupon}, submission.command);
}

Result<void> Batch::prepare(const std::vector<Submission*>& submissions) {
  if (auto found = find_imported(submissions); !found) return found;
  Wanted wanted;
  for (const Submission* submission : submissions) want(*submission, wanted);
  if (options_.keep_decisions && now_ - *options_.keep_decisions > state_.oldest_decision) {
    wanted.decided_before = now_ - *options_.keep_decisions;
  }
  // Of what other nodes hold this one knows nothing.
  wanted.some_are_held = store_.shared() || state_.hold_end != no_hold;
  if (options_.end_holds && (store_.shared() || now_ >= state_.hold_end)) wanted.holds_over = now_;
  for (const std::int64_t campaign : wanted.tallies) {
    if (state_.contention->holds(campaign)) wanted.exact.push_back(campaign);
  }
  if (auto loaded = store_.load(wanted, loaded_); !loaded) return loaded;
  // Whose a coupon is, is known only now.
  Wanted holders{.some_are_held = wanted.some_are_held};
  want_holds_over(holders);
  for (const CouponKey& key : wanted.coupons) {
    const auto found = loaded_.coupons.find(key);
    if (found == loaded_.coupons.end() || !found->second) continue;
    want_holding(key.campaign, found->second->user_id, found->second->subject, holders);
  }
  if (!holders.holdings.empty() || !holders.coupons.empty()) {
    if (auto loaded = store_.load(holders, loaded_); !loaded) return loaded;
  }
  tallies_before_ = loaded_.tallies;
  if (wanted.holds_over) end_holds();
  return {};
}

Result<void> Batch::decide(Submission& submission) {
  if (submission.deadline && std::chrono::steady_clock::now() > *submission.deadline) {
    submission.outcome.error = Error{.code = Code::deadline_exceeded, .message = "The deadline has passed."};
    return {};
  }
  if (!submission.idempotency) return dispatch(submission);

  const Idempotency& idempotency = *submission.idempotency;
  std::optional<IdempotencyRecord>& kept = loaded_.idempotency[idempotency.key];
  if (kept) {
    if (kept->fingerprint != idempotency.fingerprint) {
      submission.outcome.error =
          Error{.code = Code::idempotency_key_reused, .message = "This Idempotency-Key was used for another request."};
      return {};
    }
    submission.answer = KeptAnswer{.status = kept->status, .body = kept->body};
    submission.replayed = true;
    return {};
  }
  if (auto decided = dispatch(submission); !decided) return decided;
  submission.answer = idempotency.render(submission.outcome);
  // A failure of ours may be over when the client tries again, so it is not the answer for good.
  if (submission.answer->status >= 500) return {};
  kept = IdempotencyRecord{.key = idempotency.key,
                           .fingerprint = idempotency.fingerprint,
                           .status = submission.answer->status,
                           .body = submission.answer->body,
                           .created_at = real_time()};
  changes_.idempotency.push_back(*kept);
  return {};
}

Result<void> Batch::dispatch(Submission& submission) {
  struct Visitor {
    Batch& batch;
    Submission& submission;

    Result<void> one(Result<ClaimOutcome> claim) const {
      if (!claim) return claim.error();
      submission.outcome.claim = std::move(*claim);
      submission.outcome.error = std::exchange(submission.outcome.claim.error, std::nullopt);
      return {};
    }
    Result<void> operator()(const Issue& c) const { return one(batch.issue(submission.actor, c)); }
    Result<void> operator()(const Assign& c) const { return one(batch.assign(submission.actor, c)); }
    Result<void> operator()(const Redeem& c) const { return one(batch.redeem(submission.actor, c)); }
    Result<void> operator()(const HoldCoupon& c) const { return one(batch.hold(submission.actor, c)); }
    Result<void> operator()(const Release& c) const { return one(batch.release(submission.actor, c)); }
    Result<void> operator()(const Cancel& c) const { return one(batch.cancel(submission.actor, c)); }
    Result<void> operator()(const RedeemOrder& c) const { return batch.redeem_order(submission, c); }
    Result<void> operator()(const CancelOrder& c) const { return batch.cancel_order(submission, c); }
    Result<void> operator()(const IssueMany& c) const {
      if (!batch.state_.catalog->campaign(c.campaign)) {
        submission.outcome.error = campaign_not_found();
        return {};
      }
      submission.outcome.claims.reserve(c.items.size());
      for (Issue item : c.items) {
        item.campaign = c.campaign;
        auto claim = batch.issue(submission.actor, item);
        if (!claim) return claim.error();
        submission.outcome.claims.push_back(std::move(*claim));
      }
      return {};
    }
    Result<void> operator()(const CreateCampaign& c) const { return batch.create(submission, c); }
    Result<void> operator()(const EditCampaign& c) const { return batch.edit(submission, c); }
    Result<void> operator()(const Generate& c) const { return batch.generate(submission, c); }
    Result<void> operator()(const Refused& c) const {
      submission.outcome.error = c.error;
      return {};
    }
    Result<void> operator()(const PutAttributes& c) const {
      // What the shop's back end says about its users is traffic, as claims are.
      if (submission.actor.role == Role::operator_) batch.audit_attributes(submission.actor, c.user_id, c.attributes);
      batch.changes_.attributes[c.user_id] = c.attributes;
      batch.loaded_.attributes[c.user_id] = c.attributes;
      return {};
    }
    Result<void> operator()(const AddUser& c) const { return batch.add_user(submission, c); }
    Result<void> operator()(const ChangeUser& c) const { return batch.change_user(submission, c); }
    Result<void> operator()(const AddWork& c) const { return batch.add_work(submission, c); }
    Result<void> operator()(const EditWork& c) const { return batch.edit_work(submission, c); }
    Result<void> operator()(const DropWork& c) const { return batch.drop_work(submission, c); }
    Result<void> operator()(const StartImport& c) const { return batch.start_import(submission, c); }
    Result<void> operator()(const ImportCoupons& c) const { return batch.import_coupons(submission, c); }
    Result<void> operator()(const EndImport& c) const { return batch.end_import(submission, c); }
    Result<void> operator()(const Remind& c) const { return batch.remind(submission, c); }
    Result<void> operator()(const SettleEvents& c) const {
      batch.settle(c);
      return {};
    }
    Result<void> operator()(const ActivatePolicies& c) const { return batch.activate(submission, c); }
    Result<void> operator()(const FollowPolicies& c) const {
      batch.follow(c);
      return {};
    }
    Result<void> operator()(const RecordAudit& c) const {
      batch.audit(submission.actor, c.action, c.target, c.old_value, c.new_value);
      return {};
    }
    Result<void> operator()(const StoreCounted&) const {
      batch.state_.counted.hurry();
      return {};
    }
  };
  return std::visit(Visitor{*this, submission}, submission.command);
}

Changes& Batch::finish() {
  for (const auto& [campaign, after] : loaded_.tallies) {
    const CampaignTally before = tallies_before_[campaign];
    if (after == before) continue;
    changes_.tallies[campaign] = CampaignTally{.issued = after.issued - before.issued,
                                               .redeemed = after.redeemed - before.redeemed,
                                               .next_serial = after.next_serial - before.next_serial,
                                               .by_hand = after.by_hand - before.by_hand,
                                               .pooled = after.pooled - before.pooled,
                                               .held = after.held - before.held};
  }
  finish_decisions();
  return changes_;
}

}  // namespace scrip
