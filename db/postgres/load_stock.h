// What a batch may give of the campaigns that it has locked (db/store.h: InHand).
#pragma once

#include <cstdint>
#include <map>

#include "db/postgres/batch_state.h"
#include "db/postgres/connection.h"
#include "db/store.h"

namespace scrip::postgres {

// Of each campaign so many coupons. Asks the database only about campaigns that have imported coupons, or some that
// were assigned by hand. storage_conflict, with the campaign among the contended, when this node has too little of one
// that it shares.
Result<void> load_stock(Connection& db, const std::map<std::int64_t, std::int64_t>& wanted, int node, BatchState& batch,
                        Loaded& loaded, Contended& contended);

}  // namespace scrip::postgres
