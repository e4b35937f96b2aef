// Which coupon a code names: one that was imported under it, else the one whose code is computed to
// it. Thread-safe; a reader is used by one thread at a time.
#pragma once

#include <string_view>

#include "coupon/coupon.h"
#include "coupon/error.h"
#include "db/store.h"
#include "ledger/catalog.h"
#include "ledger/command.h"

namespace scrip {

// The coupon that a typed code names, without looking into the store: the ledger finds out whether it
// is an imported one. coupon_not_found for a code that nobody can have.
Result<CouponRef> coupon_ref(const Catalog& catalog, std::string_view typed);
// The same for who reads; a coupon that nobody was given has no row and is available.
Result<Coupon> read_coupon(Reader& reader, const Catalog& catalog, std::string_view typed);

}  // namespace scrip
