#include "fault_store.h"

#include <catch2/catch.hpp>

#include "samples.h"
#include "test_folder.h"

using namespace scrip;

TEST_CASE("a store made to fail its second commit stores the first and the third") {
  const TestFolder folder;
  const auto inner = open_shop(folder.file("a.db"));
  FaultStore store(*inner);
  store.fail(FaultStore::Step::commit, 2);
  for (int batch = 0; batch < 3; ++batch) {
    Changes changes;
    changes.counters[{1, "n"}] = 1 << batch;
    require_ok(store.begin());
    const auto committed = store.commit(changes);
    CHECK(committed.ok() == (batch != 1));
    if (!committed) CHECK(committed.error().code == Code::storage_unavailable);
  }
  CHECK(value_of(reader_of(store)->counter({1, "n"})) == 5);
  CHECK(store.failures() == 1);
}

TEST_CASE("a store made to fail begin or load works again when it is healed") {
  const TestFolder folder;
  const auto inner = open_shop(folder.file("a.db"));
  FaultStore store(*inner);
  store.fail(FaultStore::Step::begin, 1, 1'000, {.code = Code::internal, .message = "broken"});
  CHECK(store.begin().error().message == "broken");
  CHECK(store.begin().error().code == Code::internal);
  store.heal();
  store.fail(FaultStore::Step::load);
  Loaded loaded;
  require_ok(store.begin());
  CHECK_FALSE(store.load({.tallies = {1}}, loaded));
  CHECK(loaded.tallies.empty());
  require_ok(store.load({.tallies = {1}}, loaded));
  require_ok(store.commit({}));
  CHECK(store.failures() == 3);
}
