// Where an instant lies in the ids of decisions. Ids grow with the coupons' clock, so it is found by halving.
// A clock that was set back makes a *turn*: a decision that is earlier than the one before it. The last turn
// is remembered with the latest instant before it, and only the decisions since are halved.
//
// A file's turns from before there were any remembered are not known; they go with the decisions.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "coupon/error.h"
#include "coupon/time.h"
#include "db/sqlite/connection.h"
#include "db/store.h"

namespace scrip::sqlite {

// The instant of the newest decision that is stored, kept from batch to batch, as finding it decodes a block.
class NewestDecision {
 public:
  // Whoever else has written, or a batch that was rolled back, makes it unknown.
  void forget() { known_ = false; }
  void is(Micros at) {
    known_ = true;
    at_ = at;
  }
  // nullopt: there is none.
  Result<std::optional<Micros>> at(Connection& db);

 private:
  bool known_ = false;
  std::optional<Micros> at_;
};

// Inside a batch, before its decisions are stored.
Result<void> note_turns(Connection& db, NewestDecision& newest, const std::vector<DecisionRow>& decisions);

// See Reader::decision_before and Reader::last_decision_before. Inside a Snapshot.
Result<std::int64_t> find_decision_before(Connection& db, Micros at);
Result<std::int64_t> find_last_decision_before(Connection& db, Micros at);

}  // namespace scrip::sqlite
