// What would be otherwise by now if the candidate had decided all along: how many each campaign and
// user would have, which coupons would be in another state, what the counters would hold. Kept as
// differences from what was recorded, so that what nobody's decision explains (imports, what was
// before the replay) stays as it was.
//
// Belongs to one thread, which gives it the decisions in their order.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>

#include "replay/replayed.h"

namespace scrip {

class Recount {
 public:
  // Puts what would be otherwise into the facts. False: the candidate's verdict stands, because it
  // looked at nothing of that.
  bool adjust(Replayed& decision);

  // The value that a counter would have in the decision's place.
  std::int64_t counter(const Replayed& decision, const std::string& name) const;

  // Takes down what became of a decision and what would have.
  void settle(const Replayed& decision, const Verdict& candidate);

  // How many users, coupons and counters are kept.
  std::size_t differences() const;

  // Counters that no recorded decision had shown when the candidate read them: counted from 0 on.
  const std::set<std::string>& assumed() const { return assumed_; }

 private:
  struct Difference {
    std::int64_t issued = 0;
    std::int64_t redeemed = 0;
    bool none() const { return issued == 0 && redeemed == 0; }
  };
  struct Counter {
    std::int64_t recorded = 0;
    std::int64_t difference = 0;
    bool seen = false;  // a recorded decision has shown it
  };
  struct CampaignState {
    Difference all;
    std::unordered_map<std::string, Difference> users;
    std::unordered_map<std::string, Difference> users_for_subject;  // user, NUL, subject
    std::unordered_map<std::int64_t, CouponFacts> coupons;          // by serial: those in another state
    std::unordered_map<std::string, Counter> counters;
  };

  bool adjust_counts(Replayed& decision, const CampaignState& state) const;
  bool adjust_coupon(Replayed& decision, const CampaignState& state) const;
  bool adjust_counters(Replayed& decision, CampaignState& state);
  void settle_coupon(const Replayed& decision, const Verdict& candidate, CampaignState& state);

  std::unordered_map<std::int64_t, CampaignState> campaigns_;  // by number
  std::set<std::string> assumed_;
};

}  // namespace scrip
