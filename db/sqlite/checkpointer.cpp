#include "db/sqlite/checkpointer.h"

#include <utility>

namespace scrip::sqlite {

Checkpointer::Checkpointer(std::string path) : path_(std::move(path)), thread_([this] { run(); }) {}

Checkpointer::~Checkpointer() {
  {
    const std::lock_guard lock(mutex_);
    ends_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void Checkpointer::start(int log) {
  {
    const std::lock_guard lock(mutex_);
    if (running_) return;
    if (log_ != log) written_back_ = 0;
    log_ = log;
    running_ = true;
  }
  changed_.notify_all();
}

bool Checkpointer::running() const {
  const std::lock_guard lock(mutex_);
  return running_;
}

void Checkpointer::wait() const {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return !running_; });
}

int Checkpointer::written_back(int log) const {
  const std::lock_guard lock(mutex_);
  return log_ == log ? written_back_ : 0;
}

void Checkpointer::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [&] { return running_ || ends_; });
    if (!running_) return;
    lock.unlock();
    const int pages = write_back();
    lock.lock();
    if (pages > 0) written_back_ = pages;
    running_ = false;
    changed_.notify_all();
  }
}

// A checkpoint that fails loses nothing, the log keeps what it holds; whether the disk works is for
// the next commit to say.
int Checkpointer::write_back() {
  if (!db_) {
    auto opened = Connection::open(path_, Connection::Access::read_write);
    if (!opened) return 0;
    if (auto set = (*opened)->execute("PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0;"); !set) return 0;
    // Reads the schema: without it the connection does not know yet that there is a log.
    if (auto read = (*opened)->integer("SELECT count(*) FROM sqlite_schema"); !read) return 0;
    db_ = std::move(*opened);
  }
  int written_back = -1;
  sqlite3_wal_checkpoint_v2(db_->handle(), nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, &written_back);
  return written_back;
}

}  // namespace scrip::sqlite
