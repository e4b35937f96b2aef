// What a policy answers, and the trace of how it came to it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "coupon/time.h"
#include "policy/facts.h"
#include "policy/stack_plan.h"

namespace scrip {

// What one rule did. Every rule that ran has an entry, in the order they ran.
struct TraceEntry {
  enum class Kind : std::uint8_t {
    passed,  // no objection, no effect
    effect,
    denied,
    failed,  // an error, a timeout, out of memory, a malformed verdict
  };
  std::string rule;  // "per_user_limit"; "host" for what the host itself refused
  Kind kind = Kind::passed;
  std::string code;    // denied: the rule's code; failed: "policy_error"
  std::string detail;  // denied: JSON text of the rule's detail, may be empty; failed: the error
  std::string sentence;
  std::string note;
  std::string once;  // remind: what the notice is called, may be empty
  std::optional<Micros> expires_at;
  std::optional<std::int64_t> discount;
  Counters counts;
  StackPlan stack;  // stack: what the rule said of it
  bool operator==(const TraceEntry&) const = default;
};

std::string_view name(TraceEntry::Kind kind);

// What tells a notice from the others of a coupon: "expiry:3". Two rules may call theirs alike.
std::string notice_mark(const TraceEntry& entry);

struct Verdict {
  enum class Kind : std::uint8_t { allowed, denied, failed, quarantined };
  Kind kind = Kind::allowed;

  // Denied: the rule's code, sentence for the customer, and detail (JSON text or empty).
  std::string code;
  std::string sentence;
  std::string detail;

  // Allowed: what the rules' effects come to. The earliest expiry; the sum of the discounts, at
  // most the order's amount; the changes of counters, summed by name.
  std::optional<Micros> expires_at;
  std::optional<std::int64_t> discount;
  Counters counts;
  StackPlan stack;  // stack: the one order and base that a rule named, the smallest cap

  std::vector<TraceEntry> trace;

  // Failed, and not by accident: evaluated a second time in a fresh VM the same facts gave another
  // verdict, so a rule keeps state between decisions. Quarantine the policy at once.
  bool unstable = false;

  bool allowed() const { return kind == Kind::allowed; }
  bool operator==(const Verdict&) const = default;
};

std::string_view name(Verdict::Kind kind);

// The code of a verdict of a kind that has no rule's own: "policy_error", "policy_quarantined".
inline constexpr std::string_view failed_code = "policy_error";
inline constexpr std::string_view quarantined_code = "policy_quarantined";

// The trace as JSON: [{"rule","result":"passed|effect|denied|failed","code","sentence","detail",
// "error","expires_at","discount","count":{NAME:n},"note","once","order":[place],"base","cap"}]; only members
// that hold something; places count from 1.
std::string trace_json(const std::vector<TraceEntry>& trace);

}  // namespace scrip
