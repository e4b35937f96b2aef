// A VFS of SQLite that gathers what is written to a write-ahead log: SQLite writes each page in two
// calls, one behind the other; here a commit is one write, before its fsync.
//
// Nothing is read before it is written: reads of the log, its size and its fsync write first what was
// gathered. Other connections read only what a commit has published, which is after the fsync, or, where that
// is put off (log_file.h), after the write.
#pragma once

#include <sqlite3.h>

#include "db/sqlite/log_file.h"

namespace scrip::sqlite {

// The name of such a VFS over what is SQLite's default now. Thread-safe.
const char* gathering_vfs();

// The log of a connection that was opened with such a VFS and has read or written in WAL mode, for as long as
// the connection is open. Null otherwise.
LogFile* log_file(sqlite3* db);

}  // namespace scrip::sqlite
