// The layout of a decision's record, shared by its writer and its reader. Private to policy/.
//
// A record: the version; a number of flags; the facts; the trace; the verdict, unless it follows
// from the trace. What is absent or has its usual value is a bit that is not set. Instants are
// differences from `now`.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "policy/facts.h"
#include "policy/verdict.h"

namespace scrip::record {

inline constexpr std::uint64_t version = 1;

// Flags of a record. The lowest four bits are the hook and the kind of the verdict, two each.
inline constexpr std::uint64_t has_user_id = 1 << 4, has_user_counts = 1 << 5, has_attributes = 1 << 6,
                               has_coupon = 1 << 7, has_subject = 1 << 8, has_order = 1 << 9, has_counters = 1 << 10,
                               is_unstable = 1 << 11, has_verdict = 1 << 12, is_stack = 1 << 16,
                               all_flags = (1 << 17) - 1;
// The three bits below is_stack: the step.
inline constexpr int step_shift = 13;
inline constexpr std::uint64_t step_mask = 7;
inline constexpr std::uint64_t last_step = static_cast<std::uint64_t>(HoldStep::expire);

// With is_stack the lowest two bits are 0. Records from before it have only the first four hooks.
constexpr std::uint64_t hook_bits(Hook hook) {
  return hook == Hook::stack ? is_stack : static_cast<std::uint64_t>(hook);
}
constexpr Hook hook_of(std::uint64_t flags) {
  return (flags & is_stack) != 0 ? Hook::stack : static_cast<Hook>(flags & 3);
}

namespace of_coupon {
inline constexpr std::uint64_t issued_at = 1, expires_at = 2, redeemed_at = 4, discount = 8, currency = 16,
                               counted_at = 32, held_until = 64, counted = 128, all = 255;
}
namespace of_order {
inline constexpr std::uint64_t id = 1, most_discount = 2, all = 3;
}
// Of a trace entry; the lowest two bits are its kind.
namespace of_entry {
inline constexpr std::uint64_t expires_at = 1 << 2, discount = 1 << 3, counts = 1 << 4, note = 1 << 5, code = 1 << 6,
                               sentence = 1 << 7, detail = 1 << 8, once = 1 << 9, cap = 1 << 10, base = 1 << 11,
                               is_original = 1 << 12, order = 1 << 13, all = (1 << 14) - 1;
}
namespace of_stacked {
inline constexpr std::uint64_t metadata = 1, expires_at = 2, discount = 4, all = 7;
}
namespace of_verdict {
inline constexpr std::uint64_t expires_at = 1, discount = 2, all = 3;
}

// Names that most records repeat are written as their place here. Part of the format: names may be
// added at the end, others never change.
inline constexpr auto usual_names = std::to_array<std::string_view>({
    // Rules.
    "host",
    "event_window",
    "expiry",
    "discount",
    "per_user_limit",
    "total_limit",
    "daily_cap",
    "budget",
    "first_order_only",
    "product_filter",
    "segment",
    "cancel_window",
    // Codes.
    "policy_error",
    "policy_quarantined",
    "already_issued",
    "already_assigned",
    "already_redeemed",
    "not_redeemed",
    "not_issued",
    "sold_out",
    "window_sold_out",
    "coupon_expired",
    "outside_event_window",
    "campaign_not_active",
    "budget_exhausted",
    "cancel_too_late",
    "currency_mismatch",
    "daily_cap_reached",
    "min_order_not_met",
    "not_first_order",
    "not_in_segment",
    "order_required",
    "product_not_eligible",
    "quota",
    "quota_reached",
    "coupon_held",
    "hold_not_found",
    "stack_groups",
    "stack_order",
    "order_cap",
    "not_combinable",
    "too_many_coupons",
});

// What a verdict says beside its trace.
struct Summary {
  std::string_view code, sentence, detail;
  std::optional<Micros> expires_at;
  std::optional<std::int64_t> discount;
  Counters counts;
};

// The most that comes off an order.
std::int64_t most_discount(const Order& order);

// Adds what one more rule says: the first order and base, the smallest cap.
void add_plan(StackPlan& plan, const StackPlan& more);

// The plan that follows from a trace: always the verdict's, and never written.
StackPlan implied_plan(Verdict::Kind kind, const std::vector<TraceEntry>& trace);

// The summary that follows from a trace by the rules of composition.h: nearly always the verdict's.
// The texts are the trace's.
Summary implied(Verdict::Kind kind, const std::vector<TraceEntry>& trace, const std::optional<Order>& order);

}  // namespace scrip::record
