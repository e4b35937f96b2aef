// When the write-ahead log is written back into the database: not by the commit that happens to
// fill it, which SQLite would do, but between batches. Belongs to the ledger's thread.
#pragma once

#include "coupon/error.h"
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

  // Writes back what can be without waiting for anybody, when there is enough of it.
  void idle();

  // Writes back everything when the log has reached its bound, waiting shortly for the readers of
  // old pages. Should a reader hold them for longer, it is tried again soon, then ever more rarely.
  void before_batch();

  // Writes back everything and empties the log, waiting for the readers of old pages.
  Result<void> truncate();

 private:
  static int committed(void* self, sqlite3* db, const char* schema, int pages);
  void begun_anew();

  Connection& db_;
  const SqliteOptions options_;
  int pages_ = 0;       // in the log
  bool grown_ = false;  // since idle() wrote back what it could
  int bound_;           // where before_batch() tries next
  int patience_ = 0;    // pages from the last try, which failed, to the next
};

}  // namespace scrip::sqlite
