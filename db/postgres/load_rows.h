// The rows that a batch wants to read (db/store.h: Wanted), and what the batch remembers of them for when it writes.
#pragma once

#include "db/postgres/batch_state.h"
#include "db/postgres/exchange.h"
#include "db/store.h"

namespace scrip::postgres {

// Asks for what `loaded` does not have yet; not for tallies and stock, which come with the locks. All stay until the
// exchange has run. On an error `loaded` is not to be used.
void ask_for_wanted(Exchange& exchange, const Wanted& wanted, BatchState& batch, Loaded& loaded);

// A coupon with its version behind its columns (SCRIP_PG_COUPON); the batch remembers what it was like.
inline constexpr int coupon_columns = 14;
Coupon read_coupon(Rows& rows, int row, BatchState& batch);

}  // namespace scrip::postgres
