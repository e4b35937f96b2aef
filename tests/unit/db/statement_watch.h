// Sees every statement that SQLite runs, on connections that are opened while a watch exists: which
// SQL it was, and how many steps of SQLite's machine it took. One watch at a time; the connections
// are closed before it ends.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <mutex>
#include <set>
#include <string>

namespace scrip {

class StatementWatch {
 public:
  StatementWatch() {
    current_ = this;
    sqlite3_auto_extension(entry());
  }
  ~StatementWatch() {
    sqlite3_cancel_auto_extension(entry());
    current_ = nullptr;
  }
  StatementWatch(const StatementWatch&) = delete;
  StatementWatch& operator=(const StatementWatch&) = delete;

  void reset() {
    const std::lock_guard lock(mutex_);
    statements_.clear();
    steps_ = 0;
  }
  std::set<std::string> statements() const {
    const std::lock_guard lock(mutex_);
    return statements_;
  }
  std::int64_t steps() const {
    const std::lock_guard lock(mutex_);
    return steps_;
  }

 private:
  using Entry = void (*)();
  static Entry entry() { return reinterpret_cast<Entry>(&StatementWatch::connected); }

  static int connected(sqlite3* db, char**, const void*) {
    return sqlite3_trace_v2(db, SQLITE_TRACE_PROFILE, &StatementWatch::ran, current_);
  }

  static int ran(unsigned, void* self, void* statement, void*) {
    auto& watch = *static_cast<StatementWatch*>(self);
    auto* run = static_cast<sqlite3_stmt*>(statement);
    const std::lock_guard lock(watch.mutex_);
    watch.statements_.insert(sqlite3_sql(run));
    watch.steps_ += sqlite3_stmt_status(run, SQLITE_STMTSTATUS_VM_STEP, 1);
    return 0;
  }

  static inline StatementWatch* current_ = nullptr;
  mutable std::mutex mutex_;
  std::set<std::string> statements_;
  std::int64_t steps_ = 0;
};

}  // namespace scrip
