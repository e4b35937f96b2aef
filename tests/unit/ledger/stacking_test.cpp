// How an order with several coupons is decided, on rules that are written here in C++.
#include "ledger/stacking.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <random>

namespace scrip {
namespace {

// What coupons give: a fixed amount, or a share in per cent.
struct Price {
  std::int64_t amount = 0;
  std::int64_t percent = 0;
};

// A policy of a kind: coupon i gives by prices[i], the plan is what it is, and a campaign gives no more than
// its budget, kept in the counter "given".
struct Rules {
  std::vector<Price> prices;
  StackPlan plan;
  std::optional<std::int64_t> budget;
  std::vector<Facts> seen;  // of redemptions, as they were asked

  Result<Verdict> ask(Hook hook, Facts& facts, const OrderEffects& effects) {
    Verdict verdict;
    if (hook == Hook::stack) {
      verdict.stack = plan;
      return verdict;
    }
    const std::int64_t given = effects.counter(facts.campaign->number, "given");
    facts.counters = {{"given", given}};
    seen.push_back(facts);
    const Price& price = prices[static_cast<std::size_t>(std::stoi(facts.coupon->code))];
    const Order& order = *facts.order;
    std::int64_t off = std::min(price.amount + order.amount * price.percent / 100, order.amount);
    if (order.most_discount) off = std::min(off, *order.most_discount);
    if (budget && given + off > *budget) {
      verdict.kind = Verdict::Kind::denied;
      verdict.code = "budget_exhausted";
      return verdict;
    }
    verdict.discount = off;
    verdict.counts = {{"given", off}};
    return verdict;
  }

  Result<Stacking> decide(std::int64_t amount, StackingOptions options = {}) {
    static const auto campaign = std::make_shared<const Campaign>(Campaign{.number = 1, .id = "spring"});
    std::vector<Facts> coupons;
    for (std::size_t i = 0; i < prices.size(); ++i) {
      Facts& facts = coupons.emplace_back();
      facts.campaign = campaign;
      facts.user.id = "minji";
      facts.coupon = CouponFacts{.code = std::to_string(i), .issued_at = 1};
      facts.order = Order{.id = {}, .amount = amount, .currency = "KRW", .items = {}};
    }
    return decide_stacking(coupons, options, [this](Hook hook, Facts& facts, const OrderEffects& effects) {
      return ask(hook, facts, effects);
    });
  }
};

std::vector<std::int64_t> parts_of(const Stacking& stacking) {
  std::vector<std::int64_t> parts;
  for (const StackedDecision& part : stacking.parts) parts.push_back(part.discount());
  return parts;
}

using Parts = std::vector<std::int64_t>;

}  // namespace

TEST_CASE("each coupon takes from what those before it have left, or from the whole") {
  Rules rules{.prices = {{.percent = 10}, {.amount = 3'000}}, .plan = {}};
  CHECK(parts_of(*rules.decide(20'000)) == Parts{2'000, 3'000});
  rules.plan.order = {1, 0};
  CHECK(parts_of(*rules.decide(20'000)) == Parts{3'000, 1'700});
  rules.plan.base = StackBase::original;
  CHECK(parts_of(*rules.decide(20'000)) == Parts{3'000, 2'000});
}

TEST_CASE("a cap is divided among the coupons, and each is asked again with its part as a limit") {
  Rules rules{.prices = {{.amount = 300}, {.amount = 100}, {.amount = 200}}, .plan = {.cap = 100}};
  const auto stacking = rules.decide(1'000);
  CHECK(parts_of(*stacking) == Parts{50, 17, 33});
  CHECK(stacking->discount() == 100);
  const Order& last = *stacking->parts[2].facts.order;
  CHECK(last.most_discount == 33);
  CHECK(last.amount == 600);  // what it was told without the cap
  // What the rules count is what is given.
  CHECK(stacking->parts[2].facts.counters == Counters{{"given", 67}});
}

TEST_CASE("never more comes off than the order comes to, whatever is computed from the whole") {
  Rules rules{.prices = {{.percent = 80}, {.percent = 80}}, .plan = {.base = StackBase::original}};
  CHECK(parts_of(*rules.decide(999)) == Parts{500, 499});
  rules.plan.cap = 5'000;
  CHECK(rules.decide(999)->discount() == 999);
}

TEST_CASE("coupons of one campaign see each other's redemptions and counters") {
  Rules rules{.prices = {{.amount = 60}, {.amount = 60}}, .plan = {}, .budget = 120};
  const auto both = rules.decide(1'000);
  CHECK(!both->refused);
  CHECK(both->parts[1].facts.tally.redeemed == 1);
  CHECK(both->parts[1].facts.user.redeemed == 1);
  rules.budget = 119;
  const auto one = rules.decide(1'000);
  REQUIRE(one->refused);
  CHECK(one->refused->place == 1);
  CHECK(one->refused->verdict.code == "budget_exhausted");
  CHECK(one->refused->facts.counters == Counters{{"given", 60}});
}

TEST_CASE("without a policy a coupon goes alone, and two do not go together") {
  Rules one{.prices = {{.amount = 60}}, .plan = {}};
  const auto alone = one.decide(1'000, {.has_policy = false});
  CHECK(!alone->refused);
  CHECK(!alone->stack);
  Rules two{.prices = {{.amount = 60}, {.amount = 60}}, .plan = {}};
  const auto both = two.decide(1'000, {.has_policy = false});
  REQUIRE(both->refused);
  CHECK(both->refused->verdict.code == "not_combinable");
}

TEST_CASE("a refused coupon ends it, unless all are to have their word") {
  Rules rules{.prices = {{.amount = 200}, {.amount = 10}, {.amount = 300}}, .plan = {}, .budget = 100};
  CHECK(rules.decide(1'000)->alone.size() == 1);
  const auto all = rules.decide(1'000, {.all_alone = true});
  CHECK(all->alone.size() == 3);
  CHECK(all->refused->place == 0);
  CHECK(all->parts.empty());
}

TEST_CASE("the parts sum to the whole, which is at most the cap and the order, and none is above what its rules gave") {
  std::mt19937_64 random(11);  // NOLINT: the same numbers every time
  const auto up_to = [&random](std::int64_t most) {
    return static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(most + 1));
  };
  for (int run = 0; run < 200; ++run) {
    Rules rules;
    const auto count = static_cast<std::size_t>(1 + up_to(19));
    const std::int64_t amount = up_to(100'000);
    for (std::size_t i = 0; i < count; ++i) {
      const bool fixed = up_to(1) == 0;
      rules.prices.push_back({.amount = fixed ? up_to(amount) : 0, .percent = fixed ? 0 : up_to(100)});
      rules.plan.order.push_back(i);
    }
    std::shuffle(rules.plan.order.begin(), rules.plan.order.end(), random);
    if (up_to(1) == 0) rules.plan.base = StackBase::original;
    if (up_to(2) != 0) rules.plan.cap = up_to(amount + 10);
    const auto stacking = rules.decide(amount);
    REQUIRE(!stacking->refused);
    REQUIRE(stacking->parts.size() == count);
    Rules uncut = rules;
    uncut.plan.cap.reset();
    const auto without = uncut.decide(amount);
    std::int64_t sum = 0;
    for (std::size_t i = 0; i < count; ++i) {
      const StackedDecision& part = stacking->parts[i];
      REQUIRE(part.place == rules.plan.order[i]);
      REQUIRE(part.discount() >= 0);
      if (rules.plan.base != StackBase::original) REQUIRE(part.discount() <= without->parts[i].discount());
      REQUIRE(part.discount() <= stacking->alone[part.place].discount());
      sum += part.discount();
    }
    REQUIRE(sum == stacking->discount());
    REQUIRE(sum == std::min(without->discount(), rules.plan.cap.value_or(amount)));
    REQUIRE(sum <= amount);
  }
}

}  // namespace scrip
