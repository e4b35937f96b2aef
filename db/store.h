// Where everything durable lives, as the ledger and the readers see it. Two engines stand behind
// it (sqlite/, postgres/); both are fast only in batches, so the write side speaks in
// batches: begin, load what a batch of commands needs, commit all it changed at once.
//
// The store never decides anything. It knows no policy, no HTTP, no clock.
//
// A store may be shared by several nodes, each with a ledger of its own. What a batch has read may then
// be changed by another node before it commits; the store finds out, and begin(), load() or commit()
// fails with Code::storage_conflict. The batch is over then, with nothing stored, and is to be decided
// again from the start; a store sees to it that this does not go on for ever, for it locks what was
// fought over the next time.
//
// Errors: Code::storage_unavailable when the engine cannot read or write now (disk full, database
// away; worth another try), Code::storage_conflict as said, and Code::internal when what it holds makes
// no sense. An error is returned, never logged here.
//
// Threads: Store's write side (begin to rollback) belongs to one thread at a time, the ledger's.
// reader() and the Reader's functions may be called from any thread at any time.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "coupon/activation.h"
#include "coupon/audit.h"
#include "coupon/campaign.h"
#include "coupon/code_book.h"
#include "coupon/coupon.h"
#include "coupon/error.h"
#include "coupon/event.h"
#include "coupon/hold.h"
#include "coupon/import_job.h"
#include "coupon/stacked_order.h"
#include "coupon/user.h"
#include "coupon/work.h"

namespace scrip {

// ---- rows -------------------------------------------------------------------------------------

// What a user has of a campaign. Both count coupons: `issued` includes redeemed ones, `redeemed` those of
// which a hold is in force.
struct Holding {
  std::int64_t issued = 0;
  std::int64_t redeemed = 0;
};

struct HoldingKey {
  std::int64_t campaign = 0;
  std::string user_id;
  std::optional<std::string> subject;  // nullopt: over all subjects; else that subject alone
  bool operator==(const HoldingKey&) const = default;
};

// A named durable counter of a campaign. A counter without a row is 0. One whose name ends with its last
// day (coupon/counter_day.h) is dropped some time after it.
struct CounterKey {
  std::int64_t campaign = 0;
  std::string name;  // 1 to 64 bytes
  bool operator==(const CounterKey&) const = default;
};

struct IdempotencyKey {
  std::string owner;  // the token's subject
  std::string key;
  bool operator==(const IdempotencyKey&) const = default;
};

struct IdempotencyRecord {
  IdempotencyKey key;
  std::array<std::uint8_t, 32> fingerprint{};  // SHA-256 over the call and its body
  int status = 0;
  std::string body;
  Micros created_at = 0;
};

// A decision as it is kept: columns that are searched, and a record that policy/ encodes.
struct DecisionRow {
  std::int64_t id = 0;  // grows with time; never reused
  Micros at = 0;
  std::int64_t campaign = 0;
  std::optional<std::int64_t> serial;
  std::optional<std::string> user_id;
  std::int64_t revision = 0;  // RevisionRow::number
  std::string code;           // empty: allowed; else the refusal's code
  std::string record;
  bool counts = false;  // it changed counters
};

// Refusals of one kind in one minute that were counted and not recorded.
struct RefusalCount {
  std::int64_t id = 0;  // the store's to set; grows with time
  Micros minute = 0;    // by the coupons' clock: the instant at which it began
  std::int64_t campaign = 0;
  std::string hook;  // "issue"
  std::string code;
  std::int64_t revision = 0;  // RevisionRow::number
  std::int64_t count = 0;
};

// An accepted set of policy files.
struct RevisionRow {
  std::int64_t number = 0;  // 1, 2, 3 ... in the order of first acceptance
  std::string revision;     // SHA-256, lower-case hexadecimal
  Micros accepted_at = 0;
  std::string accepted_by;                                 // a token's subject, or "start", "watch", "SIGHUP"
  std::vector<std::pair<std::string, std::string>> files;  // name ("plugins/expiry.lua"), bytes
};

struct FormatRow {
  std::int64_t id = 0;
  std::string shape;
  Alphabet alphabet = Alphabet::base32;
  FormatKey key{};
};

// Everything that is read once at start and kept in memory by the catalog.
struct Definitions {
  std::vector<Campaign> campaigns;   // by number
  std::vector<FormatRow> formats;    // by id
  std::vector<CodeBatch> batches;    // by id
  std::int64_t last_work = 0;        // the greatest Work::id ever stored
  std::int64_t last_revision = 0;    // the greatest RevisionRow::number
  std::int64_t active_revision = 0;  // 0: none was ever accepted
  std::string set_aside;             // PolicyActivation::set_aside of the last activation
  bool has_imports = false;          // some campaign has imported coupons
  bool has_holds = false;            // there is a Hold, in force or redeemed
  std::optional<Micros> hold_end;    // the earliest end of a hold in force
};

}  // namespace scrip

template <>
struct std::hash<scrip::CouponKey> {
  std::size_t operator()(const scrip::CouponKey& k) const noexcept {
    return std::hash<std::int64_t>()(k.campaign * 0x9E3779B97F4A7C15LL ^ k.serial);
  }
};
template <>
struct std::hash<scrip::HoldingKey> {
  std::size_t operator()(const scrip::HoldingKey& k) const noexcept {
    const std::size_t subject = k.subject ? std::hash<std::string>()(*k.subject) + 1 : 0;
    return std::hash<std::string>()(k.user_id) ^ (static_cast<std::size_t>(k.campaign) * 0x9E3779B97F4A7C15ULL) ^
           (subject * 0xC2B2AE3D27D4EB4FULL);
  }
};
template <>
struct std::hash<scrip::CounterKey> {
  std::size_t operator()(const scrip::CounterKey& k) const noexcept {
    return std::hash<std::string>()(k.name) ^ (static_cast<std::size_t>(k.campaign) * 0x9E3779B97F4A7C15ULL);
  }
};
template <>
struct std::hash<scrip::IdempotencyKey> {
  std::size_t operator()(const scrip::IdempotencyKey& k) const noexcept {
    return std::hash<std::string>()(k.owner) * 31 + std::hash<std::string>()(k.key);
  }
};

namespace scrip {

// ---- the write side ---------------------------------------------------------------------------

// What a batch needs to read. Duplicates are allowed.
struct Wanted {
  std::vector<std::int64_t> tallies;  // campaign numbers
  // Of these nobody else may change anything before the batch is over: Loaded::estimated has none of them.
  std::vector<std::int64_t> exact;
  std::vector<std::pair<std::int64_t, std::int64_t>> in_hand;  // campaign, how many to be issued
  std::vector<HoldingKey> holdings;
  bool some_are_held = true;  // false: no hold is in force, holdings need not look for any
  std::vector<CouponKey> coupons;
  std::vector<CouponKey> holds;
  std::optional<Micros> holds_over;  // holds in force that have ended by then: the first ones, a bounded number
  std::vector<CounterKey> counters;
  std::vector<IdempotencyKey> idempotency;
  std::vector<std::string> attributes;  // user ids
  std::vector<std::string> logins;
  std::vector<std::int64_t> works;           // ids
  std::vector<std::string> imported;         // normalized codes
  std::vector<std::int64_t> lowest_serials;  // campaign numbers
  std::vector<std::string> imports;          // ids
  struct Reminder {
    CouponKey coupon;
    Micros expires_at = 0;
  };
  std::vector<Reminder> reminders;
  std::vector<std::string> stacked_orders;  // ids
  std::optional<Micros> decided_before;     // the oldest decisions, if they are older
};

// What load() found: the batch's working set. The ledger goes on changing it while it decides, so
// that each command sees what the ones before it did. Absent rows: see each line.
struct Loaded {
  std::unordered_map<std::int64_t, CampaignTally> tallies;  // absent: entered as zeros
  // Campaigns that other nodes may be changing: their tallies lack what is under way there. Holdings, coupons
  // and counters are checked when the batch is committed, and need no such mark.
  std::unordered_set<std::int64_t> estimated;
  std::unordered_map<HoldingKey, Holding> holdings;                                  // absent: entered as zeros
  std::unordered_map<CouponKey, std::optional<Coupon>> coupons;                      // absent: entered as nullopt
  std::unordered_map<CouponKey, std::optional<Hold>> holds;                          // as coupons
  std::unordered_map<CounterKey, std::int64_t> counters;                             // absent: entered as 0
  std::unordered_map<IdempotencyKey, std::optional<IdempotencyRecord>> idempotency;  // as coupons
  std::unordered_map<std::string, std::string> attributes;                           // absent: entered as "{}"
  std::unordered_map<std::string, std::optional<User>> users;                        // as coupons, by login
  std::unordered_map<std::int64_t, std::optional<Work>> works;                       // as coupons, by id
  // The coupon that was imported under a code; its row is in `coupons` then.
  std::unordered_map<std::string, std::optional<CouponKey>> imported;  // as coupons
  // Of the coupon that was imported into a campaign last.
  std::unordered_map<std::int64_t, std::int64_t> lowest_serials;                // absent: entered as 0
  std::unordered_map<std::string, std::optional<ImportJob>> imports;            // as coupons, by id
  std::unordered_map<CouponKey, std::vector<std::string>> reminders;            // marks; absent: entered as none
  std::unordered_map<std::string, std::optional<StackedOrder>> stacked_orders;  // as coupons, by id

  // For each campaign of Wanted::in_hand: the serials at or after next_serial that were assigned
  // by hand, lowest first, at least enough of them to find that many free serials between them;
  // and imported coupons that nobody holds, oldest (-1) first, at most that many. Counts that are wanted
  // for the same campaign in one load() are added up.
  //
  // `ranges`: the serials that this batch may give, lowest first; the tally's next_serial is the first of
  // them. Empty: all from next_serial on. Of an estimated campaign they are this node's share, with at
  // least as many as are wanted; of others the last range has no end.
  struct SerialRange {
    std::int64_t first = 0;
    std::int64_t end = 0;  // exclusive
    bool operator==(const SerialRange&) const = default;
  };
  struct InHand {
    std::vector<SerialRange> ranges;
    std::vector<std::int64_t> taken;
    // `taken` holds all of them below this serial; who passes it (over the code book's gaps, which
    // the store does not know) loads more. The largest int64 when there are no others.
    std::int64_t taken_below = 0;
    std::vector<Coupon> pooled;
    std::int64_t wanted = 0;  // how many were to be found
  };
  std::unordered_map<std::int64_t, InHand> in_hand;

  // Of Wanted::holds_over: their coupons, by end; they are in `holds`. And the earliest end of the others
  // in force, which may have come as well.
  std::vector<CouponKey> holds_over;
  std::optional<Micros> hold_end;

  // Of Wanted::decided_before: the oldest decisions, a bounded number, all of them before that.
  struct OldDecisions {
    std::int64_t last = 0;              // the last one's id; 0: none is so old
    std::vector<DecisionRow> counting;  // those of them that may have changed counters
    std::optional<Micros> oldest;       // the first one's instant, whether it is old or not; nullopt: there is none
  };
  OldDecisions old_decisions;
};

// What a batch changed. Applied in one commit; sums are added to what is stored.
struct Changes {
  struct CouponChange {
    Coupon coupon;        // as it is after the batch
    bool is_new = false;  // it had no row before the batch
  };
  struct ImportChange {
    ImportJob job;                    // as it is after the batch, but for its number
    bool is_new = false;              // an earlier job of the same id goes, with its errors
    std::vector<ImportError> errors;  // new
  };
  std::vector<FormatRow> formats;   // new
  std::vector<Campaign> campaigns;  // new or edited, each of its versions, the latest last
  std::vector<CodeBatch> batches;   // new
  std::map<CouponKey, CouponChange> coupons;
  std::map<CouponKey, std::optional<Hold>> holds;         // as they are after the batch; nullopt: dropped
  std::map<std::int64_t, CampaignTally> tallies;          // differences; a field may be negative
  std::unordered_map<CounterKey, std::int64_t> counters;  // differences
  std::vector<IdempotencyRecord> idempotency;             // new; replaces one of the same key
  std::vector<DecisionRow> decisions;                     // new
  std::vector<RefusalCount> refusals;                     // differences; one of each kind and minute
  std::int64_t drop_decisions_to = 0;                     // all up to this id, which load() gave; 0: none
  // Differences of what no decision accounts for: part of `counters`, or what dropped decisions had counted.
  std::unordered_map<CounterKey, std::int64_t> unrecorded;
  std::map<std::string, std::string> attributes;                      // user id -> JSON object
  std::vector<User> users;                                            // new or edited, by login
  std::map<std::int64_t, std::optional<Work>> works;                  // by id; nullopt: dropped
  std::map<std::string, ImportChange> imports;                        // by id
  std::map<std::string, std::optional<StackedOrder>> stacked_orders;  // by id; nullopt: dropped
  std::optional<RevisionRow> revision;                                // new
  std::optional<std::int64_t> active_revision;                        // RevisionRow::number
  std::optional<PolicyActivation> activation;                         // new; its id is the store's to set
  std::vector<AuditEntry> audit;                                      // new; likewise
  std::optional<Micros> forget_idempotency_before;                    // drops some older records, a bounded number
  std::vector<Event> events;                                          // new; ids and delivery are the store's to set
  std::vector<EventAttempt> attempts;                                 // of events that are pending; others stay
  std::vector<ReminderMark> reminders;                                // new
  std::optional<Micros> forget_events_before;                         // settled before; likewise
  std::optional<Micros> forget_reminders_before;                      // of coupons that expired before; likewise
  std::optional<Micros> forget_audit_before;                          // likewise
  std::optional<std::string> forget_counters_before;                  // "2026-11-22": of earlier last days; likewise
  std::optional<Micros> forget_refusals_before;                       // of minutes that ended before; likewise

  bool empty() const;
};

// ---- the read side ----------------------------------------------------------------------------

// Reads committed data. Each call sees one consistent state.
class Reader {
 public:
  virtual ~Reader() = default;

  virtual Result<CampaignTally> tally(std::int64_t campaign) = 0;
  virtual Result<std::vector<std::pair<std::int64_t, CampaignTally>>> tallies() = 0;
  virtual Result<Holding> holding(const HoldingKey& key) = 0;
  virtual Result<std::int64_t> counter(const CounterKey& key) = 0;
  virtual Result<std::string> attributes(const std::string& user_id) = 0;  // "{}" when none

  // The row of a coupon; nullopt when it has none (nobody was ever given it).
  virtual Result<std::optional<Coupon>> coupon(CouponKey key) = 0;

  // In force, over but not ended yet, or redeemed.
  virtual Result<std::optional<Hold>> hold(CouponKey key) = 0;

  // The coupon imported under a normalized code.
  virtual Result<std::optional<Coupon>> imported(std::string_view normalized) = 0;

  // Rows of a campaign with from <= serial, lowest first.
  virtual Result<std::vector<Coupon>> coupons(std::int64_t campaign, std::int64_t from, int limit) = 0;

  // Imported rows of a campaign with serial < before, oldest (-1) first.
  virtual Result<std::vector<Coupon>> imported_coupons(std::int64_t campaign, std::int64_t before, int limit) = 0;

  // A user's coupons, latest expiry first (those that never expire before all), then by campaign
  // and serial, after the given one.
  struct ByExpiry {
    Micros expires_at = 0;  // latest_instant + 1 for never
    CouponKey key;
  };
  virtual Result<std::vector<Coupon>> coupons_of(const std::string& user_id, const std::optional<ByExpiry>& after,
                                                 int limit) = 0;

  // Issued and not redeemed, first <= expires_at < last, by (expires_at, key), after the given one.
  virtual Result<std::vector<Coupon>> expiring(Micros first, Micros last, const std::optional<ByExpiry>& after,
                                               int limit) = 0;

  struct DecisionFilter {
    std::optional<std::string> user_id;
    std::optional<std::int64_t> campaign;
    std::optional<CouponKey> coupon;
    std::optional<std::string> code;  // DecisionRow::code
    std::optional<std::int64_t> revision;
    std::optional<Micros> since;                           // at or after
    std::optional<Micros> until;                           // before
    std::function<bool(std::string_view record)> matches;  // what only the record says; null: all do
  };
  struct DecisionPage {
    std::vector<DecisionRow> rows;
    std::int64_t next = 0;  // the following page is before this; 0: there is none
  };
  // Newest first, ids below `before` (0: from the newest). Looks at a bounded number of decisions, so a
  // page that is not the last may have fewer rows than asked for, or none.
  virtual Result<DecisionPage> decisions(const DecisionFilter& filter, std::int64_t before, int limit) = 0;

  // nullopt: there is none of this id, or no more.
  virtual Result<std::optional<DecisionRow>> decision(std::int64_t id) = 0;

  struct RefusalFilter {
    std::optional<std::int64_t> campaign;
    std::optional<std::string> hook;
    std::optional<std::string> code;
    std::optional<Micros> since;  // minutes that end after
    std::optional<Micros> until;  // minutes that begin before
  };
  // Refusals that were counted and not recorded: newest first, ids below `before` (0: from the newest).
  virtual Result<std::vector<RefusalCount>> refusals(const RefusalFilter& filter, std::int64_t before, int limit) = 0;

  // Oldest first, after < id <= last: as many as the caller asks for.
  virtual Result<std::vector<DecisionRow>> decisions_between(std::int64_t after, std::int64_t last,
                                                             std::optional<std::int64_t> campaign) = 0;
  // All decisions up to this id are earlier than the instant, and all after the other one are not. Ids grow
  // with the coupons' clock, so both are the same, and the closest there is, unless the clock was set back:
  // then what lies between them may be either.
  virtual Result<std::int64_t> decision_before(Micros at) = 0;
  virtual Result<std::int64_t> last_decision_before(Micros at) = 0;

  // The definition that a campaign had; nullopt when it was not kept.
  virtual Result<std::optional<Campaign>> campaign_version(std::int64_t number, std::int64_t version) = 0;

  // An order with several coupons, until it is cancelled.
  virtual Result<std::optional<StackedOrder>> stacked_order(const std::string& id) = 0;

  virtual Result<std::optional<User>> user(const std::string& login) = 0;
  virtual Result<std::vector<User>> users(const std::string& after_login, int limit) = 0;

  virtual Result<std::optional<Work>> work(std::int64_t id) = 0;
  // Ids above `after`, lowest first.
  virtual Result<std::vector<Work>> works(std::int64_t after, int limit) = 0;

  virtual Result<std::optional<ImportJob>> import_job(const std::string& id) = 0;
  // By line.
  virtual Result<std::vector<ImportError>> import_errors(std::int64_t job) = 0;
  // Newest first, numbers below `before` (0: from the newest).
  virtual Result<std::vector<ImportJob>> import_jobs(std::int64_t before, int limit) = 0;
  virtual Result<std::vector<ImportJob>> running_imports() = 0;

  // Newest first, ids below `before` (0: from the newest).
  virtual Result<std::vector<Event>> events(std::optional<EventState> state, std::int64_t before, int limit) = 0;
  // Pending, next_attempt_at <= now, by (next_attempt_at, id).
  virtual Result<std::vector<Event>> due_events(Micros now, int limit) = 0;
  virtual Result<std::int64_t> pending_events() = 0;
  // The marks of the notices that were made for a coupon.
  virtual Result<std::vector<std::string>> reminders(const Wanted::Reminder& reminder) = 0;

  virtual Result<std::optional<RevisionRow>> revision(std::int64_t number) = 0;
  virtual Result<std::int64_t> active_revision() = 0;  // 0: none was ever accepted
  // Without files: newest first, numbers below `before` (0: from the newest).
  virtual Result<std::vector<RevisionRow>> revisions(std::int64_t before, int limit) = 0;
  // Without files, by revision: those that begin with `prefix`, lower-case hexadecimal digits.
  virtual Result<std::vector<RevisionRow>> revisions_like(const std::string& prefix, int limit) = 0;
  // Of one revision, newest first.
  virtual Result<std::vector<PolicyActivation>> activations(std::int64_t revision, int limit) = 0;
  virtual Result<std::optional<PolicyActivation>> last_activation() = 0;

  struct AuditFilter {
    std::optional<AuditAction> action;
    std::optional<std::string> subject;
    std::optional<std::string> target;
    std::optional<Micros> since;  // at or after
  };
  // Newest first, ids below `before` (0: from the newest).
  virtual Result<std::vector<AuditEntry>> audit(const AuditFilter& filter, std::int64_t before, int limit) = 0;
  // Oldest first, ids above `after`.
  virtual Result<std::vector<AuditEntry>> audit_after(const AuditFilter& filter, std::int64_t after, int limit) = 0;
};

// ---- the store --------------------------------------------------------------------------------

// One difference that verify() found.
struct Drift {
  std::string what;  // "campaign summer: issued"
  std::int64_t stored = 0;
  std::int64_t counted = 0;
};

// done and total in rows, for a progress line; total may be an estimate.
using Progress = std::function<void(std::int64_t done, std::int64_t total)>;

// A counter's value, and what of it no decision accounts for.
using CounterVisitor = std::function<void(const CounterKey& key, std::int64_t value, std::int64_t unrecorded)>;

class Store {
 public:
  virtual ~Store() = default;

  virtual Result<Definitions> definitions() = 0;

  // The greatest decision id ever stored, 0 when none.
  virtual Result<std::int64_t> last_decision() = 0;

  // A revision by its SHA-256; nullopt when it was never accepted.
  virtual Result<std::optional<RevisionRow>> find_revision(const std::string& revision) = 0;

  // Whether other nodes may be at work on it: then what is defined and which policies are in force is
  // what the store says, not what this process knows.
  virtual bool shared() const { return false; }

  // Starts a batch: what load() reads stays true until commit() or rollback(), or the commit fails.
  virtual Result<void> begin() = 0;

  // What other nodes have defined since this store was last asked for definitions, in a batch or
  // outside one; nullopt: nothing. By the thread of the write side.
  virtual Result<std::optional<Definitions>> changed_definitions() { return std::optional<Definitions>(); }

  // The id of the decision after this one: greater, and given to no other node.
  virtual std::int64_t decision_after(std::int64_t last) { return last + 1; }

  // Reads what is wanted into `loaded`, adding to what is there and leaving entries that are
  // already in it alone (they may have been changed by the batch).
  virtual Result<void> load(const Wanted& wanted, Loaded& loaded) = 0;

  // Applies all changes and makes them durable (fsync) before it returns. On an error nothing of
  // the batch is stored and the batch is over, as after rollback().
  virtual Result<void> commit(const Changes& changes) = 0;
  virtual void rollback() = 0;

  // As commit(), but an engine may leave the fsync to flush(), which another thread calls beside the next
  // batch. Until then nobody outside may be told of the batch, though what comes after it is decided on it.
  enum class Durable { yes, after_flush };
  virtual Result<Durable> write(const Changes& changes) {
    if (auto committed = commit(changes); !committed) return committed.error();
    return Durable::yes;
  }
  // Makes durable all that write() has returned for before. On an error those batches are as after a machine
  // that failed before it answered: stored, or not. begin() fails then until it is known which. Any thread.
  virtual Result<void> flush() { return {}; }

  // Called by the ledger when it has nothing to do: work that is better not done under load.
  virtual void idle() {}

  // Whether this node does a job that one node at a time does ("reminders"), for `how_long` of real time
  // from now on; asked again before that is over. Any thread.
  virtual Result<bool> lead(const std::string& job, Micros how_long) {
    static_cast<void>(job), static_cast<void>(how_long);
    return true;
  }

  // Events that are due (Reader::due_events), for this node to deliver: no other is given them before
  // `until`, both real time, so that a node that dies with them loses none. Any thread.
  virtual Result<std::vector<Event>> take_due_events(Micros now, Micros until, int limit) {
    static_cast<void>(until);
    auto own = reader();
    if (!own) return own.error();
    return (*own)->due_events(now, limit);
  }

  // Counters with an earlier last day than this ("2026-11-22") may have been dropped; "": none was.
  virtual Result<std::string> counters_over_before() = 0;

  // A reader for the calling thread's use until it is destroyed; pooled, so cheap to ask for.
  virtual Result<std::unique_ptr<Reader>> reader() = 0;

  // Recounts the tallies from the rows, checks the engine's own structures, and that every row
  // makes sense (a coupon of an unknown campaign, a serial outside its batches). Runs beside a
  // writer, on one snapshot. Calls `decision` with every decision and `counter` with every counter
  // of that same snapshot, so that the caller can compare them. Empty: no drift.
  virtual Result<std::vector<Drift>> verify(const Progress& progress,
                                            const std::function<void(const DecisionRow&)>& decision,
                                            const CounterVisitor& counter) = 0;

  // Writes back what the engine keeps beside its file (SQLite: checkpoint and truncate the log).
  virtual Result<void> checkpoint() = 0;
};

}  // namespace scrip
