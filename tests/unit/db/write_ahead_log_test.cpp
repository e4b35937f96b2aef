#include <array>
#include <atomic>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <thread>

#include "log_size.h"
#include "raw_database.h"
#include "samples.h"
#include "test_folder.h"

using namespace scrip;

namespace {

// The log's own count, from its header: see "WAL File Format" in SQLite's documentation.
int times_begun_anew(const std::string& path) {
  std::ifstream log(path + "-wal", std::ios::binary);
  std::array<char, 16> header{};
  log.read(header.data(), header.size());
  int count = 0;
  for (std::size_t i = 12; i < 16; ++i) count = count << 8 | static_cast<unsigned char>(header[i]);
  return count;
}

// Writes some ten pages.
void write_batch(Store& store, int number) {
  Changes changes;
  for (int i = 0; i < 20; ++i) {
    const std::string key = std::to_string(number) + "-" + std::to_string(i);
    changes.idempotency.push_back({.key = {"shop", key}, .status = 201, .body = std::string(2'000, 'b')});
  }
  store_changes(store, changes);
}

}  // namespace

TEST_CASE("the log keeps its bound under load that never pauses") {
  const TestFolder folder;
  const std::string path = folder.file("a.db");
  SqliteOptions options;
  options.log_pages_at_most = 200;
  const auto store = open_shop(path, options);
  std::uintmax_t largest = 0;
  for (int i = 0; i < 100; ++i) {
    write_batch(*store, i);
    largest = std::max(largest, log_size(path));
  }
  CHECK(largest > 190 * log_frame);
  CHECK(largest < 350 * log_frame);  // beyond half as much again a batch waits
  CHECK(times_begun_anew(path) > 0);
}

TEST_CASE("batches go on while the log is written back, and lose nothing by it") {
  const TestFolder folder;
  const std::string path = folder.file("a.db");
  SqliteOptions options;
  options.log_pages_at_most = 64;
  options.log_pages_when_idle = 20;
  constexpr int batches = 400;
  {
    const auto store = open_shop(path, options);
    for (int i = 0; i < batches; ++i) {
      write_batch(*store, i);
      if (i % 3 == 0) store->idle();
    }
    CHECK(times_begun_anew(path) > 5);
  }
  const auto store = open_store(path);
  for (int i = 0; i < batches; ++i) {
    const IdempotencyKey key{"shop", std::to_string(i) + "-19"};
    CHECK(load_once(*store, {.idempotency = {key}}).idempotency.at(key));
  }
  RawDatabase raw(path);
  CHECK(raw.text("PRAGMA integrity_check") == "ok");
}

TEST_CASE("reading that never pauses does not make the log grow without end") {
  const TestFolder folder;
  const std::string path = folder.file("a.db");
  SqliteOptions options;
  options.log_pages_at_most = 200;
  const auto store = open_shop(path, options);
  std::atomic<bool> done = false;
  std::thread reading([&] {
    const auto reader = store->reader();
    while (reader && !done) static_cast<void>((*reader)->tallies());
  });
  std::uintmax_t largest = 0;
  for (int i = 0; i < 300; ++i) {
    write_batch(*store, i);
    largest = std::max(largest, log_size(path));
  }
  done = true;
  reading.join();
  // All that was written is some 4,000 pages. How long the reader is kept from the processor in the
  // middle of a call is not for this test to say, so there is room for it.
  CHECK(largest < 2'000 * log_frame);
}

TEST_CASE("a snapshot that is held makes the log grow beyond its bound, until it is let go") {
  const TestFolder folder;
  const std::string path = folder.file("a.db");
  SqliteOptions options;
  options.log_pages_at_most = 100;
  const auto store = open_shop(path, options);
  {
    RawDatabase raw(path);
    raw.execute("BEGIN");
    CHECK(raw.integer("SELECT count(*) FROM idempotency") == 0);
    for (int i = 0; i < 40; ++i) write_batch(*store, i);
    CHECK(log_size(path) > 300 * log_frame);
    CHECK(raw.integer("SELECT count(*) FROM idempotency") == 0);
    raw.execute("COMMIT");
  }
  for (int i = 40; i < 60; ++i) write_batch(*store, i);
  CHECK(log_size(path) < 350 * log_frame);
}

TEST_CASE("a store that has nothing to do writes a large log back, so that it is used again from its start") {
  const TestFolder folder;
  const std::string path = folder.file("a.db");
  SqliteOptions options;
  options.log_pages_when_idle = 50;
  const auto store = open_shop(path, options);
  // When the other thread has come to it is not for this test to say.
  int batches = 0;
  while (times_begun_anew(path) == 0 && batches < 1'000) {
    write_batch(*store, batches++);
    store->idle();
  }
  CHECK(times_begun_anew(path) == 1);
  CHECK(batches > 3);
}

TEST_CASE("a checkpoint empties the log, and the database file alone holds everything") {
  const TestFolder folder;
  const std::string path = folder.file("a.db");
  const auto store = open_shop(path);
  write_batch(*store, 0);
  CHECK(log_size(path) > 0);
  require_ok(store->checkpoint());
  CHECK(log_size(path) == 0);
  std::filesystem::copy_file(path, folder.file("copy.db"));
  const auto copy = open_store(folder.file("copy.db"));
  CHECK(load_once(*copy, {.idempotency = {{"shop", "0-0"}}}).idempotency.at({"shop", "0-0"}));
}
