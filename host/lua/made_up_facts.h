// Facts that nobody wrote down. They are made of choices: numbers from 0 up, where 0 is the simplest.
// Whoever keeps the choices can make the same facts again, and by lowering them simpler ones, so that
// shrinking needs to know nothing of facts. Pure C++; one thread at a time.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <vector>

#include "policy/facts.h"

namespace scrip {

class Choices {
 public:
  // New ones, from a seed.
  explicit Choices(std::uint64_t seed) : state_(seed), repeating_(false) {}
  // These again; what is missing is 0, what is too large the largest.
  explicit Choices(std::vector<std::uint64_t> made) : made_(std::move(made)), repeating_(true) {}

  // 0 to `most`: small ones, 0 and `most` itself more often than chance would have them.
  std::uint64_t draw(std::uint64_t most);

  // What was drawn.
  std::vector<std::uint64_t> made() const;

 private:
  std::uint64_t random();
  std::uint64_t pick(std::uint64_t most);

  std::uint64_t state_ = 0;
  std::vector<std::uint64_t> made_;
  std::size_t at_ = 0;
  bool repeating_;
};

// What a template's {"$between":[a,b]}, {"$one_of":[...]} and {"$list_of":[item,most]} stand for; and,
// where the template says nothing: an instant from 2024 to 2030, how many coupons the user has and
// had redeemed, the campaign's counts, for `redeem` and `stack` an order with items, and for `stack` one to
// five coupons of three groups.
nlohmann::json make_up_facts(const nlohmann::json& pattern, Hook hook, Choices& choices);

}  // namespace scrip
