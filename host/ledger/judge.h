// Asks a policy for its verdict: the active set, an evaluator of it, each campaign's binding, and
// the quarantine. Used by the ledger's thread for what is stored and by readers for validate; each
// Judge belongs to one thread at a time, the ActivePolicies behind them are shared.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

#include "coupon/campaign.h"
#include "policy/policy_set.h"
#include "policy/quarantine.h"

namespace scrip {

// A policy set from its activation to the next one. A reload makes a new one even of the same
// files, so a quarantine ends with it. Thread-safe.
struct ActivePolicies {
  std::shared_ptr<const PolicySet> set;
  std::int64_t number = 0;  // RevisionRow::number
  Micros loaded_at = 0;
  mutable Quarantine quarantine;
};

// Reads a named counter of the campaign that is being decided.
using ReadCounter = std::function<Result<std::int64_t>(const std::string& name)>;

class Judge {
 public:
  explicit Judge(std::shared_ptr<const ActivePolicies> active) : active_(std::move(active)) {}

  const ActivePolicies& active() const { return *active_; }
  const std::shared_ptr<const ActivePolicies>& shared_active() const { return active_; }

  // What rules make of facts that are made up says nothing about whether they can decide on true ones.
  enum class About : std::uint8_t { facts, supposition };

  // Whether the set has a policy about orders with several coupons.
  bool stacks() { return bind_stacking().binding != nullptr; }

  // Fills in the counters that the rules declared, then the verdict. `stack` is the policy `stacking`'s. An error is a
  // counter that could not be read; everything that goes wrong in a policy is a verdict.
  Result<Verdict> decide(Hook hook, Facts& facts, const ReadCounter& read, About about = About::facts);

  // take_reads() says what decide() has looked at since watch_reads().
  void watch_reads();
  ReadFacts take_reads();

  // The window of the campaign's policy that is open at an instant, or the next one. The error is
  // policy_error, or policy_quarantined.
  Result<std::optional<Window>> window(const std::shared_ptr<const Campaign>& campaign, Micros at);

  // When the campaign's rules want to be asked about reminders; empty: never.
  std::vector<Reminding> reminding(const Campaign& campaign);

 private:
  struct Bound {
    std::int64_t version = 0;
    std::shared_ptr<const Binding> binding;  // null: the campaign does not fit
    Error misfit;
  };
  const Bound& bind(const Campaign& campaign);
  const Bound& bind_stacking();

  std::shared_ptr<const ActivePolicies> active_;
  Evaluator& evaluator();
  std::unique_ptr<Evaluator> evaluator_;  // made when it is first asked
  bool watching_ = false;
  std::unordered_map<std::int64_t, Bound> bound_;  // by campaign number
  std::optional<Bound> stacking_;
};

// What a verdict that is not `allowed` is to the caller. Precondition: !verdict.allowed().
Error refusal(const Verdict& verdict);

}  // namespace scrip
