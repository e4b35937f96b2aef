#include "db/sqlite/write_ahead_log.h"

#include <algorithm>

namespace scrip::sqlite {
namespace {

constexpr int wait_for_readers_ms = 100;

}  // namespace

WriteAheadLog::WriteAheadLog(Connection& db, const SqliteOptions& options)
    : db_(db), options_(options), bound_(options.log_pages_at_most) {
  // Replaces SQLite's own checkpoint after every thousandth page.
  sqlite3_wal_hook(db_.handle(), &WriteAheadLog::committed, this);
}

WriteAheadLog::~WriteAheadLog() {
  sqlite3_wal_hook(db_.handle(), nullptr, nullptr);
}

int WriteAheadLog::committed(void* self, sqlite3*, const char*, int pages) {
  auto& log = *static_cast<WriteAheadLog*>(self);
  if (pages < log.pages_) log.begun_anew();
  log.pages_ = pages;
  log.grown_ = true;
  return SQLITE_OK;
}

// A checkpoint that fails loses nothing, the log keeps what it holds; whether the disk works is
// for the next commit to say. So idle() and before_batch() have no error to return.

void WriteAheadLog::idle() {
  if (!grown_ || pages_ < options_.log_pages_when_idle) return;
  sqlite3_wal_checkpoint_v2(db_.handle(), nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
  grown_ = false;
}

void WriteAheadLog::before_batch() {
  if (pages_ < bound_) return;
  db_.set_busy_timeout(wait_for_readers_ms);
  const int done = sqlite3_wal_checkpoint_v2(db_.handle(), nullptr, SQLITE_CHECKPOINT_RESTART, nullptr, nullptr);
  db_.set_busy_timeout(static_cast<int>(options_.busy_timeout.count()));
  if (done == SQLITE_OK) {
    pages_ = 0;
    begun_anew();
  } else {
    patience_ = std::clamp(2 * patience_, options_.log_pages_at_most / 16, options_.log_pages_at_most);
    bound_ = pages_ + patience_;
  }
}

void WriteAheadLog::begun_anew() {
  bound_ = options_.log_pages_at_most;
  patience_ = 0;
}

Result<void> WriteAheadLog::truncate() {
  if (sqlite3_wal_checkpoint_v2(db_.handle(), nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr) != SQLITE_OK) {
    return db_.error("cannot write back the log of");
  }
  pages_ = 0;
  return {};
}

}  // namespace scrip::sqlite
