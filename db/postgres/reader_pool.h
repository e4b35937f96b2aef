// The connections that readers share, a bounded number. A reader has one only while a call runs, so however
// many readers there are, and however long they are kept, nobody waits for longer than others' queries take.
// Thread-safe.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "coupon/error.h"
#include "db/postgres/connection.h"

namespace scrip::postgres {

class ReaderPool {
 public:
  // At most `most` connections at a time.
  ReaderPool(std::string url, std::size_t most) : url_(std::move(url)), free_(most) {}

  // Calls `read` with a connection, and once more with a new one when the first was lost: the server may have
  // been restarted while it lay idle. storage_unavailable when none is free within some seconds.
  template <class Read>
  auto with(const Read& read) -> decltype(read(std::declval<Connection&>())) {
    auto first = take(true);
    if (!first) return first.error();
    auto answer = read(**first);
    const bool lost = (*first)->broken();
    give_back(std::move(*first));
    if (answer || !lost) return answer;
    auto second = take(false);
    if (!second) return second.error();
    answer = read(**second);
    give_back(std::move(*second));
    return answer;
  }

 private:
  // An idle connection, or a new one.
  Result<std::unique_ptr<Connection>> take(bool idle_will_do);
  void give_back(std::unique_ptr<Connection> connection);

  const std::string url_;
  std::mutex mutex_;
  std::condition_variable given_back_;
  std::size_t free_;  // how many more may be in use
  std::vector<std::unique_ptr<Connection>> idle_;
};

// One state of the database for several statements: a transaction that reads, and ends with this.
class Snapshot {
 public:
  explicit Snapshot(Connection& db)
      : db_(db), begun_(db.execute("BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")) {}
  ~Snapshot() {
    if (begun_ && !db_.broken()) static_cast<void>(db_.execute("COMMIT"));
  }
  Snapshot(const Snapshot&) = delete;
  Snapshot& operator=(const Snapshot&) = delete;

  const Result<void>& begun() const { return begun_; }

 private:
  Connection& db_;
  const Result<void> begun_;
};

}  // namespace scrip::postgres
