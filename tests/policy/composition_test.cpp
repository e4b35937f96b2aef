// How rules' answers become one verdict.
#include "policy/composition.h"

#include "policy_sets.h"

using namespace scrip;
using Catch::Matchers::Contains;

TEST_CASE("without rules everything is allowed") {
  const Facts facts = sample_claim();
  const Verdict verdict = Composition(Hook::issue, facts, 0).finish();
  CHECK(verdict.allowed());
  CHECK(verdict == Verdict{});
}

TEST_CASE("of several expiries the earliest holds, discounts and counts add up") {
  const Facts facts = sample_use();
  Composition composition(Hook::redeem, facts, 3);
  CHECK(composition.effect(
      "a", {.expires_at = facts.now + 20, .discount = 300, .counts = {{"x", 2}, {"y", 1}}, .note = ""}));
  CHECK(composition.discount() == 300);
  CHECK(composition.effect(
      "b", {.expires_at = facts.now + 10, .discount = 400, .counts = {{"x", 3}, {"y", -1}}, .note = ""}));
  CHECK(composition.effect("c", {.expires_at = facts.now + 30, .discount = {}, .counts = {}, .note = "last"}));
  const Verdict verdict = composition.finish();
  CHECK(verdict.allowed());
  CHECK(verdict.expires_at == facts.now + 10);
  CHECK(verdict.discount == 700);
  CHECK(verdict.counts == Counters{{"x", 5}});  // y comes to nothing
  REQUIRE(verdict.trace.size() == 3);
  CHECK(verdict.trace[2].note == "last");
}

TEST_CASE("discounts come to the order's amount at most") {
  const Facts facts = sample_use();
  Composition composition(Hook::redeem, facts, 3);
  for (const char* rule : {"a", "b", "c"}) {
    CHECK(composition.effect(rule, {.expires_at = {}, .discount = 9'000, .counts = {}, .note = ""}));
  }
  CHECK(composition.discount() == 20'000);
  CHECK(composition.finish().discount == 20'000);
}

TEST_CASE("a denial ends the decision and undoes what earlier rules wanted") {
  const Facts facts = sample_use();
  Composition composition(Hook::redeem, facts, 2);
  CHECK(composition.effect("a", {.expires_at = facts.now + 1, .discount = 5, .counts = {{"x", 1}}, .note = ""}));
  CHECK_FALSE(composition.denied("b", {.code = "no", .sentence = "No.", .detail = "{}"}));
  const Verdict verdict = composition.finish();
  CHECK(verdict.kind == Verdict::Kind::denied);
  CHECK(verdict.code == "no");
  CHECK(verdict.detail == "{}");
  CHECK_FALSE(verdict.expires_at.has_value());
  CHECK_FALSE(verdict.discount.has_value());
  CHECK(verdict.counts.empty());
  REQUIRE(verdict.trace.size() == 2);
  CHECK(verdict.trace[0].discount == 5);
}

TEST_CASE("an expiry that is already past denies the claim in the rule's name") {
  const Facts facts = sample_claim();
  for (const Micros past : {facts.now, facts.now - 1, Micros{0}}) {
    Composition composition(Hook::issue, facts, 1);
    CHECK_FALSE(composition.effect("expiry", {.expires_at = past, .discount = {}, .counts = {}, .note = ""}));
    const Verdict verdict = composition.finish();
    CHECK(verdict.kind == Verdict::Kind::denied);
    CHECK(verdict.code == "coupon_expired");
    CHECK(verdict.sentence == "This coupon has expired.");
    REQUIRE(verdict.trace.size() == 1);
    CHECK(verdict.trace[0].rule == "expiry");
    CHECK(verdict.trace[0].kind == TraceEntry::Kind::denied);
  }
  Composition composition(Hook::issue, facts, 1);
  CHECK(composition.effect("expiry", {.expires_at = facts.now + 1, .discount = {}, .counts = {}, .note = ""}));
}

TEST_CASE("counts that add up beyond 2^53 are malformed") {
  const Facts facts = sample_claim();
  Composition composition(Hook::issue, facts, 2);
  CHECK(composition.effect("a", {.expires_at = {}, .discount = {}, .counts = {{"x", max_exact}}, .note = ""}));
  CHECK_FALSE(composition.effect("b", {.expires_at = {}, .discount = {}, .counts = {{"x", 1}}, .note = ""}));
  const Verdict verdict = composition.finish();
  CHECK(verdict.kind == Verdict::Kind::failed);
  CHECK_THAT(verdict.trace.back().detail, Contains("the change of counter 'x' is beyond 2^53"));
  CHECK(verdict.counts.empty());
}

TEST_CASE("names of rules, codes and policies are of small letters, digits and underscores") {
  for (const char* good : {"a", "per_user_limit", "x9", "a_"}) CHECK(is_rule_name(good));
  CHECK(is_rule_name(std::string(64, 'a')));
  for (const char* wrong : {"", "A", "9a", "_a", "a-b", "a b", "é"}) {
    CAPTURE(wrong);
    CHECK_FALSE(is_rule_name(wrong));
  }
  CHECK_FALSE(is_rule_name(std::string(65, 'a')));
}

TEST_CASE("the name of a counter is a short text") {
  CHECK(is_counter_name("window:2026-11-21T10:00"));
  CHECK(is_counter_name("쿠폰"));
  CHECK(is_counter_name(std::string(64, 'x')));
  CHECK_FALSE(is_counter_name(""));
  CHECK_FALSE(is_counter_name(std::string(65, 'x')));
  CHECK_FALSE(is_counter_name("a\nb"));
  CHECK_FALSE(is_counter_name("\xff"));
}
