// Whether a notice that was made is still to be told: its coupon may have been used or have expired
// between the notice's commit and an attempt to deliver it. Thread-safe; a reader is used by one thread
// at a time.
#pragma once

#include <string>

#include "coupon/error.h"
#include "coupon/event.h"
#include "db/store.h"
#include "ledger/catalog.h"

namespace scrip::jobs {

// Why a coupon.expiring event is not to be told at `now` (by the coupons' clock); empty: it is, as is
// one whose coupon this catalog does not know. The reader's snapshot is what it goes by.
Result<std::string> why_obsolete(Reader& reader, const Catalog& catalog, const Event& notice, Micros now);

}  // namespace scrip::jobs
