// A disk that fails on demand, under SQLite: a VFS over the machine's own that makes the Nth write,
// truncation or fsync from now on fail, and all after it until it is healed. Becomes SQLite's
// default while it exists; one at a time, and every database is closed before it ends.
#pragma once

#include <sqlite3.h>

#include <atomic>
#include <string>

namespace scrip {

class FailingDisk {
 public:
  FailingDisk();
  ~FailingDisk();
  FailingDisk(const FailingDisk&) = delete;
  FailingDisk& operator=(const FailingDisk&) = delete;

  // From the nth operation on (1: the next) each gives `sqlite_code`: SQLITE_FULL,
  // SQLITE_IOERR_WRITE, SQLITE_IOERR_FSYNC ... A write that fails has written its first half.
  void fail_from(int nth, int sqlite_code);
  void heal() { remaining_ = never; }

  // Whether an operation has failed since fail_from().
  bool failed() const { return failed_; }

 private:
  static constexpr int never = 1 << 30;

  struct File;
  // SQLITE_OK, or what the operation is to fail with.
  int next();

  static int open(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* out_flags);
  static const sqlite3_io_methods* methods();

  sqlite3_vfs* real_;
  sqlite3_vfs vfs_;
  std::atomic<int> remaining_ = never;
  std::atomic<int> code_ = SQLITE_OK;
  std::atomic<bool> failed_ = false;
};

}  // namespace scrip
