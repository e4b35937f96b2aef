// Writes the write-ahead log back into the database on a thread of its own, so that no claim waits for
// it. It takes no lock that a batch or a reader needs: what a snapshot still needs stays in the log.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "db/sqlite/connection.h"

namespace scrip::sqlite {

class Checkpointer {
 public:
  // The database must exist when start() is called for the first time.
  explicit Checkpointer(std::string path);
  // Waits for what is under way.
  ~Checkpointer();
  Checkpointer(const Checkpointer&) = delete;
  Checkpointer& operator=(const Checkpointer&) = delete;

  // The functions are for the ledger's thread.

  // Begins to write back what is in the log now, unless it is still at it. `log` is a number that the
  // caller gives to the log until it begins anew.
  void start(int log);
  bool running() const;
  void wait() const;
  // So many pages of that log are in the database; a failure has not moved it.
  int written_back(int log) const;

 private:
  void run();
  // Pages of the log that are in the database now; 0 when it cannot be told.
  int write_back();

  const std::string path_;
  std::unique_ptr<Connection> db_;  // the thread's

  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  bool running_ = false;
  bool ends_ = false;
  int log_ = 0;
  int written_back_ = 0;  // of log_
  std::thread thread_;    // last: it uses all others
};

}  // namespace scrip::sqlite
