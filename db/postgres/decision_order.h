// Where an instant lies in the ids of decisions. Ids grow with real time (ids.h), and so do the decisions' instants as
// a rule: then one is found among the ids that were given within a minute of it. Decisions of a clock that was shifted
// or set back, and those that came from elsewhere, are *out of place*: their instants are further from their ids than
// that. They have an index of their own, in which all of them are looked at; so what is found is always the closest.
#pragma once

#include <cstdint>

#include "coupon/error.h"
#include "coupon/time.h"
#include "db/postgres/connection.h"

namespace scrip::postgres {

// See Reader::decision_before and Reader::last_decision_before. In one state of the database, if decisions may be
// dropped meanwhile.
Result<std::int64_t> find_decision_before(Connection& db, Micros at);
Result<std::int64_t> find_last_decision_before(Connection& db, Micros at);

// The greatest id that a decision ever had; 0: there never was one.
Result<std::int64_t> find_last_decision(Connection& db);

}  // namespace scrip::postgres
