#include "policy/record_format.h"

#include <algorithm>

namespace scrip::record {
namespace {

// Sums wrap rather than overflow: a record may hold anything, and a sum that is wrong is not equal
// to the verdict's, which is then written out.
std::int64_t wrapping_sum(std::int64_t a, std::int64_t b) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
}

void add(Summary& summary, const TraceEntry& entry, const std::optional<Order>& order) {
  if (entry.expires_at) {
    summary.expires_at = std::min(summary.expires_at.value_or(*entry.expires_at), *entry.expires_at);
  }
  if (entry.discount && order) {
    summary.discount = std::min(wrapping_sum(summary.discount.value_or(0), *entry.discount), most_discount(*order));
  }
  for (const auto& [name, change] : entry.counts) {
    const auto sum = std::find_if(summary.counts.begin(), summary.counts.end(),
                                  [&counter = name](const auto& count) { return count.first == counter; });
    if (sum == summary.counts.end()) {
      summary.counts.emplace_back(name, change);
    } else {
      sum->second = wrapping_sum(sum->second, change);
    }
  }
}

}  // namespace

std::int64_t most_discount(const Order& order) {
  return std::min(order.most_discount.value_or(order.amount), order.amount);
}

void add_plan(StackPlan& plan, const StackPlan& more) {
  if (plan.order.empty()) plan.order = more.order;
  if (!plan.base) plan.base = more.base;
  if (more.cap) plan.cap = std::min(plan.cap.value_or(*more.cap), *more.cap);
}

StackPlan implied_plan(Verdict::Kind kind, const std::vector<TraceEntry>& trace) {
  StackPlan plan;
  if (kind != Verdict::Kind::allowed) return plan;
  for (const TraceEntry& entry : trace) add_plan(plan, entry.stack);
  return plan;
}

Summary implied(Verdict::Kind kind, const std::vector<TraceEntry>& trace, const std::optional<Order>& order) {
  Summary summary;
  switch (kind) {
    case Verdict::Kind::allowed:
      for (const TraceEntry& entry : trace) add(summary, entry, order);
      std::erase_if(summary.counts, [](const auto& count) { return count.second == 0; });
      break;
    case Verdict::Kind::denied:
      if (trace.empty()) break;
      summary.code = trace.back().code;
      summary.sentence = trace.back().sentence;
      summary.detail = trace.back().detail;
      break;
    case Verdict::Kind::failed:
      summary.code = failed_code;
      break;
    case Verdict::Kind::quarantined:
      summary.code = quarantined_code;
      break;
  }
  return summary;
}

}  // namespace scrip::record
