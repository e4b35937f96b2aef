// The SQLite engine behind db/store.h: one file (and, while it is open, `-wal` and `-shm` beside
// it), in WAL mode with synchronous=FULL. A batch is one BEGIN IMMEDIATE ... COMMIT on the one write
// connection; readers are read-only connections from a pool, each call on its own snapshot.
//
// Other processes may open the same file at the same time (`scrip user add` beside `serve`, or
// `verify`): SQLite's own locks keep the batches apart.
//
// What a power failure leaves behind is the last commit() that returned, or the last flush(). After a commit()
// that failed in fsync itself and a crash before the next commit(), the batch may be found stored. After a
// flush() that failed the batches are stored, and until begin() has made them durable every begin() fails.
// A reader of this process waits, when it is destroyed, until what it may have read is durable.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "coupon/error.h"
#include "db/sqlite/runs/sorted_runs_options.h"
#include "db/store.h"

namespace scrip {

struct SqliteOptions {
  // A file that does not exist is made (mode 0600, since it holds password hashes); else refused.
  bool create = true;

  // How long a batch waits for another process's batch before it gives up: storage_unavailable.
  std::chrono::milliseconds busy_timeout{5'000};

  // Page caches of the write connection and of each reader. Files are read, never mapped: an I/O
  // error has to be an error, and under a mapping it is a signal.
  std::int64_t writer_cache_bytes = 64 << 20;
  std::int64_t reader_cache_bytes = 4 << 20;

  // Readers that are kept open when nobody uses them.
  std::size_t idle_readers = 16;

  // A log of this many pages (4 KiB) is written back when idle() is called, on another thread.
  int log_pages_when_idle = 1'000;
  // A log of this many pages is written back beside the batches that go on; at half as many again
  // they wait for it. It can only be overrun while somebody holds an old snapshot (a verify).
  int log_pages_at_most = 16'384;

  // How the indexes of users, expiries and decisions are merged; tests choose small numbers.
  sqlite::SortedRunsOptions runs;

  // Files smaller than this are checked page by page when they are opened. `scrip verify` sets 0,
  // so that it can open a damaged file and say all that is wrong with it.
  std::uintmax_t check_below_bytes = 64 << 20;
};

// Opens, checks and, when it is older than this program, migrates the database. Refused with a
// sentence that names the file: a database of a newer Scrip or of another program, a file that is
// no database, a damaged one, a place that cannot be written. A refusal changes no data.
//
// The store must not be destroyed inside a batch of another thread; readers may outlive it.
Result<std::unique_ptr<Store>> open_sqlite(const std::string& path, const SqliteOptions& options = {});

}  // namespace scrip
