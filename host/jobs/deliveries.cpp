#include "jobs/deliveries.h"

#include <algorithm>
#include <utility>

#include "jobs/obsolete_notice.h"
#include "ledger/command.h"

namespace scrip::jobs {
namespace {

constexpr int events_at_once = 256;
constexpr std::size_t settled_at_once = 256;
constexpr std::chrono::milliseconds settle_after(100);
constexpr Micros tidy_every = hour;  // when nothing else is stored
constexpr std::int64_t many_pending = 10'000;
constexpr Micros count_every = 10 * second;

}  // namespace

Deliveries::Deliveries(Ledger& ledger, Store& store, const Clock& real, const Clock& coupons,
                       std::unique_ptr<Webhook> webhook, DeliveryOptions options, DeliveryEvents events)
    : ledger_(ledger),
      store_(store),
      real_(real),
      coupons_(coupons),
      webhook_(std::move(webhook)),
      options_(options),
      events_(std::move(events)) {}

void Deliveries::interrupt() {
  interrupted_.store(true, std::memory_order_relaxed);
  if (webhook_) webhook_->interrupt();
}

Result<void> Deliveries::find_due() {
  const Micros now = real_.now();
  auto events = store_.take_due_events(now, now + options_.taken_for, events_at_once + static_cast<int>(known_.size()));
  if (!events) return events.error();
  for (Event& event : *events) {
    if (known_.insert(event.id).second) due_.push_back(std::move(event));
  }
  return {};
}

Micros Deliveries::retry_in(int attempts) {
  const int doublings = std::min(attempts - 1, 30);
  const Micros whole = std::min(options_.longest_retry, options_.first_retry << doublings);
  // Half of it is left to chance, so that what failed together does not come back together.
  return whole / 2 + std::uniform_int_distribution<Micros>(0, whole / 2)(random_);
}

Result<std::string> Deliveries::why_obsolete(const Event& event) {
  if (event.kind != EventKind::coupon_expiring) return std::string();
  auto reader = store_.reader();
  if (!reader) return reader.error();
  // The catalog after the snapshot, so that it knows the coupon.
  return jobs::why_obsolete(**reader, *ledger_.catalog(), event, coupons_.now());
}

void Deliveries::drop(const Event& event, const std::string& why, Round& round) {
  ++round.obsolete;
  if (events_.attempted) events_.attempted(event, name(EventState::obsolete), why);
  to_settle_.push_back(
      {.id = event.id, .state = EventState::obsolete, .attempts = event.attempts, .at = real_.now(), .error = why});
}

void Deliveries::ended(const Event& event, bool done, const std::string& error, Micros not_before, Round& round) {
  const Micros now = real_.now();
  EventAttempt attempt{.id = event.id, .attempts = event.attempts, .at = now, .error = error};
  std::string_view outcome = "delivered";
  if (done) {
    ++round.delivered;
  } else {
    ++attempt.attempts;
    if (now - event.recorded_at < options_.give_up_after || attempt.attempts < options_.least_attempts) {
      outcome = "retried";
      attempt.state = EventState::pending;
      attempt.next_attempt_at = std::max(now + retry_in(attempt.attempts), not_before);
      ++round.retried;
    } else {
      outcome = "failed";
      attempt.state = EventState::failed;
      ++round.failed;
    }
  }
  if (events_.attempted) events_.attempted(event, outcome, error);
  to_settle_.push_back(std::move(attempt));
}

Result<void> Deliveries::settle() {
  const Micros now = real_.now();
  if (to_settle_.empty() && now < tidy_next_) return {};
  tidy_next_ = now + tidy_every;
  // Each time, so that what is dropped keeps pace with what is delivered.
  SettleEvents command{.attempts = to_settle_,
                       .forget_events_before = now - options_.keep_events,
                       .forget_reminders_before = coupons_.now() - options_.keep_reminders};
  Submission submission{.command = std::move(command), .actor = {.subject = "deliveries", .role = Role::operator_}};
  ledger_.execute(submission);
  // Kept for the next time, so that what was delivered is not delivered again.
  if (submission.outcome.error) return *submission.outcome.error;
  for (const EventAttempt& attempt : to_settle_) known_.erase(attempt.id);
  to_settle_.clear();
  return {};
}

Result<Deliveries::Round> Deliveries::round() {
  using SteadyClock = std::chrono::steady_clock;
  auto settled_at = SteadyClock::now();
  Round round;
  if (!to_settle_.empty()) {
    if (auto settled = settle(); !settled) return settled.error();
  }
  while (!interrupted()) {
    if (due_.empty()) {
      if (auto found = find_due(); !found) return found.error();
    }
    std::size_t in_flight = webhook_ ? webhook_->in_flight() : 0;
    while (!due_.empty() && in_flight < options_.in_flight && to_settle_.size() < settled_at_once) {
      const auto obsolete = why_obsolete(due_.front());
      if (!obsolete) return obsolete.error();
      Event event = std::move(due_.front());
      due_.pop_front();
      if (!obsolete->empty()) {
        drop(event, *obsolete, round);
        continue;
      }
      if (event.attempts == 0 && events_.told) events_.told(event);
      if (is_sent(event.kind)) {
        webhook_->send(std::move(event), real_.now());
        ++in_flight;
      } else {
        ended(event, true, "", 0, round);
      }
    }
    if (in_flight > 0) {
      constexpr std::chrono::milliseconds patience(200);
      for (Webhook::Outcome& outcome : webhook_->wait(patience)) {
        const Micros asked = outcome.retry_after ? outcome.retry_after->count() * second : 0;
        const Micros not_before = asked > 0 ? real_.now() + std::min(asked, options_.longest_retry_after) : 0;
        ended(outcome.event, outcome.done, outcome.error, not_before, round);
      }
      in_flight = webhook_->in_flight();
    }
    // Much at once, but not long after it was done.
    if (to_settle_.size() >= settled_at_once || in_flight == 0 || SteadyClock::now() - settled_at > settle_after) {
      if (auto settled = settle(); !settled) return settled.error();
      settled_at = SteadyClock::now();
      if (real_.now() >= count_next_) {
        if (auto counted = count_pending(); !counted) return counted.error();
      }
    }
    if (due_.empty() && in_flight == 0 && to_settle_.empty()) {
      if (auto found = find_due(); !found) return found.error();
      if (due_.empty()) break;
    }
  }
  if (auto settled = settle(); !settled) return settled.error();
  if (pending() < many_pending || real_.now() >= count_next_) {
    if (auto counted = count_pending(); !counted) return counted.error();
  }
  return round;
}

// Counting reads them all, and a round may follow each commit, or go on for hours.
Result<void> Deliveries::count_pending() {
  auto reader = store_.reader();
  if (!reader) return reader.error();
  auto pending = (*reader)->pending_events();
  if (!pending) return pending.error();
  pending_.store(*pending, std::memory_order_relaxed);
  count_next_ = real_.now() + count_every;
  return {};
}

}  // namespace scrip::jobs
