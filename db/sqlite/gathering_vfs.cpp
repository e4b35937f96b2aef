#include "db/sqlite/gathering_vfs.h"

#include <sqlite3.h>

#include <map>
#include <memory>
#include <mutex>
#include <new>
#include <string>

#include "db/sqlite/log_file.h"

namespace scrip::sqlite {
namespace {

struct Vfs {
  sqlite3_vfs base{};
  sqlite3_vfs* real = nullptr;
  std::string name;
};

// Writes out what was gathered, then does the real thing.
template <class Do>
int after_writing(sqlite3_file* file, const Do& what) {
  LogFile& log = LogFile::of(file);
  if (const int written = log.write_out(); written != SQLITE_OK) return written;
  return what(log.real());
}

const sqlite3_io_methods log_methods{
    .iVersion = 1,  // neither shared memory, which is the database file's, nor a mapping
    .xClose =
        [](sqlite3_file* file) {
          LogFile& log = LogFile::of(file);
          log.write_out();
          const int closed = log.real()->pMethods->xClose(log.real());
          log.~LogFile();
          return closed;
        },
    .xRead =
        [](sqlite3_file* file, void* to, int size, sqlite3_int64 at) {
          return after_writing(file, [&](sqlite3_file* real) { return real->pMethods->xRead(real, to, size, at); });
        },
    .xWrite = [](sqlite3_file* file, const void* from, int size,
                 sqlite3_int64 at) { return LogFile::of(file).write(from, size, at); },
    .xTruncate = [](sqlite3_file* file, sqlite3_int64 size) { return LogFile::of(file).truncate(size); },
    .xSync = [](sqlite3_file* file, int flags) { return LogFile::of(file).sync(flags); },
    .xFileSize =
        [](sqlite3_file* file, sqlite3_int64* size) {
          return after_writing(file, [&](sqlite3_file* real) { return real->pMethods->xFileSize(real, size); });
        },
    .xLock =
        [](sqlite3_file* file, int level) {
          sqlite3_file* const real = LogFile::of(file).real();
          return real->pMethods->xLock(real, level);
        },
    .xUnlock =
        [](sqlite3_file* file, int level) {
          sqlite3_file* const real = LogFile::of(file).real();
          return real->pMethods->xUnlock(real, level);
        },
    .xCheckReservedLock =
        [](sqlite3_file* file, int* locked) {
          sqlite3_file* const real = LogFile::of(file).real();
          return real->pMethods->xCheckReservedLock(real, locked);
        },
    .xFileControl =
        [](sqlite3_file* file, int operation, void* argument) {
          sqlite3_file* const real = LogFile::of(file).real();
          return real->pMethods->xFileControl(real, operation, argument);
        },
    .xSectorSize =
        [](sqlite3_file* file) {
          sqlite3_file* const real = LogFile::of(file).real();
          return real->pMethods->xSectorSize(real);
        },
    .xDeviceCharacteristics =
        [](sqlite3_file* file) {
          sqlite3_file* const real = LogFile::of(file).real();
          return real->pMethods->xDeviceCharacteristics(real);
        },
    .xShmMap = nullptr,
    .xShmLock = nullptr,
    .xShmBarrier = nullptr,
    .xShmUnmap = nullptr,
    .xFetch = nullptr,
    .xUnfetch = nullptr,
};

// Every file but a log is the real VFS's own.
int open(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* out_flags) {
  sqlite3_vfs* const real = reinterpret_cast<Vfs*>(vfs)->real;
  if ((flags & SQLITE_OPEN_WAL) == 0) return real->xOpen(real, name, file, flags, out_flags);
  auto* const log = new (file) LogFile();
  const int opened = real->xOpen(real, name, log->real(), flags, out_flags);
  if (log->real()->pMethods != nullptr) {
    log->set_methods(&log_methods);
  } else {
    log->~LogFile();
  }
  return opened;
}

std::unique_ptr<Vfs> make(sqlite3_vfs* real) {
  auto vfs = std::make_unique<Vfs>();
  vfs->real = real;
  vfs->name = std::string("gathering-") + real->zName;
  // The other functions are the real VFS's, which finds its own data in pAppData.
  vfs->base = *real;
  vfs->base.szOsFile += static_cast<int>(sizeof(LogFile));
  vfs->base.zName = vfs->name.c_str();
  vfs->base.pNext = nullptr;
  vfs->base.xOpen = &open;
  return vfs;
}

}  // namespace

LogFile* log_file(sqlite3* db) {
  sqlite3_file* file = nullptr;
  const int found = sqlite3_file_control(db, "main", SQLITE_FCNTL_JOURNAL_POINTER, static_cast<void*>(&file));
  return found == SQLITE_OK && file != nullptr && file->pMethods == &log_methods ? &LogFile::of(file) : nullptr;
}

const char* gathering_vfs() {
  // They are never taken back, as connections use them until they are closed.
  static std::mutex mutex;
  static auto& made = *new std::map<std::string, std::unique_ptr<Vfs>>();
  const std::lock_guard lock(mutex);
  sqlite3_vfs* const real = sqlite3_vfs_find(nullptr);
  std::unique_ptr<Vfs>& vfs = made[real->zName];
  if (vfs && vfs->real == real) return vfs->name.c_str();
  if (vfs) sqlite3_vfs_unregister(&vfs->base);
  vfs = make(real);
  sqlite3_vfs_register(&vfs->base, 0);
  return vfs->name.c_str();
}

}  // namespace scrip::sqlite
