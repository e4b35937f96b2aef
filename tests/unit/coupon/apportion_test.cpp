#include "coupon/apportion.h"

#include <catch2/catch.hpp>
#include <numeric>
#include <random>

namespace scrip {
namespace {

using Shares = std::vector<std::int64_t>;

std::int64_t sum_of(const Shares& shares) {
  return std::accumulate(shares.begin(), shares.end(), std::int64_t{0});
}

TEST_CASE("a whole is divided in proportion, and what rounding leaves goes to who lost most by it") {
  CHECK(apportion(100, {1'000, 1'000}) == Shares{50, 50});
  CHECK(apportion(100, {300, 100}) == Shares{75, 25});
  CHECK(apportion(10, {100, 300, 200}) == Shares{2, 5, 3});  // 1.67, 5, 3.33
  CHECK(apportion(5, {3, 3, 1}) == Shares{2, 2, 1});         // 2.14, 2.14, 0.71
}

TEST_CASE("of those that lost the same the first gets what is left") {
  CHECK(apportion(1, {7, 7, 7}) == Shares{1, 0, 0});
  CHECK(apportion(2, {7, 7, 7}) == Shares{1, 1, 0});
}

TEST_CASE("nothing and everything are divided too") {
  CHECK(apportion(0, {}).empty());
  CHECK(apportion(0, {5, 0}) == Shares{0, 0});
  CHECK(apportion(0, {0, 0}) == Shares{0, 0});
  CHECK(apportion(5, {5, 0}) == Shares{5, 0});
}

TEST_CASE("amounts as large as there are do not overflow") {
  const std::int64_t most = 9'007'199'254'740'991;
  CHECK(apportion(most, {most, most}) == Shares{most / 2 + 1, most / 2});
  CHECK(apportion(most, Shares(20, most)).size() == 20);
}

TEST_CASE("the shares sum to the whole and none is above its weight, whatever they are") {
  std::mt19937_64 random(7);  // NOLINT: the same numbers every time
  for (int run = 0; run < 20'000; ++run) {
    Shares weights(1 + random() % 20);
    const std::uint64_t most = std::uint64_t{1} << (random() % 50);
    for (std::int64_t& weight : weights) weight = static_cast<std::int64_t>(random() % (most + 1));
    const std::int64_t whole = static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(sum_of(weights) + 1));
    const Shares shares = apportion(whole, weights);
    REQUIRE(sum_of(shares) == whole);
    for (std::size_t i = 0; i < weights.size(); ++i) {
      REQUIRE(shares[i] >= 0);
      REQUIRE(shares[i] <= weights[i]);
    }
  }
}

}  // namespace
}  // namespace scrip
