#include "coupon/apportion.h"

#include <algorithm>
#include <cassert>
#include <numeric>

namespace scrip {
namespace {

__extension__ typedef __int128 Wide;

}  // namespace

std::vector<std::int64_t> apportion(std::int64_t whole, const std::vector<std::int64_t>& weights) {
  const std::int64_t sum = std::accumulate(weights.begin(), weights.end(), std::int64_t{0});
  assert(whole >= 0 && whole <= sum);
  std::vector<std::int64_t> shares(weights.size(), 0);
  if (sum == 0) return shares;
  std::vector<std::int64_t> lost(weights.size());
  std::int64_t left = whole;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const Wide exact = static_cast<Wide>(whole) * weights[i];
    shares[i] = static_cast<std::int64_t>(exact / sum);
    lost[i] = static_cast<std::int64_t>(exact % sum);
    left -= shares[i];
  }
  std::vector<std::size_t> places(weights.size());
  std::iota(places.begin(), places.end(), std::size_t{0});
  std::stable_sort(places.begin(), places.end(), [&](std::size_t a, std::size_t b) { return lost[a] > lost[b]; });
  // Fewer are left than there are shares that lost something, and such a share is below its weight.
  for (std::size_t i = 0; left > 0; ++i, --left) ++shares[places[i]];
  return shares;
}

}  // namespace scrip
