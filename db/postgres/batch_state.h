// What a batch holds of the database while it is open: the campaigns that it has locked, and what it has read and will
// check when it writes. Plain data of the write side's thread.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "db/postgres/leases.h"
#include "db/store.h"

namespace scrip::postgres {

// A campaign that is locked.
struct Held {
  bool alone = false;
  std::int64_t version = 0;  // of the campaign's definition; 0: it has no row yet
  bool exact = false;        // was asked for by name: all of its stock is given, other nodes' shares too
  std::int64_t wanted = 0;   // how many coupons may be given in this batch
  Stock stock;
  CampaignTally tally;  // what load() says
  std::vector<Loaded::SerialRange> offered;
  std::vector<std::int64_t> taken;  // Loaded::InHand::taken
};

// A coupon as it was read.
struct ReadCoupon {
  int version = 0;
  CouponState state = CouponState::available;
  std::optional<std::string> user_id;
  std::optional<std::string> subject;
};

struct BatchState {
  std::map<std::int64_t, Held> held;
  std::unordered_map<CouponKey, ReadCoupon> coupons;
  // nullopt: there was no row.
  std::unordered_map<HoldingKey, std::optional<Holding>> holdings;
  std::unordered_map<CounterKey, std::optional<std::int64_t>> counters;
  std::unordered_map<CounterKey, std::optional<std::int64_t>> foreseen;  // read, and not given to the batch yet
  std::unordered_map<CouponKey, std::optional<Hold>> holds;
  std::map<std::string, std::optional<Micros>> stacked_orders;  // when they were redeemed, by id
  std::unordered_set<IdempotencyKey> unanswered;
  std::set<std::string> unknown_logins;
  std::vector<std::pair<std::int64_t, std::int64_t>> old_decisions;  // campaign, id: those that were locked
  std::set<int> live;                                                // nodes at work, by number
  bool raises_version = false;                                       // definition_version.version
  std::vector<Campaign> campaigns;                                   // as it has defined them, the latest last
  bool imports = false;                                              // coupons are imported
};

// Campaigns over which another node came in between.
using Contended = std::set<std::int64_t>;

}  // namespace scrip::postgres
