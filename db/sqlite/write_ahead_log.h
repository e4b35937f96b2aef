// When the write-ahead log is written back into the database: not by the commit that happens to
// fill it, which SQLite would do, but beside the batches, on another thread. Between two batches
// is only done what has to be: the log's short rest is written back, so that it begins anew.
// Belongs to the ledger's thread.
#pragma once

#include "coupon/error.h"
#include "db/sqlite/checkpointer.h"
#include "db/sqlite/connection.h"
#include "db/sqlite/sqlite_store.h"

namespace scrip::sqlite {

class WriteAheadLog {
 public:
  // `db` is the write connection and must outlive this object.
  WriteAheadLog(Connection& db, const SqliteOptions& options);
  ~WriteAheadLog();
  WriteAheadLog(const WriteAheadLog&) = delete;
  WriteAheadLog& operator=(const WriteAheadLog&) = delete;

  // Begins to write back what is there, when there is enough of it.
  void idle();

  // Sees that a log that has reached its bound begins anew: has it written back, and when little is
  // left writes that back itself, waiting shortly for the readers of old pages. Should a reader hold
  // them for longer, it is tried again soon, then ever more rarely.
  void before_batch();

  // Writes back everything and empties the log, waiting for the readers of old pages.
  Result<void> truncate();

 private:
  static int committed(void* self, sqlite3* db, const char* schema, int pages);
  void begin_anew();
  void begun_anew();

  Connection& db_;
  const SqliteOptions options_;
  Checkpointer checkpointer_;
  int log_ = 0;         // counts how often the log has begun anew
  int pages_ = 0;       // in the log
  bool grown_ = false;  // since it was last written back
  int bound_;           // where before_batch() begins to act
  int rounds_ = 0;      // of writing back since then
  int patience_ = 0;    // pages from the last try, which failed, to the next
};

}  // namespace scrip::sqlite
