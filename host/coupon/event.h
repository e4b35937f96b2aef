// Events: what happened, told to whoever asked to be told (the outbox). An event is stored in the
// commit of what it tells, and delivered later, as often as it takes. Plain data; thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "coupon/code_book.h"
#include "coupon/time.h"

namespace scrip {

// The order is that of event_kind_names; numbers are in no file.
enum class EventKind : std::uint8_t {
  coupon_issued,
  coupon_redeemed,
  coupon_cancelled,
  coupon_expiring,
  campaign_sold_out,
  policy_reloaded,
  audit,  // an entry of the audit log (coupon/audit.h)
};
inline constexpr int event_kind_count = 7;

// "coupon.issued". Static storage.
std::string_view name(EventKind kind);
std::optional<EventKind> parse_event_kind(std::string_view name);

// A set of kinds.
class EventKinds {
 public:
  constexpr EventKinds() = default;
  static constexpr EventKinds all() { return EventKinds((1U << event_kind_count) - 1); }
  // What is told to who does not choose: the audit log holds what is the operators' alone.
  static constexpr EventKinds usual() { return all().without(EventKind::audit); }

  constexpr bool has(EventKind kind) const { return (bits_ >> static_cast<unsigned>(kind) & 1U) != 0; }
  constexpr EventKinds with(EventKind kind) const { return EventKinds(bits_ | 1U << static_cast<unsigned>(kind)); }
  constexpr EventKinds without(EventKind kind) const {
    return EventKinds(bits_ & ~(1U << static_cast<unsigned>(kind)));
  }
  constexpr bool operator==(const EventKinds&) const = default;

 private:
  explicit constexpr EventKinds(unsigned bits) : bits_(bits) {}
  unsigned bits_ = 0;
};

enum class EventState : std::uint8_t {
  pending,    // to be delivered at next_attempt_at
  delivered,  // whoever listens has it
  failed,     // given up
  obsolete,   // a notice whose coupon was used or had expired when its turn came: not told any more
};

std::string_view name(EventState state);
std::optional<EventState> parse_event_state(std::string_view name);

// `at` is by the coupons' clock, as everything that happens to coupons; deliveries go by real time.
struct Event {
  std::int64_t id = 0;  // grows; never used again. The store gives it
  EventKind kind = EventKind::coupon_issued;
  Micros at = 0;
  std::optional<std::int64_t> campaign;   // Campaign::number
  std::optional<std::string> unique_key;  // of two events with the same key the later one is not stored
  std::string data;                       // JSON object
  Micros recorded_at = 0;                 // real time

  EventState state = EventState::pending;
  int attempts = 0;                  // that failed
  Micros next_attempt_at = 0;        // real time
  std::optional<Micros> settled_at;  // real time: when it was no longer pending
  std::string last_error;            // of the last attempt, or why it is obsolete; may be empty

  // Stable, and another for the events of another database: what receivers tell doubles by.
  std::string public_id() const;
};

// What came of an attempt to deliver an event.
struct EventAttempt {
  std::int64_t id = 0;
  EventState state = EventState::delivered;
  int attempts = 0;
  Micros next_attempt_at = 0;  // while pending
  Micros at = 0;               // real time
  std::string error;
};

// That a notice was made: at most one for a coupon and a mark. The coupon's end is part of it, so
// that marks are written and dropped in the order of expiry.
struct ReminderMark {
  Micros expires_at = 0;
  CouponKey coupon;
  std::string mark;  // "expiry:3": the rule, and what it calls the notice
  bool operator==(const ReminderMark&) const = default;
};

}  // namespace scrip
