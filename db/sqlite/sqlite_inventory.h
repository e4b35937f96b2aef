// db/inventory.h of an SQLite file.
#pragma once

#include <memory>
#include <string>

#include "coupon/error.h"
#include "db/inventory.h"

namespace scrip {

// Of a file that open_sqlite() has opened, and so brought up to date, before.
Result<std::unique_ptr<Inventory>> open_sqlite_inventory(const std::string& path);

}  // namespace scrip
