// The hook `stack`: what its rules see, what they may answer, and how that is kept.
#include "policy/decision_record.h"
#include "policy_sets.h"

using namespace scrip;
using Catch::Matchers::Contains;

namespace {

Facts sample_stack() {
  Facts facts;
  facts.now = 1'800'000'000 * second;
  facts.campaign = sample_campaign();
  facts.user.id = "user-1";
  facts.user.attributes = R"({"tier":"gold"})";
  facts.order = Order{.id = "order-1", .amount = 20'000, .currency = "KRW", .items = {}};
  facts.coupons = {{.code = "A", .campaign_id = "summer", .issued_at = facts.now - hour, .discount = 2'000},
                   {.code = "B",
                    .campaign_id = "winter",
                    .metadata = R"({"stacking_group":"member","tier":3})",
                    .issued_at = facts.now - day,
                    .expires_at = facts.now + day,
                    .discount = 0}};
  return facts;
}

Verdict stacked(const std::string& body) {
  return decide(*one_rule(body, roomy, "stack"), sample_stack(), Hook::stack);
}

std::string shown(const std::string& expression) {
  const Verdict verdict = stacked("return deny('value', tostring(" + expression + "))");
  INFO(expression << " " << failure(verdict));
  return verdict.sentence;
}

}  // namespace

TEST_CASE("a rule about an order sees its coupons, and no campaign's facts") {
  CHECK(shown("#facts.coupons") == "2");
  CHECK(shown("facts.coupons[1].code .. facts.coupons[2].code") == "AB");
  CHECK(shown("facts.coupons[1].group .. ' ' .. facts.coupons[2].group") == "default member");
  CHECK(shown("facts.coupons[2].campaign.id .. facts.coupons[2].campaign.metadata.tier") == "winter3");
  CHECK(shown("facts.coupons[1].campaign.metadata.tier") == "nil");
  CHECK(shown("facts.coupons[1].expires_at") == "nil");
  CHECK(shown("facts.coupons[2].expires_at - facts.now") == std::to_string(day));
  CHECK(shown("facts.coupons[1].discount") == "2000");
  CHECK(shown("facts.order.amount .. facts.user.id .. facts.user.attributes.tier") == "20000user-1gold");
  CHECK(shown("facts.hook") == "stack");
  CHECK(shown("facts.campaign") == "nil");
  CHECK(shown("facts.coupon") == "nil");
  CHECK(shown("facts.user.issued") == "nil");
}

TEST_CASE("what one order showed cannot be seen by the next decision") {
  const auto set =
      accepted({plugin_file("one", "return deny('value', tostring(facts.coupons and facts.coupons[1].code))",
                            "redeem = function(p, facts) return deny('value', "
                            "tostring(facts.coupons) .. facts.campaign.id .. facts.user.issued) end",
                            "stack"),
                script_file("one", "one {}")});
  const auto binding = bound(*set);
  const auto evaluator = set->evaluator();
  Facts other = sample_stack();
  other.coupons.front().code = "Z";
  CHECK(evaluator->decide(*binding, Hook::stack, sample_stack()).sentence == "A");
  CHECK(evaluator->decide(*binding, Hook::stack, other).sentence == "Z");
  CHECK(evaluator->decide(*binding, Hook::redeem, sample_use()).sentence == "nilsummer0");
  CHECK(evaluator->decide(*binding, Hook::stack, sample_stack()).sentence == "A");
}

TEST_CASE("a rule says the order of application, what is computed from what, and a cap") {
  const Verdict verdict = stacked("return effect { order = { 2, 1 }, base = 'original', cap = 500, note = 'so' }");
  CHECK(verdict.allowed());
  CHECK(verdict.stack == StackPlan{.order = {1, 0}, .base = StackBase::original, .cap = 500});
  CHECK(trace_json(verdict.trace) ==
        R"([{"rule":"one","result":"effect","note":"so","order":[2,1],"base":"original","cap":500}])");
  CHECK(stacked("return").stack.empty());
}

TEST_CASE("of several rules the smallest cap counts, and only one may say the order") {
  const auto set = accepted({plugin_file("one", "return effect { cap = p.cap, order = p.cap == 7 and { 1, 2 } or nil }",
                                         "params = { cap = { type = 'integer' } }", "stack"),
                             script_file("one", "one { cap = 9 }, one { as = 'two', cap = 7 }, one { as = 'three' }"),
                             script_file("both", "one { cap = 7 }, one { as = 'two', cap = 7 }")});
  CHECK(decide(*set, sample_stack(), Hook::stack).stack == StackPlan{.order = {0, 1}, .base = {}, .cap = 7});
  CHECK_THAT(failure(decide(*set, sample_stack(), Hook::stack, "both")), Contains("has said the order before"));
}

TEST_CASE("a malformed answer about an order is a failure that says what is wrong") {
  const auto [body, expected] = GENERATE(table<std::string, std::string>({
      {"order = 1", "order is a number, not a list of places"},
      {"order = {}", "order is not each place of facts.coupons once"},
      {"order = { 1 }", "order is not each place of facts.coupons once"},
      {"order = { 1, 1 }", "order is not each place of facts.coupons once"},
      {"order = { 1, 3 }", "order is not each place of facts.coupons once"},
      {"order = { 0, 1 }", "order is not each place of facts.coupons once"},
      {"order = { 1, 2, 3 }", "order is not each place of facts.coupons once"},
      {"order = { 1, 'x' }", "a place in order is a string"},
      {"order = { 1, 1.5 }", "a place in order is 1.5"},
      {"base = 'half'", "base is not \"remaining\" or \"original\""},
      {"base = 1", "base is not \"remaining\" or \"original\""},
      {"cap = -1", "the cap is below 0"},
      {"cap = 0.5", "the cap is 0.5"},
      {"discount = 5", "stack answers with order, base, cap and note alone"},
      {"count = { a = 1 }", "stack answers with order, base, cap and note alone"},
      {"expires_at = facts.now", "stack answers with order, base, cap and note alone"},
  }));
  CAPTURE(body);
  const Verdict verdict = stacked("return effect { " + body + " }");
  CHECK(verdict.kind == Verdict::Kind::failed);
  CHECK_THAT(failure(verdict), Contains(expected));
}

TEST_CASE("only stack answers about an order") {
  for (const char* body : {"order = { 1 }", "base = 'original'", "cap = 5"}) {
    const auto set = one_rule(std::string("return effect { ") + body + " }", roomy, "redeem");
    CHECK_THAT(failure(decide(*set, sample_use(), Hook::redeem)), Contains("are for stack alone"));
  }
}

TEST_CASE("a rule that counts is not asked for counters about an order") {
  const auto set = accepted({plugin_file("one", "return effect { cap = 1 }",
                                         "counters = function(p, facts) return { facts.campaign.id } end", "stack"),
                             script_file("one", "one {}")});
  CHECK(decide(*set, sample_stack(), Hook::stack).stack.cap == 1);
}

TEST_CASE("a limit on what a coupon gives cuts what its rules grant, and later rules see it cut") {
  const auto set =
      accepted({plugin_file("one", "return effect { discount = 4000 }", "", "redeem"),
                plugin_file("two", "return effect { note = tostring(facts.discount) }", "priority = 600", "redeem"),
                script_file("one", "one {}, two {}")});
  Facts facts = sample_use();
  facts.order->most_discount = 2'999;
  const Verdict verdict = decide(*set, facts, Hook::redeem);
  CHECK(verdict.discount == 2'999);
  CHECK(verdict.trace[0].discount == 4'000);
  CHECK(verdict.trace[1].note == "2999");
  const auto decoded = decode_decision(encode_decision(Hook::redeem, facts, verdict));
  REQUIRE(decoded.ok());
  CHECK(decoded->facts.order == facts.order);
  CHECK(decoded->verdict == verdict);
}

TEST_CASE("a decision about an order is read back as it was") {
  for (const char* body :
       {"return effect { order = { 2, 1 }, base = 'original', cap = 0 }", "return effect { base = 'remaining' }",
        "return deny('no', 'No.', { coupons = { 'A' } })", "error('x')", ""}) {
    CAPTURE(body);
    const Facts facts = sample_stack();
    const Verdict verdict = stacked(body);
    const std::string record = encode_decision(Hook::stack, facts, verdict);
    CHECK(hook_of(record) == Hook::stack);
    const auto decoded = decode_decision(record);
    REQUIRE(decoded.ok());
    CHECK(decoded->hook == Hook::stack);
    CHECK(decoded->facts.coupons == facts.coupons);
    CHECK(decoded->facts.order == facts.order);
    CHECK(decoded->facts.user == facts.user);
    CHECK(decoded->verdict == verdict);
    for (std::size_t size = 0; size < record.size(); ++size) CHECK(!decode_decision(record.substr(0, size)).ok());
  }
}

TEST_CASE("an order's facts are shown without a campaign") {
  Facts facts = sample_stack();
  facts.coupons.pop_back();
  CHECK(facts_json(facts) == R"({"now":"2027-01-15T08:00:00Z","user":{"id":"user-1","attributes":{"tier":"gold"}},)"
                             R"("order":{"id":"order-1","amount":20000,"currency":"KRW","items":[]},)"
                             R"("coupons":[{"code":"A","campaign":{"id":"summer","metadata":{}},"group":"default",)"
                             R"("issued_at":"2027-01-15T07:00:00Z","discount":2000}]})");
}
