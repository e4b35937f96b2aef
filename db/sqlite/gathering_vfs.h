// A VFS of SQLite that gathers what is written to a write-ahead log: SQLite writes each page in two
// calls, one behind the other; here a commit is one write, before its fsync.
//
// Nothing is read before it is written: reads of the log, its size and its fsync write first what was
// gathered. Other connections read only what a commit has published, which is after the fsync.
#pragma once

namespace scrip::sqlite {

// The name of such a VFS over what is SQLite's default now. Thread-safe.
const char* gathering_vfs();

}  // namespace scrip::sqlite
