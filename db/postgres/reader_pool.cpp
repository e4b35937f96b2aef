#include "db/postgres/reader_pool.h"

#include <utility>

namespace scrip::postgres {
namespace {

constexpr auto pool_patience = std::chrono::seconds(5);

}  // namespace

Result<std::unique_ptr<Connection>> ReaderPool::take(bool idle_will_do) {
  {
    std::unique_lock lock(mutex_);
    if (!given_back_.wait_for(lock, pool_patience, [this] { return free_ > 0; })) {
      return Error{.code = Code::storage_unavailable,
                   .message = "All connections to the database are in use.",
                   .retry_after_s = 1};
    }
    --free_;
    // When one was lost the others are likely to be.
    if (!idle_will_do) idle_.clear();
    if (!idle_.empty()) {
      auto connection = std::move(idle_.back());
      idle_.pop_back();
      return connection;
    }
  }
  auto connection = Connection::open(url_, Connection::Use::reading);
  if (!connection) give_back(nullptr);
  return connection;
}

void ReaderPool::give_back(std::unique_ptr<Connection> connection) {
  {
    const std::lock_guard lock(mutex_);
    ++free_;
    if (connection && !connection->broken() && !connection->in_transaction()) idle_.push_back(std::move(connection));
  }
  given_back_.notify_one();
}

}  // namespace scrip::postgres
