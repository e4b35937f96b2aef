#include "db/sqlite/write_ahead_log.h"

#include <algorithm>

namespace scrip::sqlite {
namespace {

constexpr int wait_for_readers_ms = 100;

// Each round takes up what was committed during the one before, and so is shorter.
constexpr int most_rounds = 4;

}  // namespace

WriteAheadLog::WriteAheadLog(Connection& db, const SqliteOptions& options)
    : db_(db), options_(options), checkpointer_(db.path()), bound_(options.log_pages_at_most) {
  // Replaces SQLite's own checkpoint after every thousandth page.
  sqlite3_wal_hook(db_.handle(), &WriteAheadLog::committed, this);
}

WriteAheadLog::~WriteAheadLog() {
  sqlite3_wal_hook(db_.handle(), nullptr, nullptr);
}

int WriteAheadLog::committed(void* self, sqlite3*, const char*, int pages) {
  auto& log = *static_cast<WriteAheadLog*>(self);
  // SQLite itself begins a log anew that was written back to its end.
  if (pages < log.pages_) log.begun_anew();
  log.pages_ = pages;
  log.grown_ = true;
  return SQLITE_OK;
}

void WriteAheadLog::idle() {
  if (!grown_ || pages_ < options_.log_pages_when_idle) return;
  checkpointer_.start(log_);
  grown_ = false;
}

void WriteAheadLog::before_batch() {
  if (pages_ < bound_) return;
  // Beyond this the disk takes less than is being committed, and batches have to wait for it.
  const bool too_many = pages_ >= bound_ + options_.log_pages_at_most / 2;
  if (checkpointer_.running()) {
    if (!too_many) return;
    checkpointer_.wait();
  }
  const int rest = pages_ - checkpointer_.written_back(log_);
  if (rest > options_.log_pages_at_most / 32 && rounds_ < most_rounds && !too_many) {
    ++rounds_;
    checkpointer_.start(log_);
    return;
  }
  begin_anew();
}

void WriteAheadLog::begin_anew() {
  db_.set_busy_timeout(wait_for_readers_ms);
  const int done = sqlite3_wal_checkpoint_v2(db_.handle(), nullptr, SQLITE_CHECKPOINT_RESTART, nullptr, nullptr);
  db_.set_busy_timeout(static_cast<int>(options_.busy_timeout.count()));
  if (done == SQLITE_OK) {
    pages_ = 0;
    begun_anew();
  } else {
    patience_ = std::clamp(2 * patience_, options_.log_pages_at_most / 16, options_.log_pages_at_most);
    bound_ = pages_ + patience_;
    rounds_ = 0;
  }
}

void WriteAheadLog::begun_anew() {
  ++log_;
  bound_ = options_.log_pages_at_most;
  rounds_ = 0;
  patience_ = 0;
}

Result<void> WriteAheadLog::truncate() {
  checkpointer_.wait();
  if (sqlite3_wal_checkpoint_v2(db_.handle(), nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr) != SQLITE_OK) {
    return db_.error("cannot write back the log of");
  }
  pages_ = 0;
  begun_anew();
  return {};
}

}  // namespace scrip::sqlite
