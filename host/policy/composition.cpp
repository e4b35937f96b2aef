#include "policy/composition.h"

#include <algorithm>

#include "coupon/text.h"
#include "policy/record_format.h"

namespace scrip {
namespace {

constexpr std::size_t longest_name = 64;

bool exact(std::int64_t value) {
  return value >= -max_exact && value <= max_exact;
}

}  // namespace

bool is_rule_name(std::string_view text) {
  if (text.empty() || text.size() > longest_name || text.front() < 'a' || text.front() > 'z') return false;
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; });
}

bool is_counter_name(std::string_view text) {
  return !text.empty() && text.size() <= longest_name && is_utf8(text) && !has_control_character(text);
}

Composition::Composition(Hook hook, const Facts& facts, std::size_t rules) : hook_(hook), facts_(facts) {
  verdict_.trace.reserve(rules);
}

TraceEntry& Composition::add(std::string_view rule, TraceEntry::Kind kind) {
  TraceEntry& entry = verdict_.trace.emplace_back();
  entry.rule = rule;
  entry.kind = kind;
  return entry;
}

bool Composition::passed(std::string_view rule) {
  add(rule, TraceEntry::Kind::passed);
  return true;
}

bool Composition::denied(std::string_view rule, Denial denial) {
  TraceEntry& entry = add(rule, TraceEntry::Kind::denied);
  entry.code = denial.code;
  entry.sentence = denial.sentence;
  entry.detail = denial.detail;
  verdict_.kind = Verdict::Kind::denied;
  verdict_.code = std::move(denial.code);
  verdict_.sentence = std::move(denial.sentence);
  verdict_.detail = std::move(denial.detail);
  return false;
}

bool Composition::failed(std::string_view rule, std::string error) {
  TraceEntry& entry = add(rule, TraceEntry::Kind::failed);
  entry.code = failed_code;
  entry.detail = std::move(error);
  verdict_.kind = Verdict::Kind::failed;
  verdict_.code = failed_code;
  return false;
}

std::string Composition::malformed(const StackPlan& plan) const {
  if (plan.base && verdict_.stack.base) return "effect: another rule has said the base before";
  if (plan.cap && (*plan.cap < 0 || !exact(*plan.cap))) return "effect: the cap is below 0 or beyond 2^53";
  if (plan.order.empty()) return {};
  if (!verdict_.stack.order.empty()) return "effect: another rule has said the order before";
  std::vector<bool> named(facts_.coupons.size());
  for (const std::size_t place : plan.order) {
    if (place >= named.size() || named[place]) return "effect: order is not each place of facts.coupons once";
    named[place] = true;
  }
  return plan.order.size() == named.size() ? "" : "effect: order is not each place of facts.coupons once";
}

std::string Composition::malformed(const Effect& effect) const {
  if (hook_ == Hook::stack) {
    if (effect.expires_at || effect.discount || !effect.counts.empty() || !effect.once.empty()) {
      return "effect: stack answers with order, base, cap and note alone";
    }
    return malformed(effect.stack);
  }
  if (!effect.stack.empty()) return "effect: order, base and cap are for stack alone";
  if (effect.expires_at && (*effect.expires_at < earliest_instant || *effect.expires_at > latest_instant)) {
    return "effect: expires_at is outside the years 1970 to 9999";
  }
  if (effect.discount) {
    if (!facts_.order) return "effect: a discount needs an order, and there is none";
    if (*effect.discount < 0) return "effect: the discount is negative";
    if (*effect.discount > facts_.order->amount) {
      return "effect: the discount of " + std::to_string(*effect.discount) + " is above the order's amount of " +
             std::to_string(facts_.order->amount);
    }
  }
  for (const auto& [name, change] : effect.counts) {
    if (!is_counter_name(name)) return "effect: the name of a counter has 1 to 64 bytes";
    const auto sum = std::find_if(verdict_.counts.begin(), verdict_.counts.end(),
                                  [&counter = name](const auto& count) { return count.first == counter; });
    if (!exact(change) || (sum != verdict_.counts.end() && !exact(sum->second + change))) {
      return "effect: the change of counter '" + name + "' is beyond 2^53";
    }
  }
  return {};
}

bool Composition::effect(std::string_view rule, Effect effect) {
  if (std::string why = malformed(effect); !why.empty()) return failed(rule, std::move(why));
  if (hook_ == Hook::issue && effect.expires_at && *effect.expires_at <= facts_.now) {
    return denied(rule, {.code = "coupon_expired",
                         .sentence = "This coupon has expired.",
                         .detail = "{\"expires_at\":\"" + format_instant(*effect.expires_at) + "\"}"});
  }
  TraceEntry& entry = add(rule, TraceEntry::Kind::effect);
  entry.expires_at = effect.expires_at;
  entry.discount = effect.discount;
  entry.note = std::move(effect.note);
  entry.once = std::move(effect.once);
  entry.stack = effect.stack;
  record::add_plan(verdict_.stack, effect.stack);
  if (effect.expires_at) {
    verdict_.expires_at = verdict_.expires_at ? std::min(*verdict_.expires_at, *effect.expires_at) : effect.expires_at;
  }
  if (effect.discount) {
    verdict_.discount =
        std::min(verdict_.discount.value_or(0) + *effect.discount, record::most_discount(*facts_.order));
  }
  for (const auto& [name, change] : effect.counts) {
    const auto sum = std::find_if(verdict_.counts.begin(), verdict_.counts.end(),
                                  [&counter = name](const auto& count) { return count.first == counter; });
    if (sum == verdict_.counts.end()) {
      verdict_.counts.emplace_back(name, change);
    } else {
      sum->second += change;
    }
  }
  entry.counts = std::move(effect.counts);
  return true;
}

Verdict Composition::finish() {
  if (!verdict_.allowed()) {
    // What earlier rules wanted does not happen; their entries in the trace still say it.
    verdict_.expires_at.reset();
    verdict_.discount.reset();
    verdict_.counts.clear();
    verdict_.stack = {};
  }
  std::erase_if(verdict_.counts, [](const auto& count) { return count.second == 0; });
  return std::move(verdict_);
}

}  // namespace scrip
