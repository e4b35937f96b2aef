// The commands: everything that can be asked of the ledger, and what it answers. A command is made
// by an API handler, lives on its stack until the ledger has answered, and is never shared.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "coupon/activation.h"
#include "coupon/audit.h"
#include "coupon/campaign.h"
#include "coupon/coupon.h"
#include "coupon/event.h"
#include "coupon/hold.h"
#include "coupon/import_job.h"
#include "coupon/stacked_order.h"
#include "coupon/user.h"
#include "coupon/work.h"
#include "db/store.h"
#include "policy/facts.h"
#include "policy/policy_set.h"

namespace scrip {

// On whose behalf. A user may only touch what is its own; to it other people's coupons do not exist.
struct Actor {
  std::string subject;
  Role role = Role::user;
  bool host = false;  // Scrip itself, on nobody's order: "start", "watch"
};

// ---- claims: decided by a policy ----------------------------------------------------------------

struct Issue {
  std::int64_t campaign = 0;
  std::optional<std::string> user_id;  // nullopt: to nobody
  std::optional<std::string> subject;
};

struct IssueMany {
  std::int64_t campaign = 0;
  std::vector<Issue> items;  // each item's campaign is ignored
};

// The coupon that a typed code names: one that was imported under it, else the one whose code is
// computed to it. The ledger finds out.
struct CouponRef {
  std::optional<CouponKey> computed;
  std::string imported;                  // normalized; empty: nothing was ever imported
  std::optional<std::int64_t> campaign;  // one of another does not count

  CouponRef() = default;
  CouponRef(CouponKey key) : computed(key) {}
  CouponRef(std::int64_t of_campaign, std::int64_t serial) : computed(CouponKey{of_campaign, serial}) {}
};

struct Assign {
  CouponRef coupon;
  std::string user_id;
  std::optional<std::string> subject;
};

struct Redeem {
  CouponRef coupon;
  std::optional<Order> order;
  std::optional<std::string> hold;  // the key of the hold that it finishes
};

// The first half of a redemption, which keeps everybody else from the coupon until it is redeemed by the
// hold's key, released, or `ttl` is over.
struct HoldCoupon {
  CouponRef coupon;
  std::optional<Order> order;
  Micros ttl = 0;   // 1 s to 1 day
  std::string key;  // unguessable
};

struct Release {
  CouponRef coupon;
  std::optional<std::string> hold;  // its key; nullopt: whichever there is, for operators
};

struct Cancel {
  CouponRef coupon;
};

// Several coupons on one order: all of them are redeemed, or none.
struct RedeemOrder {
  std::string id;                      // StackedOrder::id
  std::vector<CouponRef> coupons;      // 1 to most_stacked, as the caller named them
  Order order;                         // its id only when the shop gave one
  std::optional<std::string> user_id;  // set: a coupon of anybody else does not exist
};

// The same undone: all of them are issued again, or none.
struct CancelOrder {
  std::string id;
};

// ---- definitions: decided by the host -----------------------------------------------------------

struct CreateCampaign {
  Campaign campaign;  // number, version, format and created_at are the ledger's to set
};

struct EditCampaign {
  std::int64_t campaign = 0;
  std::optional<std::string> name;
  std::optional<std::string> policy;
  std::optional<std::string> params;
  std::optional<std::optional<std::int64_t>> total;
  std::optional<std::optional<Micros>> starts_at;
  std::optional<std::optional<Micros>> ends_at;
  std::optional<CampaignStatus> status;
  std::optional<std::string> metadata;
};

// N more coupons: raises the total, if there is one, by N and generates N codes, a batch of its own.
struct Generate {
  std::int64_t campaign = 0;
  std::int64_t count = 0;  // 1 to max_total
};

// What was refused before it came to a claim (an unknown campaign, somebody else's coupon). Nothing
// but its Idempotency-Key brings it here: the same answer is to be given again.
struct Refused {
  Error error;
};

struct PutAttributes {
  std::string user_id;
  std::string attributes;  // JSON object
};

struct AddUser {
  User user;
};

struct ChangeUser {  // password and role of an existing account
  std::string login;
  std::optional<std::string> password_hash;
  std::optional<Role> role;
};

struct AddWork {
  std::string title;  // is_work_title
};

struct EditWork {
  std::int64_t id = 0;
  std::string title;
};

struct DropWork {
  std::int64_t id = 0;
};

// ---- imports: what an operator brings along, no policy is asked ---------------------------------

// A job begins. An earlier one of the same id that is over is replaced; one that runs is
// request_in_progress.
struct StartImport {
  std::int64_t campaign = 0;
  std::string id;  // is_import_id
  std::optional<std::int64_t> bytes_total;
};

// A coupon as a file has it. What the file does not say: issued and redeemed now.
struct ImportRow {
  std::int64_t line = 0;
  std::string code;        // as it is written; 1 to 64 characters
  std::string normalized;  // not empty
  CouponState state = CouponState::available;
  std::optional<std::string> user_id;
  std::optional<std::string> subject;
  std::optional<Micros> issued_at;
  std::optional<Micros> expires_at;
  std::optional<Micros> redeemed_at;
};

// Rows of a job that runs: stored in one commit, with the job's numbers. A row whose code is taken
// is one more bad row.
struct ImportCoupons {
  std::string job;
  std::vector<ImportRow> rows;
  std::vector<ImportError> rejected;  // rows that were found to be bad before
  std::int64_t bytes_read = 0;        // of the whole file, up to the last of these
};

struct EndImport {
  std::string job;
  std::string why;  // empty: it is done; else it failed
  std::optional<std::int64_t> bytes_read;
};

// Notices about coupons that come closer to their end: the policy is asked about each that is still
// held and good, and each note becomes an event, unless one of its name was made for the coupon before.
struct Remind {
  std::vector<CouponKey> coupons;
};

// What came of attempts to deliver events, and old rows to be dropped.
struct SettleEvents {
  std::vector<EventAttempt> attempts;
  std::optional<Micros> forget_events_before;     // real time
  std::optional<Micros> forget_reminders_before;  // the coupons' clock
};

// Makes a compiled set the active one, if every campaign still fits. Decisions before it in the
// queue use the old set, those after it the new one.
struct ActivatePolicies {
  std::shared_ptr<const PolicySet> set;
  std::string accepted_by;
  PolicyOrigin origin = PolicyOrigin::reload;
  std::string notes;      // is_policy_notes
  std::string set_aside;  // PolicyActivation::set_aside
};

// Takes a compiled set into force here because the store's active revision is this one: another node has
// activated it. Stores nothing.
struct FollowPolicies {
  std::shared_ptr<const PolicySet> set;
  std::int64_t number = 0;  // RevisionRow::number
};

// Says in the audit log what happens outside the ledger: a set that was refused before it came here, a
// shadow.
struct RecordAudit {
  AuditAction action = AuditAction::policies_refused;
  std::string target;
  std::string old_value;  // JSON objects, or empty
  std::string new_value;
};

// Stores what was only counted so far, now rather than within the second (ledger/refusal_tally.h).
struct StoreCounted {};

using Command = std::variant<Issue, IssueMany, Assign, Redeem, HoldCoupon, Release, Cancel, RedeemOrder, CancelOrder,
                             CreateCampaign, EditCampaign, Generate, Refused, PutAttributes, AddUser, ChangeUser,
                             AddWork, EditWork, DropWork, StartImport, ImportCoupons, EndImport, Remind, SettleEvents,
                             ActivatePolicies, FollowPolicies, RecordAudit, StoreCounted>;

// ---- outcomes -----------------------------------------------------------------------------------

// What a claim came to.
struct ClaimOutcome {
  std::optional<Error> error;  // set: refused, nothing changed but the record of the decision
  Coupon coupon;               // as it is now
  std::optional<Hold> hold;    // HoldCoupon: what was made, its key included; the coupon shows its discount
  std::string code;            // the coupon's
  std::string campaign_id;
  std::int64_t decision = 0;
};

struct CampaignOutcome {
  std::shared_ptr<const Campaign> campaign;
  CampaignTally tally;
};

struct ActivationOutcome {
  std::string revision;
  std::string previous;             // empty: none
  std::int64_t number = 0;          // RevisionRow::number
  Micros at = 0;                    // real time
  std::vector<PolicyError> errors;  // campaigns that do not fit; not empty: not activated
};

// A command's answer. `error` is for the command as a whole.
struct Outcome {
  std::optional<Error> error;
  ClaimOutcome claim;  // Issue, Assign, Redeem, HoldCoupon, Release, Cancel (its error is moved to `error`)
  std::vector<ClaimOutcome> claims;  // IssueMany, in order; the coupons of an order, as they were applied
  StackedOrder order;                // RedeemOrder, CancelOrder
  CampaignOutcome campaign;          // CreateCampaign, EditCampaign, Generate
  Work work;                         // AddWork, EditWork
  ImportJob import;                  // StartImport, ImportCoupons, EndImport: the job as it is then
  std::int64_t notices = 0;          // Remind: how many were made
  ActivationOutcome activation;      // ActivatePolicies
};

// An answer in the form that is kept under an Idempotency-Key.
struct KeptAnswer {
  int status = 0;
  std::string body;
};

struct Idempotency {
  IdempotencyKey key;
  std::array<std::uint8_t, 32> fingerprint{};  // SHA-256 of the call and its body
  // Writes the answer that the client will get. Called on the ledger's thread before the commit.
  std::function<KeptAnswer(const Outcome&)> render;
};

// A command on its way through the ledger.
struct Submission {
  Command command;
  Actor actor;
  std::optional<Idempotency> idempotency;
  // A claim whose turn comes after this is not made: deadline_exceeded.
  std::optional<std::chrono::steady_clock::time_point> deadline;

  // Queued however many wait: for who has a few of these under way and no more.
  bool patient = false;

  // Set when done.
  Outcome outcome;
  std::optional<KeptAnswer> answer;  // with idempotency: what to send
  bool replayed = false;             // the answer is the one kept from an earlier call

  // Called on a thread of the ledger's when the outcome is durable (or refused); the submission may be
  // gone when it returns. Set by Ledger::execute, or by a caller of Ledger::submit.
  void (*done)(Submission&) = nullptr;
  void* waiter = nullptr;
  std::chrono::steady_clock::time_point submitted_at{};
};

}  // namespace scrip
