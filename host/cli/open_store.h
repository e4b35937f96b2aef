// The store that --store names.
#pragma once

#include <memory>
#include <string>

#include "cli/data_directory.h"
#include "db/sqlite/sqlite_store.h"
#include "db/store.h"

namespace scrip::cli {

inline constexpr const char* sqlite_store = "sqlite";

// "sqlite" or the URL of a PostgreSQL database.
bool is_store(const std::string& store);

// "sqlite" is the file of a data directory, opened with `sqlite`; anything else is_store() took is a
// database that may be shared with other nodes. The error is what to tell the operator.
Result<std::unique_ptr<Store>> open_store(const std::string& store, const std::string& file,
                                          const SqliteOptions& sqlite = {});

}  // namespace scrip::cli
