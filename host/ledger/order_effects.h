// What the coupons of one order that were decided before would change, while nothing of it is stored: the
// facts of the next one include it, so that two coupons of one campaign see each other. Plain data; one
// thread.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "policy/facts.h"

namespace scrip {

class OrderEffects {
 public:
  // Adds to the counts of redeemed coupons, of the campaign and of the user.
  void put_into(Facts& facts) const;

  // To be added to the value of a counter.
  std::int64_t counter(std::int64_t campaign, const std::string& name) const;

  // One more coupon. `redeemed` is 1 when it would be redeemed, -1 when that would be undone.
  void add(const Facts& facts, const Counters& counts, std::int64_t redeemed);

 private:
  using Named = std::pair<std::int64_t, std::string>;  // campaign number, name
  std::map<std::int64_t, std::int64_t> redeemed_;      // by campaign number
  std::map<Named, std::int64_t> redeemed_by_user_;
  std::map<Named, std::int64_t> counters_;
};

}  // namespace scrip
