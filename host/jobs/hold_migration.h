// What was made of coupons that are there already: holds, and orders with several coupons. In pages, each of them one
// commit; what is there from a run that broke off stays.
#pragma once

#include "db/inventory.h"
#include "db/store.h"

namespace scrip::jobs {

Result<void> migrate_holds(Inventory& from, Store& to);
Result<void> migrate_stacked_orders(Inventory& from, Store& to);

}  // namespace scrip::jobs
