// One recorded decision on its way through a replay. Plain data.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "policy/facts.h"
#include "policy/policy_set.h"
#include "policy/verdict.h"

namespace scrip {

struct Replayed {
  std::int64_t id = 0;
  std::int64_t campaign = 0;  // number
  std::optional<std::int64_t> serial;
  Hook hook = Hook::issue;

  Verdict recorded;
  Counters recorded_counters;   // those that the rules of then declared
  CouponFacts recorded_coupon;  // its state; without code

  // As recorded; the counters are those that the candidate declares, with the recorded value, or 0
  // where there is none.
  Facts facts;

  // What the candidate says to that, and what it looked at.
  std::shared_ptr<const Binding> binding;
  Verdict candidate;
  ReadFacts reads;

  // Why the decision cannot be made again; empty: it can.
  std::string unable;
};

}  // namespace scrip
