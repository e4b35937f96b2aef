// Which serials a node may give: the arithmetic of leases, without a database.
#include "db/postgres/leases.h"

#include <catch2/catch.hpp>
#include <random>
#include <set>

using namespace scrip;
using namespace scrip::postgres;

namespace {

using Range = Loaded::SerialRange;

Stock stock_of(std::optional<std::int64_t> total, std::int64_t generated) {
  Stock stock;
  stock.total = total;
  stock.generated = generated;
  return stock;
}

// A batch as a ledger decides it: gives up to `wanted` coupons from what it is offered, lowest first. Returns the
// serials.
std::vector<std::int64_t> give_batch(Stock& stock, int node, bool alone, std::int64_t wanted, const std::set<int>& live,
                                     std::int64_t lease_at_most) {
  const auto ranges = offered(stock, node, alone, needs_others(stock, node, wanted));
  Given given;
  for (const Range& range : ranges) {
    for (std::int64_t serial = range.first; serial < range.end; ++serial) {
      const auto count = static_cast<std::int64_t>(given.serials.size());
      if (count == wanted || (stock.total && stock.issued + count >= *stock.total)) break;
      if (serial >= stock.generated) stock.generated += 100;
      given.serials.push_back(serial);
    }
  }
  REQUIRE(give(stock, ranges, given).empty());
  stock.issued += static_cast<std::int64_t>(given.serials.size());
  stock.computed = stock.issued;
  if (alone) divide(stock, {.node = node, .live = live, .wanted = wanted, .lease_at_most = lease_at_most});
  return given.serials;
}

}  // namespace

TEST_CASE("any order of nodes and batches gives every coupon of a total once, and none is missing at the end") {
  for (unsigned seed = 0; seed < 300; ++seed) {
    CAPTURE(seed);
    std::mt19937 random(seed);
    const std::int64_t total = 1 + random() % 2'000;
    const int nodes = 1 + static_cast<int>(random() % 5);
    const auto lease_at_most = static_cast<std::int64_t>(1 + random() % 500);
    std::set<int> live;
    for (int node = 0; node < nodes; ++node) live.insert(node);
    Stock stock = stock_of(total, total);
    std::set<std::int64_t> given;
    int shared = 0;
    while (stock.issued < total) {
      if (live.size() > 1 && random() % 50 == 0) live.erase(live.begin());  // it dies with what it has
      const int node = *std::next(live.begin(), random() % live.size());
      const std::int64_t wanted = 1 + random() % 60;
      const bool alone = left_of(stock, node) <= wanted;
      shared += alone ? 0 : 1;
      const auto serials = give_batch(stock, node, alone, wanted, live, lease_at_most);
      REQUIRE(static_cast<std::int64_t>(serials.size()) <= wanted);
      // Who shares never finds less than it wants.
      if (!alone) REQUIRE(static_cast<std::int64_t>(serials.size()) == wanted);
      for (const std::int64_t serial : serials) REQUIRE(given.insert(serial).second);
      std::int64_t leased = 0;
      for (int other = 0; other < nodes; ++other) leased += left_of(stock, other);
      REQUIRE(stock.issued + leased <= total);
    }
    CHECK(static_cast<std::int64_t>(given.size()) == total);
    // Only a node that takes over what another has left passes over serials, for none is left then.
    CHECK(*given.rbegin() == total - 1);
    if (total > 1'500 && nodes < 3 && lease_at_most > 300) CHECK(shared > 0);
  }
}

TEST_CASE("a node keeps a share of what is left, and none when little is left") {
  Stock stock = stock_of(10'000, 10'000);
  give_batch(stock, 1, true, 10, {1, 2}, 100'000);
  CHECK(left_of(stock, 1) == (10'000 - 10) / 8);
  give_batch(stock, 2, true, 10, {1, 2}, 100'000);
  CHECK(left_of(stock, 2) == (10'000 - 20 - 1'248) / 8);
  // Each batch takes 10: a share of 20 is not worth a turn.
  stock = stock_of(10'000, 10'000);
  stock.issued = 4'840;
  stock.frontier = 9'900;
  stock.leases = {{.first = 4'840, .end = 9'840, .next = 4'840, .node = 1},
                  {.first = 9'840, .end = 9'900, .next = 9'840, .node = 2}};
  give_batch(stock, 2, true, 10, {1, 2}, 100'000);
  CHECK(left_of(stock, 2) == 0);
  CHECK(left_of(stock, 1) == 5'000);
}

TEST_CASE("without a total a node takes a lease of the size that is set, of codes that there are") {
  Stock stock = stock_of(std::nullopt, 1'000);
  give_batch(stock, 1, true, 10, {1}, 500);
  CHECK(left_of(stock, 1) == 500);
  CHECK(stock.frontier == 510);
  give_batch(stock, 2, true, 10, {1, 2}, 5'000);
  CHECK(left_of(stock, 2) == 480);
  CHECK(stock.frontier == 1'000);
}

TEST_CASE("what a total no longer lets out is taken from the leases, and given later when it is raised") {
  Stock stock = stock_of(1'000, 1'000);
  stock.frontier = 300;
  stock.leases = {{.first = 0, .end = 200, .next = 50, .node = 1}, {.first = 200, .end = 300, .next = 200, .node = 2}};
  stock.issued = 50;
  stock.total = 150;
  divide(stock, {.node = 1, .live = {1, 2}});
  CHECK(left_of(stock, 1) + left_of(stock, 2) == 100);
  std::int64_t free = 0;
  for (const Lease& lease : stock.leases) free += lease.node == nobody ? lease.left() : 0;
  CHECK(free == 150);
  CHECK(stock.frontier == 300);
  CHECK(lowest_left(stock) == 50);
}

TEST_CASE("what a dead node had is offered to who is alone, and to nobody else") {
  Stock stock = stock_of(1'000, 1'000);
  stock.frontier = 300;
  stock.leases = {{.first = 0, .end = 100, .next = 40, .node = 1}, {.first = 100, .end = 300, .next = 120, .node = 2}};
  CHECK(offered(stock, 2, false, false) == std::vector<Range>{{120, 300}});
  CHECK(offered(stock, 2, true, false) == std::vector<Range>{{120, no_end}});
  CHECK(offered(stock, 2, true, true) == std::vector<Range>{{40, 100}, {120, no_end}});
  divide(stock, {.node = 2, .live = {2}});
  CHECK(offered(stock, 2, true, false) == std::vector<Range>{{40, 100}, {120, no_end}});
  CHECK(offered(stock, 2, false, false) == std::vector<Range>{{120, 300}});
}

TEST_CASE("a serial that is given out of order stays in its range, and is passed over later") {
  Stock stock = stock_of(1'000, 1'000);
  stock.frontier = 100;
  stock.leases = {{.first = 0, .end = 100, .next = 10, .node = 1}};
  const auto ranges = offered(stock, 1, false, false);
  CHECK(give(stock, ranges, {.serials = {10, 11, 13, 50}}) == std::vector<std::int64_t>{13, 50});
  CHECK(stock.leases.front().next == 12);
  CHECK(give(stock, offered(stock, 1, false, false), {.serials = {12, 14}, .taken = {13, 50}}).empty());
  CHECK(stock.leases.front().next == 15);
}

TEST_CASE("gaps of the code book are passed over when the ledger says how far it has come") {
  Stock stock = stock_of(1'000, 1'000);
  stock.frontier = 200;
  stock.leases = {{.first = 0, .end = 20, .next = 10, .node = 1}, {.first = 100, .end = 200, .next = 100, .node = 1}};
  CHECK(give(stock, offered(stock, 1, false, false), {.serials = {12, 19, 101}, .passed = 102}).empty());
  CHECK(left_of(stock, 1) == 98);
}
