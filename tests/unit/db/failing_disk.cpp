#include "failing_disk.h"

#include <new>

namespace scrip {

// SQLite allocates szOsFile bytes for it; the real file lies behind it in the same allocation.
struct FailingDisk::File {
  sqlite3_file base;
  FailingDisk* disk;

  static File& of(sqlite3_file* file) { return *reinterpret_cast<File*>(file); }
  static sqlite3_file* real(sqlite3_file* file) { return reinterpret_cast<sqlite3_file*>(&of(file) + 1); }
};

FailingDisk::FailingDisk() : real_(sqlite3_vfs_find(nullptr)), vfs_(*real_) {
  vfs_.szOsFile += static_cast<int>(sizeof(File));
  vfs_.zName = "failing";
  vfs_.pNext = nullptr;
  // The other functions are the real VFS's, which finds its own data in pAppData.
  vfs_.xOpen = &FailingDisk::open;
  sqlite3_vfs_register(&vfs_, 1);
}

FailingDisk::~FailingDisk() {
  sqlite3_vfs_unregister(&vfs_);
  sqlite3_vfs_register(real_, 1);
}

void FailingDisk::fail_from(int nth, int sqlite_code) {
  failed_ = false;
  code_ = sqlite_code;
  remaining_ = nth;
}

int FailingDisk::next() {
  if (remaining_ == never || --remaining_ > 0) return SQLITE_OK;
  remaining_ = 0;
  failed_ = true;
  return code_;
}

int FailingDisk::open(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* out_flags) {
  auto* disk = reinterpret_cast<FailingDisk*>(reinterpret_cast<char*>(vfs) - offsetof(FailingDisk, vfs_));
  auto* made = new (file) File{};
  made->disk = disk;
  const int opened = disk->real_->xOpen(disk->real_, name, File::real(file), flags, out_flags);
  if (File::real(file)->pMethods != nullptr) made->base.pMethods = methods();
  return opened;
}

const sqlite3_io_methods* FailingDisk::methods() {
  static const sqlite3_io_methods all{
      .iVersion = 2,  // no memory mapping
      .xClose = [](sqlite3_file* f) { return File::real(f)->pMethods->xClose(File::real(f)); },
      .xRead = [](sqlite3_file* f, void* to, int size,
                  sqlite3_int64 at) { return File::real(f)->pMethods->xRead(File::real(f), to, size, at); },
      .xWrite =
          [](sqlite3_file* f, const void* from, int size, sqlite3_int64 at) {
            const int fault = File::of(f).disk->next();
            const int written =
                File::real(f)->pMethods->xWrite(File::real(f), from, fault == SQLITE_OK ? size : size / 2, at);
            return fault == SQLITE_OK ? written : fault;
          },
      .xTruncate =
          [](sqlite3_file* f, sqlite3_int64 size) {
            const int fault = File::of(f).disk->next();
            return fault == SQLITE_OK ? File::real(f)->pMethods->xTruncate(File::real(f), size) : fault;
          },
      .xSync =
          [](sqlite3_file* f, int flags) {
            const int fault = File::of(f).disk->next();
            return fault == SQLITE_OK ? File::real(f)->pMethods->xSync(File::real(f), flags) : fault;
          },
      .xFileSize = [](sqlite3_file* f,
                      sqlite3_int64* size) { return File::real(f)->pMethods->xFileSize(File::real(f), size); },
      .xLock = [](sqlite3_file* f, int lock) { return File::real(f)->pMethods->xLock(File::real(f), lock); },
      .xUnlock = [](sqlite3_file* f, int lock) { return File::real(f)->pMethods->xUnlock(File::real(f), lock); },
      .xCheckReservedLock = [](sqlite3_file* f,
                               int* held) { return File::real(f)->pMethods->xCheckReservedLock(File::real(f), held); },
      .xFileControl = [](sqlite3_file* f, int operation,
                         void* data) { return File::real(f)->pMethods->xFileControl(File::real(f), operation, data); },
      .xSectorSize = [](sqlite3_file* f) { return File::real(f)->pMethods->xSectorSize(File::real(f)); },
      .xDeviceCharacteristics =
          [](sqlite3_file* f) { return File::real(f)->pMethods->xDeviceCharacteristics(File::real(f)); },
      .xShmMap =
          [](sqlite3_file* f, int page, int size, int extend, void volatile** at) {
            return File::real(f)->pMethods->xShmMap(File::real(f), page, size, extend, at);
          },
      .xShmLock = [](sqlite3_file* f, int offset, int count,
                     int flags) { return File::real(f)->pMethods->xShmLock(File::real(f), offset, count, flags); },
      .xShmBarrier = [](sqlite3_file* f) { File::real(f)->pMethods->xShmBarrier(File::real(f)); },
      .xShmUnmap = [](sqlite3_file* f,
                      int remove) { return File::real(f)->pMethods->xShmUnmap(File::real(f), remove); },
      .xFetch = nullptr,
      .xUnfetch = nullptr,
  };
  return &all;
}

}  // namespace scrip
