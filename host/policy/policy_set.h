// A set of policies as the host sees it: what it is made of, which parameters fit, and evaluators
// that answer. No Lua here; lua/ implements these.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "coupon/error.h"
#include "policy/facts.h"
#include "policy/verdict.h"
#include "policy/window.h"

namespace scrip {

// An error in a policy file, reported as "file:line: message". Line 0: the file as a whole.
struct PolicyError {
  std::string file;
  int line = 0;
  std::string message;
  bool operator==(const PolicyError&) const = default;
};

std::string to_string(const PolicyError& error);

struct PolicyFile {
  std::string name;  // "plugins/expiry.lua", "scripts/flash_sale.lua"
  std::string text;
  bool operator==(const PolicyFile&) const = default;
};

struct PluginInfo {
  std::string name;
  std::string version;
  std::string file;
  std::string doc;
  int priority = 0;
  std::string params;  // the schema, JSON object
};

struct RuleInfo {
  std::string name;  // unique in its policy; the plugin's name unless the script says `as`
  std::string plugin;
  std::string params;  // as the script gives them, defaults filled in; JSON object
  bool shadow = false;
};

struct PolicyInfo {
  std::string name;
  std::string file;
  std::vector<RuleInfo> rules;  // in the order they run
};

// When a rule wants to be asked about reminders: once a day of the zone, from so many days before a
// coupon's last day on.
struct Reminding {
  int days = 0;      // 0 to most_reminding_days
  std::string zone;  // empty: the campaign's
  bool operator==(const Reminding&) const = default;
};
inline constexpr int most_reminding_days = 3'660;

// A campaign's policy with the campaign's overrides applied: what an evaluator is asked about.
// Immutable. Its address identifies it, so keep it alive while evaluators use it.
class Binding {
 public:
  virtual ~Binding() = default;
  virtual const std::string& policy() const = 0;
  // In the order they run, with the parameters that are in force.
  virtual std::vector<RuleInfo> rule_infos() const = 0;
};

// Of the facts that claims change: those that a decision looked at. It would have come out the same
// with any value of the others.
struct ReadFacts {
  bool campaign_issued = false;  // or remaining
  bool campaign_redeemed = false;
  bool user_issued = false;
  bool user_issued_for_subject = false;
  bool user_redeemed = false;
};

// Evaluates decisions. Belongs to one thread at a time; never blocks longer than the time budget;
// never throws. What one decision does cannot be seen by the next.
class Evaluator {
 public:
  virtual ~Evaluator() = default;

  // The names of the counters that the binding's rules want to read for this decision, each once.
  // A rule that fails here fails again in decide(), which reports it.
  virtual std::vector<std::string> counters(const Binding& binding, Hook hook, const Facts& facts) = 0;

  // Of each rule that reminds. A rule that fails here is asked as one that does not say: from 31 days on.
  virtual std::vector<Reminding> reminding(const Binding& binding) = 0;

  // The verdict on facts whose counters are filled in. A rule's error, timeout or malformed answer
  // is a Verdict::Kind::failed, never an exception.
  virtual Verdict decide(const Binding& binding, Hook hook, const Facts& facts) = 0;

  // The window of the binding's rules that is open at facts.now, or the next one; nullopt when none
  // opens any more. Of the facts the rules may go by the campaign and the instant. The error is
  // policy_error.
  virtual Result<std::optional<Window>> window(const Binding& binding, const Facts& facts) = 0;

  // From now on take_reads() says what counters() and decide() have looked at since it was last asked.
  virtual void watch_reads() = 0;
  virtual ReadFacts take_reads() = 0;
};

// An accepted, immutable set. Thread-safe.
class PolicySet {
 public:
  virtual ~PolicySet() = default;

  virtual const std::string& revision() const = 0;
  virtual const std::vector<PolicyFile>& files() const = 0;     // by name
  virtual const std::vector<PolicyInfo>& policies() const = 0;  // by name
  virtual const std::vector<PluginInfo>& plugins() const = 0;   // by name

  // Applies a campaign's overrides (JSON object: rule name -> parameters). The error is
  // invalid_request with fields "policy" or "params.RULE.PARAM".
  virtual Result<std::shared_ptr<const Binding>> bind(const std::string& policy, std::string_view params) const = 0;

  // A new evaluator; costs a VM (well under a millisecond for a set of the usual size).
  virtual std::unique_ptr<Evaluator> evaluator() const = 0;

  // The same set with its shadow rules enforced: what they would do. Null when it has none.
  virtual std::shared_ptr<const PolicySet> with_shadow_rules() const = 0;
};

struct PolicyLimits {
  std::int64_t decision_us = 10'000;     // time for one decision
  std::int64_t load_us = 1'000'000;      // time for one file's top level, and for one Lua test
  std::size_t memory = 8 * 1024 * 1024;  // heap of a decision, beyond what the loaded set takes
  // One live decision in so many is evaluated again in a fresh VM; 0: never.
  int recheck_every = 1000;
};

// One test of a *_test.lua file.
struct PolicyTestResult {
  std::string file;
  int line = 0;
  std::string name;
  bool passed = false;
  std::string message;  // why it failed
};

struct CompiledSet {
  std::shared_ptr<const PolicySet> set;  // null when there are errors
  std::vector<PolicyError> errors;       // all of them, by file and line
  std::vector<PolicyTestResult> tests;
};

// Compiles, validates and tests a set of files. Every error of the set is reported, not the first.
// Tests are run in two VMs, in opposite order; a verdict that differs is an error.
using Compile = CompiledSet (*)(std::vector<PolicyFile> files, const PolicyLimits& limits);

}  // namespace scrip
