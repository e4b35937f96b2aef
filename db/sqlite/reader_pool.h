// The read connections that nobody uses at the moment. Thread-safe.
//
// Nobody is shown what a power failure could still take back: who gives a connection back has waited until
// what it may have read is durable.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "coupon/error.h"
#include "db/sqlite/connection.h"
#include "db/sqlite/durability.h"
#include "db/sqlite/sqlite_store.h"

namespace scrip::sqlite {

class ReaderPool {
 public:
  ReaderPool(std::string path, const SqliteOptions& options) : path_(std::move(path)), options_(options) {}

  // An idle connection, or a new one.
  Result<std::unique_ptr<Connection>> take();
  void give_back(std::unique_ptr<Connection> connection);
  Durability& durability() { return durability_; }

 private:
  const std::string path_;
  const SqliteOptions options_;
  Durability durability_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Connection>> idle_;
};

// A connection of the pool for as long as this lives.
class PooledConnection {
 public:
  PooledConnection(std::shared_ptr<ReaderPool> pool, std::unique_ptr<Connection> connection)
      : pool_(std::move(pool)), connection_(std::move(connection)) {}
  ~PooledConnection() {
    if (connection_) pool_->give_back(std::move(connection_));
  }
  PooledConnection(PooledConnection&&) = default;
  PooledConnection& operator=(PooledConnection&&) = delete;

  Connection& operator*() const { return *connection_; }

  static Result<PooledConnection> from(const std::shared_ptr<ReaderPool>& pool);

 private:
  std::shared_ptr<ReaderPool> pool_;
  std::unique_ptr<Connection> connection_;
};

}  // namespace scrip::sqlite
