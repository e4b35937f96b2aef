// Refusals that were only counted and are not stored yet. A commit of their own would cost a crowd that is
// refused as much as one that is served, so they go with the next one that there is anyway, or with the first
// after a second. A crash loses those of its last second, which nobody was promised. The ledger's thread alone.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "coupon/time.h"
#include "db/store.h"
#include "policy/facts.h"

namespace scrip {

class RefusalTally {
 public:
  // `now`: real time. `at`: by the coupons' clock.
  void add(Micros now, Micros at, std::int64_t campaign, Hook hook, const std::string& code, std::int64_t revision) {
    if (counts_.empty()) store_at_ = now + second;
    ++counts_[{at - at % minute, campaign, hook, code, revision}];
  }
  bool empty() const { return counts_.empty(); }
  bool is_due(Micros now) const { return !empty() && now >= store_at_; }
  // There will be no better moment.
  void hurry() { store_at_ = 0; }

  std::vector<RefusalCount> take() {
    std::vector<RefusalCount> rows;
    rows.reserve(counts_.size());
    for (const auto& [kind, count] : std::exchange(counts_, {})) {
      const auto& [begins, campaign, hook, code, revision] = kind;
      rows.push_back({.minute = begins,
                      .campaign = campaign,
                      .hook = std::string(name(hook)),
                      .code = code,
                      .revision = revision,
                      .count = count});
    }
    return rows;
  }

 private:
  using Kind = std::tuple<Micros, std::int64_t, Hook, std::string, std::int64_t>;
  std::map<Kind, std::int64_t> counts_;
  Micros store_at_ = 0;
};

}  // namespace scrip
