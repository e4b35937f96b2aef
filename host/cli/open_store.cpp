#include "cli/open_store.h"

#include "db/postgres/postgres_store.h"

namespace scrip::cli {

bool is_store(const std::string& store) {
  return store == sqlite_store || store.starts_with("postgresql://") || store.starts_with("postgres://");
}

Result<std::unique_ptr<Store>> open_store(const std::string& store, const std::string& file,
                                          const SqliteOptions& sqlite) {
  return store == sqlite_store ? open_sqlite(file, sqlite) : open_postgres(store);
}

}  // namespace scrip::cli
