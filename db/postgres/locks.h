// The campaigns of a batch: their locks, and the stock that is read under them.
//
// A campaign that is shared is locked FOR SHARE, one that this batch has alone FOR UPDATE. Locks are taken in the order
// of the campaigns' numbers, so that batches do not wait for each other in a circle.
#pragma once

#include <cstdint>
#include <map>
#include <set>

#include "db/postgres/batch_state.h"
#include "db/postgres/exchange.h"

namespace scrip::postgres {

// Campaigns to lock, and whether alone.
using Locks = std::map<std::int64_t, bool>;

struct Locking {
  Locks locks;
  std::map<std::int64_t, std::int64_t> wanted;  // coupons to be given
  std::set<std::int64_t> exact;
  int node = 0;
  bool brief = false;  // give up soon when a campaign cannot be had alone
};

// What came of it.
struct Locked {
  std::map<std::int64_t, Held> held;
  std::set<int> live;                // nodes that are at work, by number
  std::set<std::int64_t> alone_too;  // campaigns that were to be shared, and cannot be
};

// Asks for the locks and the stock. The exchange is a conflict when `locked.alone_too` is not empty then; the locks are
// to be taken anew. `locking` and `locked` stay until the exchange has run.
void ask_for_locks(Exchange& exchange, const Locking& locking, Locked& locked);

// Makes others lock these campaigns alone as well for the next second. Not in a transaction.
Result<void> ask_for_turns(Connection& db, const Locks& locks);

}  // namespace scrip::postgres
