// How many refusals of a kind (campaign, hook, code) there were in this second of the coupons' clock: of
// a crowd that is refused for one reason only the first are worth a record each. The ledger's thread alone.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <tuple>

#include "coupon/time.h"
#include "policy/facts.h"

namespace scrip {

class RefusalRate {
 public:
  // Which one of its kind this second's next one is: 1, 2, 3 ...
  std::int64_t next(Micros now, std::int64_t campaign, Hook hook, std::string_view code) {
    const Micros began = now - now % second;
    if (began != second_) seen_.clear();
    second_ = began;
    const auto found = seen_.find(std::tuple(campaign, hook, code));
    if (found != seen_.end()) return ++found->second;
    seen_.emplace(std::tuple(campaign, hook, std::string(code)), 1);
    return 1;
  }

 private:
  Micros second_ = 0;
  std::map<std::tuple<std::int64_t, Hook, std::string>, std::int64_t, std::less<>> seen_;
};

}  // namespace scrip
