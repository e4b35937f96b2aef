// Delivers the events of the outbox. Each is told to this process (`told`: the log, stdout) with its
// first attempt, and sent to the webhook, if there is one that wants its kind. What came of it is stored
// through the ledger, many at once. So whoever listens is told at least once: after a crash between an
// attempt and its being stored, again, under the same id. The order is that in which they are due; a
// failed one does not hold up those after it.
//
// A notice is told only while its coupon is good: right before each attempt the coupon is read, and once
// it was used or has expired the notice is settled as obsolete. What remains is a use that commits between
// that read and the receiver's answer, which is no longer than an attempt may take.
//
// round() by one thread at a time; interrupt() and pending() by any.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <random>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "db/store.h"
#include "jobs/webhook.h"
#include "ledger/ledger.h"
#include "ops/clock.h"

namespace scrip::jobs {

struct DeliveryOptions {
  std::size_t in_flight = 8;
  Micros first_retry = second;  // then twice as long each time, with jitter
  Micros longest_retry = hour;
  Micros longest_retry_after = day;  // of what the receiver asks for
  Micros give_up_after = 3 * day;
  int least_attempts = 12;  // before it is given up: the server may have been down for days
  // Of several nodes that one which takes an event has it alone for so long; longer than an attempt.
  Micros taken_for = 2 * minute;
  Micros keep_events = 7 * day;      // after they were settled
  Micros keep_reminders = 30 * day;  // after the coupon's end
};

struct DeliveryEvents {
  std::function<void(const Event&)> told;
  // "delivered", "retried", "failed" or "obsolete"; of the last `error` is why.
  std::function<void(const Event&, std::string_view outcome, std::string_view error)> attempted;
};

class Deliveries {
 public:
  // `real` is the clock that retries go by, `coupons` that of the coupons' ends. `webhook` may be null.
  Deliveries(Ledger& ledger, Store& store, const Clock& real, const Clock& coupons, std::unique_ptr<Webhook> webhook,
             DeliveryOptions options, DeliveryEvents events);

  struct Round {
    std::int64_t delivered = 0;
    std::int64_t retried = 0;
    std::int64_t failed = 0;
    std::int64_t obsolete = 0;
  };
  // Delivers all that is due, and what becomes due meanwhile.
  Result<Round> round();

  // A round that is under way ends soon, and so do all after it.
  void interrupt();

  // How many events waited when a round ended, some seconds ago at most if they are many.
  std::int64_t pending() const { return pending_.load(std::memory_order_relaxed); }

 private:
  bool interrupted() const { return interrupted_.load(std::memory_order_relaxed); }
  bool is_sent(EventKind kind) const { return webhook_ && webhook_->options().kinds.has(kind); }
  Result<void> find_due();
  // Empty: it is to be told.
  Result<std::string> why_obsolete(const Event& event);
  void drop(const Event& event, const std::string& why, Round& round);
  void ended(const Event& event, bool done, const std::string& error, Micros not_before, Round& round);
  Result<void> settle();
  Result<void> count_pending();
  Micros retry_in(int attempts);

  Ledger& ledger_;
  Store& store_;
  const Clock& real_;
  const Clock& coupons_;
  const std::unique_ptr<Webhook> webhook_;
  const DeliveryOptions options_;
  const DeliveryEvents events_;
  std::atomic<bool> interrupted_{false};
  std::atomic<std::int64_t> pending_{0};

  std::deque<Event> due_;
  std::unordered_set<std::int64_t> known_;  // ids: due, in flight, or to be settled
  std::vector<EventAttempt> to_settle_;
  Micros tidy_next_ = 0;
  Micros count_next_ = 0;
  std::mt19937_64 random_{std::random_device{}()};
};

}  // namespace scrip::jobs
