#include "db/sqlite/log_file.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <new>
#include <utility>

namespace scrip::sqlite {
namespace {

constexpr std::size_t most_gathered = 1 << 20;  // bytes
// SQLite's own VFS takes less than 128 KiB in one call.
constexpr std::size_t most_written = 31 * 4096;
constexpr sqlite3_int64 step = 1 << 20;
constexpr std::size_t most_spare = 3;  // one is written, one is being made durable, one waits for that

}  // namespace

int LogFile::write(const Piece& piece) {
  for (std::size_t from = 0; from < piece.bytes.size(); from += most_written) {
    const auto size = static_cast<int>(std::min(most_written, piece.bytes.size() - from));
    const auto where = piece.at + static_cast<sqlite3_int64>(from);
    const int written = real()->pMethods->xWrite(real(), piece.bytes.data() + from, size, where);
    if (written != SQLITE_OK) return written;
  }
  return SQLITE_OK;
}

int LogFile::write_out() {
  if (gathered_.bytes.empty()) return SQLITE_OK;
  if (gathered_.at == 0) {
    // The log begins anew: what it held before is in the database, durably.
    const std::lock_guard lock(syncing_);
    forget_unsynced();
  }
  int written = make_room();
  if (written == SQLITE_OK) written = write(gathered_);
  if (written == SQLITE_OK && put_off_) keep_gathered();
  gathered_.bytes.clear();
  return written;
}

// Where a file grows, each fsync has the file system store its new length as well, which doubles what it takes.
// So it grows in large steps, of zeros, which are no page to SQLite.
int LogFile::make_room() {
  if (end() <= size_) return SQLITE_OK;
  if (const int found = real()->pMethods->xFileSize(real(), &size_); found != SQLITE_OK) return found;
  if (end() <= size_) return SQLITE_OK;
  const sqlite3_int64 larger = (end() / step + 1) * step;
  const std::vector<char> zeros(most_written);
  for (sqlite3_int64 at = end(); at < larger;) {
    const auto count = static_cast<int>(std::min(static_cast<sqlite3_int64>(zeros.size()), larger - at));
    if (real()->pMethods->xWrite(real(), zeros.data(), count, at) != SQLITE_OK) return SQLITE_OK;
    at += count;
  }
  size_ = larger;
  return SQLITE_OK;
}

int LogFile::write(const void* from, int size, sqlite3_int64 where) {
  const bool within = where >= gathered_.at && where <= end() && gathered_.bytes.size() < most_gathered;
  if (!within) {
    if (const int written = write_out(); written != SQLITE_OK) return written;
  }
  if (gathered_.bytes.empty()) gathered_.at = where;
  // SQLite writes again over a page that a transaction changes twice.
  const auto place = static_cast<std::size_t>(where - gathered_.at);
  const auto bytes = static_cast<std::size_t>(size);
  try {
    if (place == gathered_.bytes.size()) {
      const auto* const first = static_cast<const char*>(from);
      gathered_.bytes.insert(gathered_.bytes.end(), first, first + bytes);
      return SQLITE_OK;
    }
    if (gathered_.bytes.size() < place + bytes) gathered_.bytes.resize(place + bytes);
  } catch (const std::bad_alloc&) {
    return SQLITE_IOERR_NOMEM;
  }
  std::memcpy(gathered_.bytes.data() + place, from, bytes);
  return SQLITE_OK;
}

int LogFile::truncate(sqlite3_int64 size) {
  if (const int written = write_out(); written != SQLITE_OK) return written;
  size_ = 0;
  return real()->pMethods->xTruncate(real(), size);
}

int LogFile::sync(int flags) {
  // The header of a log that begins anew has to be there before anything behind it.
  const bool anew = !gathered_.bytes.empty() && gathered_.at == 0;
  if (const int written = write_out(); written != SQLITE_OK) return written;
  if (put_off_ && !anew) return SQLITE_OK;
  return really_sync(flags);
}

int LogFile::really_sync(int flags) {
  const std::lock_guard lock(syncing_);
  if (failed()) return SQLITE_IOERR_FSYNC;
  const int synced = real()->pMethods->xSync(real(), flags);
  if (synced == SQLITE_OK) {
    forget_unsynced();
  } else if (has_unsynced()) {
    const std::lock_guard guard(mutex_);
    failed_ = true;
  }
  return synced;
}

bool LogFile::has_unsynced() const {
  const std::lock_guard lock(mutex_);
  return !unsynced_.empty();
}

bool LogFile::failed() const {
  const std::lock_guard lock(mutex_);
  return failed_;
}

int LogFile::flush() {
  const std::lock_guard lock(syncing_);
  std::size_t pieces = 0;
  {
    const std::lock_guard guard(mutex_);
    if (failed_) return SQLITE_IOERR_FSYNC;
    pieces = unsynced_.size();
  }
  if (pieces == 0) return SQLITE_OK;
  const int synced = real()->pMethods->xSync(real(), SQLITE_SYNC_NORMAL);
  const std::lock_guard guard(mutex_);
  if (synced == SQLITE_OK) {
    drop_unsynced(pieces);
  } else {
    failed_ = true;
  }
  return synced;
}

// Another process may have begun the log anew, once all of it was in the database. The header and each page
// bear the log's number then (https://www.sqlite.org/fileformat2.html#the_write_ahead_log).
int LogFile::find_same_log(bool& same) {
  constexpr std::size_t number_size = 8;
  constexpr std::size_t number_in_header = 16;
  constexpr std::size_t number_in_page = 8;
  constexpr std::size_t page_header = 24;
  constexpr std::size_t page_size_in_header = 8;
  constexpr std::size_t log_header = 32;
  std::array<char, log_header> header{};
  const int read = real()->pMethods->xRead(real(), header.data(), static_cast<int>(header.size()), 0);
  if (read != SQLITE_OK) {
    same = false;
    return read == SQLITE_IOERR_SHORT_READ ? SQLITE_OK : read;
  }
  std::size_t page_size = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    page_size = page_size << 8 | static_cast<unsigned char>(header[page_size_in_header + i]);
  }
  const std::size_t step = page_header + page_size;
  same = true;
  for (const Piece& piece : unsynced_) {
    const std::size_t into = (static_cast<std::size_t>(piece.at) - log_header) % step;
    const std::size_t number = (step - into) % step + number_in_page;
    if (number + number_size > piece.bytes.size()) continue;  // it has no page's beginning
    same = std::memcmp(header.data() + number_in_header, piece.bytes.data() + number, number_size) == 0;
    break;
  }
  return SQLITE_OK;
}

int LogFile::write_again() {
  const std::lock_guard lock(syncing_);
  if (!failed()) return SQLITE_OK;
  // Only this thread adds to them, and only who has syncing_ takes away.
  bool same = false;
  int done = find_same_log(same);
  for (std::size_t i = 0; same && done == SQLITE_OK && i < unsynced_.size(); ++i) done = write(unsynced_[i]);
  if (same && done == SQLITE_OK) done = real()->pMethods->xSync(real(), SQLITE_SYNC_NORMAL);
  if (done == SQLITE_OK) forget_unsynced();
  return done;
}

void LogFile::keep_gathered() {
  const std::lock_guard lock(mutex_);
  unsynced_.push_back(std::move(gathered_));
  gathered_.bytes.clear();
  if (spare_.empty()) return;
  gathered_.bytes.swap(spare_.back());
  spare_.pop_back();
}

// With mutex_ held.
void LogFile::drop_unsynced(std::size_t pieces) {
  const auto end = unsynced_.begin() + static_cast<std::ptrdiff_t>(pieces);
  for (auto piece = unsynced_.begin(); piece != end && spare_.size() < most_spare; ++piece) {
    piece->bytes.clear();
    spare_.push_back(std::move(piece->bytes));
  }
  unsynced_.erase(unsynced_.begin(), end);
}

// With syncing_ held.
void LogFile::forget_unsynced() {
  const std::lock_guard lock(mutex_);
  drop_unsynced(unsynced_.size());
  failed_ = false;
}

}  // namespace scrip::sqlite
