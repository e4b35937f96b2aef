#include <atomic>
#include <catch2/catch.hpp>
#include <mutex>
#include <thread>
#include <vector>

#include "engines.h"

using namespace scrip;

TEMPLATE_TEST_CASE("readers see whole batches and nothing else while the ledger writes", "", Sqlite, Postgres) {
  const TestType engine;
  const auto store = open_shop(engine);
  std::atomic<bool> done = false;
  std::mutex mutex;
  std::vector<std::string> wrong;
  const auto expect = [&](bool right, const std::string& what) {
    if (right) return;
    const std::lock_guard lock(mutex);
    wrong.push_back(what);
  };
  const auto read = [&] {
    std::int64_t before = 0;
    do {
      const auto reader = store->reader();
      if (!reader) {
        expect(false, reader.error().message);
        return;
      }
      const auto list = (*reader)->coupons_of("mina", std::nullopt, 10'000);
      const auto tallies = (*reader)->tallies();
      const auto holding = (*reader)->holding({1, "mina", std::nullopt});
      if (!list || !tallies || !holding) {
        expect(false, "a read failed");
        return;
      }
      // Three coupons a batch, one of another campaign; each call sees the same state or a later one.
      const auto listed = static_cast<std::int64_t>(list->size());
      expect(listed % 3 == 0, "half a batch was listed");
      expect(listed >= before, "a batch went away");
      before = listed;
      std::int64_t issued = 0;
      for (const auto& tally : *tallies) issued += tally.second.issued;
      expect(issued % 3 == 0 && issued >= listed, "the tallies are of no batch");
      expect(holding->issued % 2 == 0 && 3 * holding->issued >= 2 * issued, "the holding is of no batch");
    } while (!done);
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) threads.emplace_back(read);
  for (std::int64_t batch = 0; batch < 200; ++batch) {
    Changes changes;
    issue_next(changes, issued_coupon(1, 2 * batch, "mina"));
    issue_next(changes, issued_coupon(1, 2 * batch + 1, "mina"));
    issue_next(changes, issued_coupon(2, batch, "mina"));
    store_changes(*store, changes);
    store->idle();
  }
  done = true;
  for (std::thread& thread : threads) thread.join();
  CHECK(wrong == std::vector<std::string>());
  CHECK(value_of(reader_of(*store)->coupons_of("mina", std::nullopt, 10'000)).size() == 600);
}

TEST_CASE("more readers than the pool keeps work at the same time") {
  const TestFolder folder;
  SqliteOptions options;
  options.idle_readers = 2;
  const auto store = open_shop(folder.file("a.db"), options);
  for (int round = 0; round < 3; ++round) {
    std::vector<std::unique_ptr<Reader>> readers;
    for (int i = 0; i < 8; ++i) readers.push_back(reader_of(*store));
    for (const auto& reader : readers) CHECK(value_of(reader->tally(1)) == CampaignTally());
  }
}
