// Opening a database file for writing, with everything checked that can be wrong with it.
#pragma once

#include <memory>
#include <string>

#include "coupon/error.h"
#include "db/sqlite/connection.h"
#include "db/sqlite/sqlite_store.h"

namespace scrip::sqlite {

// The write connection: checked, in WAL mode with synchronous=FULL, migrated.
Result<std::unique_ptr<Connection>> open_for_writing(const std::string& path, const SqliteOptions& options);

// A connection that cannot write, to a database that open_for_writing() has opened before.
Result<std::unique_ptr<Connection>> open_for_reading(const std::string& path, const SqliteOptions& options);

}  // namespace scrip::sqlite
