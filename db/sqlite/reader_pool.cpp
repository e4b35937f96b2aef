#include "db/sqlite/reader_pool.h"

#include <utility>

#include "db/sqlite/open_database.h"

namespace scrip::sqlite {

Result<std::unique_ptr<Connection>> ReaderPool::take() {
  {
    const std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      auto connection = std::move(idle_.back());
      idle_.pop_back();
      return connection;
    }
  }
  return open_for_reading(path_, options_);
}

void ReaderPool::give_back(std::unique_ptr<Connection> connection) {
  durability_.wait();
  const std::lock_guard lock(mutex_);
  if (idle_.size() < options_.idle_readers) idle_.push_back(std::move(connection));
}

Result<PooledConnection> PooledConnection::from(const std::shared_ptr<ReaderPool>& pool) {
  auto connection = pool->take();
  if (!connection) return connection.error();
  return PooledConnection(pool, std::move(*connection));
}

}  // namespace scrip::sqlite
