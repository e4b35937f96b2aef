#include <signal.h>
#include <sys/resource.h>

#include <catch2/catch.hpp>

#include "failing_disk.h"
#include "large_batches.h"
#include "log_size.h"
#include "test_folder.h"

using namespace scrip;

namespace {

// The size that files of this process may grow to, for a while. The signal has to be ignored for
// writes to fail instead.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) {
    before_ = ::signal(SIGXFSZ, SIG_IGN);
    ::getrlimit(RLIMIT_FSIZE, &limit_);
    rlimit lower = limit_;
    lower.rlim_cur = bytes;
    REQUIRE(::setrlimit(RLIMIT_FSIZE, &lower) == 0);
  }
  ~FileSizeLimit() {
    ::setrlimit(RLIMIT_FSIZE, &limit_);
    ::signal(SIGXFSZ, before_);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;

 private:
  rlimit limit_{};
  sighandler_t before_;
};

}  // namespace

TEST_CASE("wherever a commit meets a failing disk, nothing of it is stored and the next one works") {
  struct Kind {
    const char* name;
    int code;
  };
  for (const Kind& kind :
       {Kind{"full", SQLITE_FULL}, {"write error", SQLITE_IOERR_WRITE}, {"fsync error", SQLITE_IOERR_FSYNC}}) {
    int failures = 0;
    for (int nth = 1;; ++nth) {
      CAPTURE(kind.name, nth);
      const TestFolder folder;
      FailingDisk disk;
      {
        const auto store = open_shop(folder.file("a.db"));
        store_changes(*store, batch_of(0, 20));

        require_ok(store->begin());
        disk.fail_from(nth, kind.code);
        const auto committed = store->commit(batch_of(20, 40));
        if (!disk.failed()) {
          CHECK(committed);
          CHECK(failures >= 2);  // a commit is a write and an fsync
          break;
        }
        ++failures;
        REQUIRE_FALSE(committed);
        CHECK(committed.error().code == Code::storage_unavailable);
        CHECK(committed.error().retry_after_s > 0);
        check_holds(*store, 20);
        // Still broken: the next batch fails too, and harms nothing.
        if (store->begin()) CHECK_FALSE(store->commit(batch_of(20, 40)));
        check_holds(*store, 20);

        disk.heal();
        store_changes(*store, batch_of(20, 50));
        check_holds(*store, 70);
        check_consistent(*store);
      }
      const auto store = open_store(folder.file("a.db"));
      check_holds(*store, 70);
    }
  }
}

TEST_CASE("a checkpoint on a failing disk loses nothing") {
  for (int nth = 1;; ++nth) {
    CAPTURE(nth);
    const TestFolder folder;
    FailingDisk disk;
    SqliteOptions options;
    options.log_pages_when_idle = 1;
    options.log_pages_at_most = 2;
    bool failed = false;
    {
      const auto store = open_shop(folder.file("a.db"), options);
      store_changes(*store, batch_of(0, 20));
      disk.fail_from(nth, SQLITE_FULL);
      store->idle();
      const auto written_back = store->checkpoint();
      failed = disk.failed();
      CHECK(written_back.ok() != failed);
      if (failed) CHECK(written_back.error().code == Code::storage_unavailable);
      disk.heal();
      check_holds(*store, 20);
      store_changes(*store, batch_of(20, 20));
      require_ok(store->checkpoint());
    }
    const auto store = open_store(folder.file("a.db"));
    check_holds(*store, 40);
    check_consistent(*store);
    if (!failed) break;
  }
}

TEST_CASE("a commit that finds no room is refused as unavailable, and works when there is room again") {
  const TestFolder folder;
  const std::string path = folder.file("a.db");
  const auto store = open_shop(path);
  store_changes(*store, batch_of(0, 20));
  {
    const FileSizeLimit full(log_size(path) + 6'000);
    for (int attempt = 0; attempt < 3; ++attempt) {
      require_ok(store->begin());
      const auto committed = store->commit(batch_of(20, 40));
      REQUIRE_FALSE(committed);
      CHECK(committed.error().code == Code::storage_unavailable);
      CHECK(committed.error().message.find(path) != std::string::npos);
      CHECK(committed.error().message.find("disk I/O error") != std::string::npos);
      check_holds(*store, 20);
    }
  }
  store_changes(*store, batch_of(20, 40));
  check_holds(*store, 60);
  check_consistent(*store);
}
