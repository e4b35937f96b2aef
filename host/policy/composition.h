// How the answers of a policy's rules become one verdict. The rules answer in the order they run:
// the first denial or failure ends the decision, effects add up. Pure; one decision each.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "policy/facts.h"
#include "policy/verdict.h"

namespace scrip {

// What a rule wants to happen, as it said it; whether it may is for the composition to say.
struct Effect {
  std::optional<Micros> expires_at;
  std::optional<std::int64_t> discount;  // minor units of the order's currency
  Counters counts;                       // changes; each name once
  std::string note;
  std::string once;  // remind: what the notice is called; a coupon gets one of a name
  StackPlan stack;   // stack
};

// A rule's objection.
struct Denial {
  std::string code;      // is_denial_code
  std::string sentence;  // for the customer, 1 to 500 bytes
  std::string detail;    // JSON text, or empty
};

// [a-z][a-z0-9_]{0,63}: the codes that a rule may deny with. Rules, policies, plugins and their
// parameters are named so too.
bool is_rule_name(std::string_view text);

// 1 to 64 bytes of UTF-8 without control characters.
bool is_counter_name(std::string_view text);

class Composition {
 public:
  // `facts` must outlive the composition.
  Composition(Hook hook, const Facts& facts, std::size_t rules);

  // What the next rule answered. False: the decision has ended, run no further rule.
  bool passed(std::string_view rule);
  bool denied(std::string_view rule, Denial denial);
  bool effect(std::string_view rule, Effect effect);  // fails the decision when the effect is malformed
  bool failed(std::string_view rule, std::string error);

  // What the rules have granted so far: 0 up to the order's amount, or what it may be at most.
  std::int64_t discount() const { return verdict_.discount.value_or(0); }

  // The verdict. The composition is used up.
  Verdict finish();

 private:
  // Why an effect cannot be accepted; empty when it can.
  std::string malformed(const Effect& effect) const;
  // The same of the part that only `stack` answers with.
  std::string malformed(const StackPlan& plan) const;
  TraceEntry& add(std::string_view rule, TraceEntry::Kind kind);

  const Hook hook_;
  const Facts& facts_;
  Verdict verdict_;
};

}  // namespace scrip
