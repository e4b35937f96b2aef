// The ledger: the one place where decisions are ordered and made durable, and the only writer.
//
// Commands queue up; one thread takes all that wait as a batch, reads from the store what they
// need, lets the policy decide each in order on facts that include what the batch's earlier
// commands did, and stores everything in one commit (one fsync). Only then is anybody answered.
// While a batch is being made durable the next one gathers, is decided and written; it begins when as many
// wait as are being made durable, or nothing is. Of a crowd that comes when nothing is, one half is the batch.
//
// Several ledgers, on as many nodes, may share one store. A batch that another node came between is
// decided again, and what others have defined is learnt before each batch.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "coupon/error.h"
#include "db/store.h"
#include "ledger/catalog.h"
#include "ledger/command.h"
#include "ledger/judge.h"
#include "ops/clock.h"
#include "policy/policy_set.h"

namespace scrip {

struct LedgerOptions {
  std::size_t queue = 16'384;  // commands that may wait; above it: overloaded
  std::size_t batch = 1'024;   // commands decided per commit, at most
  std::string default_timezone = "UTC";
  std::int64_t code_chunk = 1'000'000;  // codes generated at a time for a campaign without total
  Micros keep_idempotency = 25 * hour;  // by the real clock
  // Of claims, which are many, and of the audit log, which is kept as such, only these are recorded as
  // events; all others always are.
  EventKinds claim_events;
  // A year, so that what is done once a year can be compared with the last time, and a month to do it in.
  Micros keep_audit = 400 * day;
  // How long decisions are kept, by the coupons' clock. 0: none is recorded; nullopt: for ever, and what a
  // command that changes something beside a server has to leave it at.
  std::optional<Micros> keep_decisions;
  // Ends holds when they are over. A command that changes something beside a server leaves that to the
  // server, whose clock may be another.
  bool end_holds = true;
  // Refusals of one campaign, hook and code that are recorded one by one in a second of the coupons' clock;
  // the others of that second are counted.
  std::int64_t recorded_refusals = 100;
};

// For metrics. Called on the ledger's thread, but for what a batch has come to: committed, changed and
// commit_failed may be called on another, though for one batch after the other.
struct LedgerEvents {
  std::function<void(std::size_t commands, std::int64_t decide_us, std::int64_t commit_us)> committed;
  // A claim was decided, by the host or a policy; `code` is empty when it was allowed.
  std::function<void(Hook hook, std::string_view code)> decided;
  // A policy was asked.
  std::function<void(std::int64_t policy_us)> asked;
  std::function<void(const Error&)> commit_failed;
  // A batch is durable, and this is what it changed. Everybody who waits for it waits for this.
  std::function<void(const Changes&)> changed;
  std::function<void(std::string_view policy)> quarantined;
  std::function<void(std::string_view policy, const std::vector<TraceEntry>& trace)> policy_failed;
};

class Ledger {
 public:
  // Reads the definitions. No policies are active yet: until the first ActivatePolicies every claim
  // is a policy_error.
  static Result<std::unique_ptr<Ledger>> open(Store& store, const Clock& clock, LedgerOptions options,
                                              LedgerEvents events);
  ~Ledger();  // stop()

  // Starts the thread.
  void start();
  // Refuses new submissions as overloaded, finishes what is queued, ends the thread.
  void stop();

  // Queues a submission; its `done` is called exactly once, also when it is refused (then possibly
  // before submit returns, on the calling thread). Any thread.
  void submit(Submission& submission);

  // Submits and parks until it is done.
  void execute(Submission& submission);

  std::shared_ptr<const Catalog> catalog() const;  // any thread
  // Null before the first activation. Any thread.
  std::shared_ptr<const ActivePolicies> policies() const;
  // The revision (RevisionRow::number) that the store has as the active one, as it was last looked at: at
  // most a fraction of a second ago. Another than policies() says: another node has activated it. Any thread.
  std::int64_t active_revision() const;
  std::size_t queue_length() const;  // any thread
  // False after a commit failed, until one succeeds. Any thread.
  bool storage_works() const;

 private:
  class Impl;
  explicit Ledger(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace scrip
