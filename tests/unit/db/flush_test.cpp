// Batches whose fsync comes after them: Store::write and Store::flush.

#include <atomic>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <future>
#include <thread>

#include "failing_disk.h"
#include "large_batches.h"
#include "log_size.h"
#include "test_folder.h"

using namespace scrip;

namespace {

Result<Store::Durable> try_to_write(Store& store, const Changes& changes) {
  if (auto begun = store.begin(); !begun) return begun.error();
  return store.write(changes);
}

// Of a batch that does not begin the log, which is made durable at once.
void write_batch(Store& store, std::int64_t first, std::int64_t count) {
  REQUIRE(value_of(try_to_write(store, batch_of(first, count))) == Store::Durable::after_flush);
}

// What a power failure leaves: the files as they are on the disk now.
std::string copy_to(const TestFolder& folder, const std::string& path) {
  const std::string copy = folder.file("copy.db");
  std::filesystem::copy_file(path, copy, std::filesystem::copy_options::overwrite_existing);
  std::filesystem::copy_file(path + "-wal", copy + "-wal", std::filesystem::copy_options::overwrite_existing);
  return copy;
}

// Takes away what was written to the log behind `from`, as a kernel may that could not write its pages.
void lose_log_behind(const std::string& path, std::uintmax_t from) {
  const std::uintmax_t to = log_size(path);
  REQUIRE(to > from);
  std::fstream log(path + "-wal", std::ios::binary | std::ios::in | std::ios::out);
  log.seekp(static_cast<std::streamoff>(from));
  log << std::string(to - from, '\0');
}

}  // namespace

TEST_CASE("batches that are written and flushed are there after a power failure, several with one flush") {
  const TestFolder folder;
  const std::string path = folder.file("a.db");
  const auto store = open_shop(path);
  write_batch(*store, 0, 20);
  write_batch(*store, 20, 20);
  require_ok(store->flush());
  const auto after = open_store(copy_to(folder, path));
  check_holds(*after, 40);
  check_consistent(*after);
}

TEST_CASE("wherever a write meets a failing disk, nothing of it is stored and the next one works") {
  for (const int code : {SQLITE_FULL, SQLITE_IOERR_WRITE}) {
    const TestFolder folder;
    FailingDisk disk;
    const auto store = open_shop(folder.file("a.db"));
    write_batch(*store, 0, 20);
    require_ok(store->begin());
    disk.fail_from(1, code);
    const auto written = store->write(batch_of(20, 40));
    REQUIRE_FALSE(written);
    CHECK(written.error().code == Code::storage_unavailable);
    disk.heal();
    require_ok(store->flush());
    check_holds(*store, 20);
    write_batch(*store, 20, 50);
    require_ok(store->flush());
    check_holds(*store, 70);
    check_consistent(*store);
  }
}

TEST_CASE("after a flush that failed none succeeds until what was written is surely on the disk") {
  const TestFolder folder;
  FailingDisk disk;
  const std::string path = folder.file("a.db");
  const auto store = open_shop(path);
  store_changes(*store, batch_of(0, 20));
  const auto durable = log_size(path);
  write_batch(*store, 20, 20);
  disk.fail_from(1, SQLITE_IOERR_FSYNC);
  const auto failed = store->flush();
  REQUIRE_FALSE(failed);
  CHECK(failed.error().code == Code::storage_unavailable);
  CHECK(failed.error().message.find(path) != std::string::npos);
  CHECK(failed.error().retry_after_s > 0);
  CHECK_FALSE(store->begin());
  disk.heal();
  // The disk works again, but an fsync would say nothing about what it could not write before.
  CHECK_FALSE(store->flush());
  lose_log_behind(path, durable);
  write_batch(*store, 40, 10);
  require_ok(store->flush());
  check_holds(*store, 50);
  check_consistent(*store);
  const auto after = open_store(copy_to(folder, path));
  check_holds(*after, 50);
  check_consistent(*after);
}

TEST_CASE("a log that was begun anew since a flush failed is not written over") {
  const TestFolder folder;
  FailingDisk disk;
  const std::string path = folder.file("a.db");
  const auto store = open_shop(path);
  write_batch(*store, 0, 20);
  disk.fail_from(1, SQLITE_IOERR_FSYNC);
  CHECK_FALSE(store->flush());
  disk.heal();
  {
    // Another process: writes everything back, and begins the log anew with a batch of its own.
    const auto other = open_store(path);
    require_ok(other->checkpoint());
    store_changes(*other, batch_of(20, 20));
  }
  write_batch(*store, 40, 20);
  require_ok(store->flush());
  check_holds(*store, 60);
  check_consistent(*store);
  const auto after = open_store(copy_to(folder, path));
  check_holds(*after, 60);
  check_consistent(*after);
}

TEST_CASE("batches are flushed beside others that are written while the log begins anew again and again") {
  const TestFolder folder;
  const std::string path = folder.file("a.db");
  SqliteOptions options;
  options.log_pages_at_most = 64;
  constexpr std::int64_t batches = 100;
  {
    const auto store = open_shop(path, options);
    std::atomic<bool> done = false;
    std::atomic<int> failures = 0;
    std::thread flushing([&] {
      while (!done) failures += store->flush() ? 0 : 1;
    });
    for (std::int64_t i = 0; i < batches; ++i) static_cast<void>(value_of(try_to_write(*store, batch_of(i * 5, 5))));
    done = true;
    flushing.join();
    CHECK(failures == 0);
    require_ok(store->flush());
    check_consistent(*store);
  }
  check_holds(*open_store(path), batches * 5);
}

TEST_CASE("who reads a batch is done when it is durable, not before") {
  const TestFolder folder;
  const auto store = open_shop(folder.file("a.db"));
  write_batch(*store, 0, 20);
  std::atomic<bool> flushing = false;
  std::promise<std::int64_t> seen;
  bool done_before = false;
  std::thread reading([&] {
    {
      const auto reader = reader_of(*store);
      seen.set_value(value_of(reader->tally(1)).issued);
    }
    done_before = !flushing;
  });
  CHECK(seen.get_future().get() == 20);
  flushing = true;
  require_ok(store->flush());
  reading.join();
  CHECK_FALSE(done_before);
}

TEST_CASE("readers do not wait for a batch that could not be written, nor for a disk that has failed") {
  const TestFolder folder;
  FailingDisk disk;
  const auto store = open_shop(folder.file("a.db"));
  store_changes(*store, batch_of(0, 20));
  require_ok(store->begin());
  disk.fail_from(1, SQLITE_FULL);
  CHECK_FALSE(store->write(batch_of(20, 20)));
  CHECK(value_of(reader_of(*store)->tally(1)).issued == 20);
  disk.heal();
  write_batch(*store, 20, 20);
  disk.fail_from(1, SQLITE_IOERR_FSYNC);
  CHECK_FALSE(store->flush());
  CHECK(value_of(reader_of(*store)->tally(1)).issued == 40);
}
