// A write-ahead log as the connection of a VFS sees it (gathering_vfs.h): what is written to it is
// gathered, and its fsync may be left to another thread.
#pragma once

#include <sqlite3.h>

#include <mutex>
#include <vector>

namespace scrip::sqlite {

class LogFile {
 public:
  // SQLite allocates szOsFile bytes for a file; the real one lies behind ours in them.
  static LogFile& of(sqlite3_file* file) { return *reinterpret_cast<LogFile*>(file); }
  sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
  void set_methods(const sqlite3_io_methods* methods) { base_.pMethods = methods; }

  // All but flush() are for the connection's thread. Both give SQLite's result codes.

  int write(const void* from, int size, sqlite3_int64 where);
  // What could not be written is dropped: the transaction fails with it, and writes it again should
  // it be tried again.
  int write_out();

  int truncate(sqlite3_int64 size);

  // With `put_off` sync() writes out, and leaves the fsync to flush().
  void put_off(bool put_off) { put_off_ = put_off; }
  int sync(int flags);
  // Whether there is something that flush() has to make durable.
  bool has_unsynced() const;

  // Makes durable all that was written out when it begins. Any thread.
  int flush();

  // An fsync that failed leaves what the kernel could not write as if it were clean, so that the next one
  // would succeed and mean nothing. After it all others fail until everything is written again, by this, inside
  // a write transaction: nobody else begins the log anew meanwhile.
  bool failed() const;
  int write_again();

 private:
  struct Piece {
    sqlite3_int64 at = 0;
    std::vector<char> bytes;
  };

  sqlite3_int64 end() const { return gathered_.at + static_cast<sqlite3_int64>(gathered_.bytes.size()); }
  int write(const Piece& piece);
  int make_room();
  int really_sync(int flags);
  int find_same_log(bool& same);
  void keep_gathered();
  void drop_unsynced(std::size_t pieces);
  void forget_unsynced();

  sqlite3_file base_{};  // first: SQLite's view of this object
  Piece gathered_;
  sqlite3_int64 size_ = 0;  // of the file, or less
  bool put_off_ = false;

  std::mutex syncing_;  // held through each fsync, as its result is for whoever asked first

  mutable std::mutex mutex_;              // guards:
  std::vector<Piece> unsynced_;           // written, in the order of their writing
  std::vector<std::vector<char>> spare_;  // the room of some that are durable: getting it anew costs page faults
  bool failed_ = false;
};

}  // namespace scrip::sqlite
