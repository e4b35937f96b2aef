// One connection to an SQLite file, with the statements that were prepared on it.
// Used by one thread at a time.
#pragma once

#include <sqlite3.h>

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "coupon/error.h"

namespace scrip::sqlite {

// What an SQLite result code means to the store's callers: storage_unavailable when another try
// may succeed (disk full, I/O error, locked, out of memory), internal when it will not.
Code code_of(int sqlite_code);

class Connection {
 public:
  enum class Access { read_only, read_write };

  // The file must exist.
  static Result<std::unique_ptr<Connection>> open(const std::string& path, Access access);

  // Runs one or more statements whose rows nobody wants.
  Result<void> execute(const char* sql);

  // A pragma's or query's one integer or text.
  Result<std::int64_t> integer(const char* sql);
  Result<std::string> text(const char* sql);

  // The prepared form of a statement. `sql` must be a literal: it is found again by its address.
  // Null when it cannot be prepared; error() then says why.
  sqlite3_stmt* prepared(const char* sql);

  // The error of the call that has just failed, beginning with what was being done: "cannot write".
  Error error(std::string_view doing) const;

  // The rowid of the last INSERT.
  std::int64_t last_row() const { return sqlite3_last_insert_rowid(db_.get()); }

  // The number of rows that the last INSERT, UPDATE or DELETE changed.
  int changed() const { return sqlite3_changes(db_.get()); }
  bool in_transaction() const { return sqlite3_get_autocommit(db_.get()) == 0; }
  void set_busy_timeout(int milliseconds) { sqlite3_busy_timeout(db_.get(), milliseconds); }

  sqlite3* handle() const { return db_.get(); }
  const std::string& path() const { return path_; }

 private:
  struct Close {
    void operator()(sqlite3* db) const { sqlite3_close_v2(db); }
  };
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };

  Connection(std::string path, sqlite3* db) : path_(std::move(path)), db_(db) {}

  std::string path_;
  std::unique_ptr<sqlite3, Close> db_;
  std::unordered_map<const char*, std::unique_ptr<sqlite3_stmt, Finalize>> statements_;  // finalized before db_
};

// All reads between its construction and its end see one snapshot.
class Snapshot {
 public:
  explicit Snapshot(Connection& db) : db_(db), begun_(db.execute("BEGIN")) {}
  ~Snapshot();
  Snapshot(const Snapshot&) = delete;
  Snapshot& operator=(const Snapshot&) = delete;

  const Result<void>& begun() const { return begun_; }

 private:
  Connection& db_;
  Result<void> begun_;
};

}  // namespace scrip::sqlite
