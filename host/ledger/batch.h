// One batch of commands between begin and commit: what was read for it, what it has changed so far,
// and the decisions. Each command sees what the ones before it did, because they change the working
// set that was loaded; nothing outside sees any of it until the ledger has committed.
//
// Used by the ledger's thread alone. A Result that is an error means that the store failed and the
// whole batch with it; a command's own refusal is in its outcome.
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <unordered_set>
#include <vector>

#include "db/store.h"
#include "ledger/catalog.h"
#include "ledger/command.h"
#include "ledger/judge.h"
#include "ledger/ledger.h"
#include "ledger/order_effects.h"
#include "ledger/refusal_rate.h"
#include "ledger/refusal_tally.h"
#include "ledger/stacking.h"

namespace scrip {

// LedgerState::hold_end when no hold is in force.
inline constexpr Micros no_hold = std::numeric_limits<Micros>::max();
// The campaigns that a batch must have to itself when other nodes work on the same store.
struct Contention {
  std::set<std::int64_t> by_rules;   // their rules look at counts that those may be changing
  std::set<std::int64_t> this_time;  // the batch before this one could not do with its share
  bool holds(std::int64_t campaign) const { return by_rules.contains(campaign) || this_time.contains(campaign); }
};

// What the ledger carries from one batch to the next. A batch works on a copy, which the ledger
// keeps when the batch is durable and drops when it is not.
struct LedgerState {
  std::shared_ptr<const Catalog> catalog;
  std::shared_ptr<Judge> judge;  // null before the first activation
  std::int64_t last_decision = 0;
  std::int64_t last_revision = 0;                               // the greatest RevisionRow::number
  std::int64_t last_work = 0;                                   // the greatest Work::id
  std::int64_t stored_revision = 0;                             // the active one of the store; 0: none
  std::string set_aside;                                        // PolicyActivation::set_aside of the last activation
  Micros oldest_decision = std::numeric_limits<Micros>::min();  // none is older
  bool has_holds = false;                                       // some coupon is held, or was redeemed so
  Micros hold_end = no_hold;                                    // no hold ends before it
  RefusalTally counted;
  // Shared by the copies: after a batch that failed a few more of its second are counted than need be.
  std::shared_ptr<RefusalRate> refusals = std::make_shared<RefusalRate>();
  // Shared by the copies: it is learnt by batches that fail.
  std::shared_ptr<Contention> contention = std::make_shared<Contention>();

  // Takes what the store holds, at start and whenever another node has changed it.
  void learn(const Definitions& definitions);
};

class Batch {
 public:
  Batch(Store& store, LedgerState state, Micros now, const LedgerOptions& options, const LedgerEvents& events);

  // Reads what the commands need, and ends the holds that are over, so that no command sees them. Called
  // once, with all of them, before the first decide().
  Result<void> prepare(const std::vector<Submission*>& submissions);

  // After prepare(): there were more of those than one batch ends. Commit it without commands and begin
  // another.
  bool more_holds_are_over() const { return options_.end_holds && state_.hold_end <= now_; }

  // Decides one command: fills in its outcome and, with an idempotency key, its answer.
  Result<void> decide(Submission& submission);

  // What is to be committed. Called once, after the last decide().
  Changes& finish();

  const LedgerState& state() const { return state_; }

 private:
  // Finds out which coupons are meant by codes that may be imported ones, and which codes are taken.
  Result<void> find_imported(const std::vector<Submission*>& submissions);
  // nullopt: there is no such coupon. As prepare() found it: what the batch itself imports is not seen.
  std::optional<CouponKey> resolve(const CouponRef& ref) const;
  // What a command needs, for prepare().
  void want(const Submission& submission, Wanted& wanted);
  void want_holding(std::int64_t campaign, const std::optional<std::string>& user_id,
                    const std::optional<std::string>& subject, Wanted& wanted) const;

  Result<void> dispatch(Submission& submission);

  // batch_claims.cpp
  Result<ClaimOutcome> issue(const Actor& actor, const Issue& command);
  Result<ClaimOutcome> assign(const Actor& actor, const Assign& command);
  // The row of a coupon, or an available one when it has none.
  Coupon coupon_at(CouponKey key) const;
  Facts facts_for(const std::shared_ptr<const Campaign>& campaign, const Coupon& coupon,
                  const std::optional<std::string>& user_id, const std::optional<std::string>& subject,
                  const Hold* hold = nullptr);
  // With `effects`: as if the coupons of the same order before it were decided already.
  Result<Verdict> ask(Hook hook, Facts& facts, const OrderEffects& effects = {});
  Result<std::int64_t> counter(const CounterKey& key);
  // Gives `coupon` to the user: the row, the tally, the holdings, the counters.
  void give(Coupon& coupon, const std::optional<std::string>& user_id, const std::optional<std::string>& subject,
            const Verdict& verdict);
  void store_coupon(const Coupon& coupon);
  void change_holdings(const Coupon& coupon, Holding by);
  void count(std::int64_t campaign, const Counters& changes);
  static ClaimOutcome granted(const Facts& facts, const Coupon& coupon);
  ClaimOutcome refuse(const Actor& actor, Hook hook, const Facts& facts, const Verdict& verdict, Error error,
                      const Coupon* coupon);

  // batch_redemptions.cpp
  Result<ClaimOutcome> redeem(const Actor& actor, const Redeem& command);
  Result<ClaimOutcome> cancel(const Actor& actor, const Cancel& command);
  // A coupon that is to be redeemed, held or given back, and what is known of it.
  struct Use {
    std::shared_ptr<const Campaign> campaign;
    Coupon coupon;
    std::optional<Hold> hold;  // in force, or redeemed
    Facts facts;
  };
  // nullopt: to this actor there is no such coupon.
  std::optional<Use> find_use(const Actor& actor, const CouponRef& ref);
  Use use_of(const std::shared_ptr<const Campaign>& campaign, Coupon coupon);
  // What the host and the policy say to it. Changes nothing.
  struct Judgment {
    Verdict verdict;
    std::optional<Error> refusal;
  };
  Result<Judgment> judge(Hook hook, Facts& facts);
  ClaimOutcome refuse(const Actor& actor, Hook hook, const Use& use, const Judgment& judgment);
  // Carries out a redemption, or its taking back, that was allowed: records it, changes and counts.
  // `order_id`: what the coupon's row keeps of the order.
  ClaimOutcome apply_redemption(Use& use, const Verdict& verdict, std::optional<std::string> order_id);
  ClaimOutcome apply_cancellation(Use& use, const Verdict& verdict);

  // batch_holds.cpp
  Result<ClaimOutcome> hold(const Actor& actor, const HoldCoupon& command);
  Result<ClaimOutcome> release(const Actor& actor, const Release& command);
  // The second half of a hold.
  ClaimOutcome redeem_held(const Redeem& command, Use& use);
  // The decision's id.
  std::int64_t end_hold(Use& use, HoldStep step);
  void want_holds_over(Wanted& wanted) const;
  void end_holds();
  const std::optional<Hold>& hold_of(CouponKey coupon) const;
  void put_hold(CouponKey coupon, std::optional<Hold> hold);

  // batch_orders.cpp
  Result<void> redeem_order(Submission& submission, const RedeemOrder& command);
  Result<void> cancel_order(Submission& submission, const CancelOrder& command);
  // The coupons that are meant; the error names those that do not exist to the actor, or come twice.
  Result<std::vector<CouponKey>> coupons_of(const Actor& actor, const RedeemOrder& command) const;
  // Records it. `named` are the coupons as the request has them, `keys` the same as they were decided.
  Error refuse_order(const Actor& actor, const std::vector<CouponKey>& named, const std::vector<CouponKey>& keys,
                     const StackedDecision& refused);
  Result<std::optional<StackedOrder>> stacked_order_of(const Coupon& coupon);
  static Error part_of_order(const StackedOrder& order);
  void put_stacked_order(const std::string& id, const std::optional<StackedOrder>& order);

  // batch_stock.cpp
  // The coupon that the next issue gives; nullopt: none is left.
  Result<std::optional<Coupon>> next_coupon(const Campaign& campaign);
  // The first serial at or after this one that the batch may give.
  Result<std::int64_t> in_share(std::int64_t campaign, std::int64_t serial);
  // The batch has to be decided again, with the campaign to itself.
  Error needs_alone(std::int64_t campaign) const;
  // Reads on which serials were assigned by hand, from `serial` on.
  Result<void> load_taken(std::int64_t campaign, std::int64_t serial);
  // Whether another coupon was imported under the code of this computed one, before it was generated.
  Result<bool> code_is_imported(CouponKey computed);

  // batch_decisions.cpp
  // The decision's id; 0: none is recorded.
  std::int64_t record(Hook hook, const Facts& facts, const Verdict& verdict, const Coupon* coupon);
  // The same of a refusal, unless it is one of so many that it is only counted.
  std::int64_t record_refusal(Hook hook, const Facts& facts, const Verdict& verdict, const Coupon* coupon);
  bool keeps_decisions() const { return options_.keep_decisions != Micros{0}; }
  // Changes that no decision accounts for, or none any more.
  void count_unrecorded(std::int64_t campaign, const Counters& changes);
  // What was only counted, and which decisions are old enough to go.
  void finish_decisions();

  // batch_definitions.cpp
  Result<void> create(Submission& submission, const CreateCampaign& command);
  Result<void> edit(Submission& submission, const EditCampaign& command);
  Result<void> generate(Submission& submission, const Generate& command);
  Result<void> add_user(Submission& submission, const AddUser& command);
  Result<void> change_user(Submission& submission, const ChangeUser& command);

  // batch_policies.cpp
  Result<void> activate(Submission& submission, const ActivatePolicies& command);
  void follow(const FollowPolicies& command);
  void put_in_force(std::shared_ptr<const ActivePolicies> active);
  // The revision that is in force before an activation; empty: none was.
  Result<std::string> revision_before() const;
  std::optional<Error> unfit(const Campaign& campaign) const;
  // Generates codes; false when the format has no room for them.
  bool add_codes(const Campaign& campaign, std::int64_t count);
  void put_campaign(Campaign campaign);

  // batch_imports.cpp
  Result<void> start_import(Submission& submission, const StartImport& command);
  Result<void> import_coupons(Submission& submission, const ImportCoupons& command);
  Result<void> end_import(Submission& submission, const EndImport& command);
  // Why the row cannot be imported; nullopt: it can.
  std::optional<std::string> objection_to_import(const ImportRow& row, const Campaign& campaign) const;
  void import_row(const ImportRow& row, std::int64_t campaign);
  // The job, if it runs.
  ImportJob* running_import(Submission& submission, const std::string& id);
  void put_import(const ImportJob& job);

  // batch_works.cpp
  Result<void> add_work(Submission& submission, const AddWork& command);
  Result<void> edit_work(Submission& submission, const EditWork& command);
  Result<void> drop_work(Submission& submission, const DropWork& command);
  void put_work(std::int64_t id, const std::optional<Work>& work);

  // batch_events.cpp
  Result<void> remind(Submission& submission, const Remind& command);
  void settle(const SettleEvents& command);
  // An event, if anybody wants to know.
  void tell_claim(EventKind kind, const Facts& facts, const Coupon& coupon) {
    if (options_.claim_events.has(kind)) add_coupon_event(kind, facts, coupon, nullptr);
  }
  void tell_if_sold_out(const Campaign& campaign);
  void tell_reload(const ActivationOutcome& activation, const std::string& by);
  void add_coupon_event(EventKind kind, const Facts& facts, const Coupon& coupon, const TraceEntry* notice);

  // batch_audit.cpp
  // An entry of the audit log. `old_value` and `new_value` are JSON objects, or empty.
  void audit(const Actor& actor, AuditAction action, std::string target, std::string old_value, std::string new_value);
  void audit_created(const Actor& actor, const Campaign& campaign);
  void audit_edited(const Actor& actor, const Campaign& before, const Campaign& after);
  void audit_generated(const Actor& actor, const Campaign& before, const Campaign& after, std::int64_t count);
  // `before` null: it is new.
  void audit_user(const Actor& actor, const User* before, const User& after, bool new_password);
  void audit_attributes(const Actor& actor, const std::string& user_id, const std::string& attributes);
  void audit_import(const Actor& actor, const ImportJob& job);
  void audit_work(const Actor& actor, const std::optional<Work>& before, const std::optional<Work>& after);

  Store& store_;
  LedgerState state_;
  const Micros now_;
  const LedgerOptions& options_;
  const LedgerEvents& events_;
  Loaded loaded_;
  std::unordered_map<std::int64_t, CampaignTally> tallies_before_;
  std::unordered_set<std::string> imported_here_;  // normalized codes
  Changes changes_;
};

}  // namespace scrip
