// What a store holds and nobody asks for in the course of work: read row by row when all of it moves to
// another store (jobs/migration.h). The rest of a store is read through its Reader. By one thread, with no
// server at work on the store.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "coupon/event.h"
#include "coupon/hold.h"
#include "coupon/stacked_order.h"
#include "db/store.h"

namespace scrip {

class Inventory {
 public:
  virtual ~Inventory() = default;

  struct Counter {
    CounterKey key;
    std::int64_t value = 0;
    std::int64_t unrecorded = 0;  // what of it no decision accounts for
  };
  // By campaign and name, after the given one.
  virtual Result<std::vector<Counter>> counters(const CounterKey& after, int limit) = 0;

  // User ids and their attributes, by user, after the given one.
  virtual Result<std::vector<std::pair<std::string, std::string>>> attributes(const std::string& after, int limit) = 0;

  struct Answer {
    std::int64_t id = 0;  // grows with time
    IdempotencyRecord record;
  };
  // By id, after the given one; of two with one key the later counts.
  virtual Result<std::vector<Answer>> answers(std::int64_t after, int limit) = 0;

  // Those in force, over, and redeemed, in an order of the store's own, after the one of this coupon; nullopt: from the
  // first.
  virtual Result<std::vector<Hold>> holds(const std::optional<CouponKey>& after, int limit) = 0;

  // Orders with several coupons that were not cancelled, by id, after the given one.
  virtual Result<std::vector<StackedOrder>> stacked_orders(const std::string& after, int limit) = 0;

  // The notices that were made, by (expires_at, coupon, mark), after the given one.
  virtual Result<std::vector<ReminderMark>> reminders(const std::optional<ReminderMark>& after, int limit) = 0;
};

}  // namespace scrip
