// What somebody wants to be supposed of a decision that is not made: another instant, other counts of
// the user and the campaign, other attributes, other counters. What it does not say is as it is. Plain
// data; pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "policy/facts.h"

namespace scrip {

struct Supposition {
  std::optional<Micros> now;
  std::optional<std::int64_t> campaign_issued;
  std::optional<std::int64_t> campaign_redeemed;
  std::optional<std::int64_t> user_issued;
  std::optional<std::int64_t> user_issued_for_subject;
  std::optional<std::int64_t> user_redeemed;
  std::optional<std::string> attributes;  // flat JSON object
  Counters counters;

  bool empty() const;

  // Puts it in the place of what is so. Counters are asked for by name, below.
  void put_into(Facts& facts) const;

  std::optional<std::int64_t> counter(std::string_view name) const;
};

}  // namespace scrip
