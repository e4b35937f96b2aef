// What a rule may answer, and what is malformed.
#include <limits>

#include "policy_sets.h"

using namespace scrip;
using Catch::Matchers::Contains;

namespace {

Verdict redeemed(const std::string& body) {
  return decide(*one_rule(body, roomy, "redeem"), sample_use(), Hook::redeem);
}

}  // namespace

TEST_CASE("a rule that returns nothing has no objection") {
  for (const char* body : {"", "return", "return nil", "deny('no', 'Not returned.')", "effect { note = 'neither' }"}) {
    CAPTURE(body);
    const Verdict verdict = answer(body);
    CHECK(verdict.allowed());
    REQUIRE(verdict.trace.size() == 1);
    CHECK(verdict.trace[0] == TraceEntry{.rule = "one", .kind = TraceEntry::Kind::passed});
  }
}

TEST_CASE("a denial carries the rule's code, sentence and detail") {
  const Verdict verdict =
      answer("return deny('too_late', 'It is over.', { at = facts.now, list = { 1, 'b' }, ok = true })");
  CHECK(verdict.kind == Verdict::Kind::denied);
  CHECK(verdict.code == "too_late");
  CHECK(verdict.sentence == "It is over.");
  CHECK(verdict.detail == R"({"at":1800000000000000,"list":[1,"b"],"ok":true})");
  REQUIRE(verdict.trace.size() == 1);
  CHECK(verdict.trace[0].kind == TraceEntry::Kind::denied);
  CHECK(verdict.trace[0].code == "too_late");
  CHECK(answer("return deny('a', 'b')").detail.empty());
  CHECK(answer("return deny('a', 'b', {})").detail == "{}");
  CHECK(answer("return deny('a', 'b', { f = 1.5, user = facts.user.attributes })").detail == R"({"f":1.5,"user":[]})");
}

TEST_CASE("a denial may be made once and returned often") {
  const auto set = accepted({{"plugins/one.lua", R"(
local sold_out = deny("sold_out", "There are none left.")
return plugin { name = "one", version = "1.0.0", doc = "x", issue = function() return sold_out end }
)"},
                             script_file("one", "one {}")});
  const auto binding = bound(*set);
  const auto evaluator = set->evaluator();
  for (int i = 0; i < 3; ++i) CHECK(evaluator->decide(*binding, Hook::issue, sample_claim()).code == "sold_out");
}

TEST_CASE("a malformed denial is a failure that says what is wrong") {
  const auto [arguments, expected] = GENERATE(table<std::string, std::string>({
      {"", "deny: the code is a nil, not a string"},
      {"1, 'x'", "deny: the code is a number, not a string"},
      {"'', 'x'", "deny: the code has 1 to 64 bytes"},
      {"'Bad', 'x'", "deny: the code 'Bad' is not of small letters, digits and '_'"},
      {"'1a', 'x'", "deny: the code '1a' is not of small letters"},
      {"'a-b', 'x'", "deny: the code 'a-b' is not of small letters"},
      {"('a'):rep(65), 'x'", "deny: the code has 1 to 64 bytes"},
      {"'a'", "deny: the sentence is a nil, not a string"},
      {"'a', ''", "deny: the sentence has 1 to 500 bytes"},
      {"'a', ('x'):rep(501)", "deny: the sentence has 1 to 500 bytes"},
      {"'a', string.char(255)", "deny: the sentence is not UTF-8"},
      {"'a', 'b', 'c'", "deny: the detail is a string, not a table"},
      {"'a', 'b', { x = function() end }", "deny: the detail at x is a function"},
      {"'a', 'b', { x = { y = deny('a', 'b') } }", "deny: the detail at x.y is a userdata"},
      {"'a', 'b', { x = 0/0 }", "deny: the detail at x is a number that is not finite"},
      {"'a', 'b', { x = 1/0 }", "deny: the detail at x is a number that is not finite"},
      {"'a', 'b', { x = string.char(200) }", "deny: the detail at x is not UTF-8"},
      {"'a', 'b', { 1, x = 2 }", "deny: the detail mixes names and positions"},
      {"'a', 'b', { [1] = 1, [3] = 3 }", "deny: the detail is neither a list nor has names"},
      {"'a', 'b', { [1.5] = 1 }", "deny: the detail is neither a list nor has names"},
      {"'a', 'b', { a = { b = { c = { d = {} } } } }", "deny: the detail at a.b.c.d is nested deeper than 4 tables"},
      {"'a', 'b', { x = ('y'):rep(2049) }", "deny: the detail at x is larger than 2048 bytes as JSON"},
  }));
  CAPTURE(arguments);
  CHECK_THAT(error_of("local d = deny(" + arguments + ")"), Contains("plugins/one.lua:2: " + expected));
}

TEST_CASE("a detail that refers to itself or is huge is refused at once") {
  CHECK_THAT(error_of("local t = {} t.t = t return deny('a', 'b', t)"), Contains("is nested deeper than 4 tables"));
  CHECK_THAT(error_of("local t = {} for i = 1, 100000 do t[i] = i end return deny('a', 'b', t)"),
             Contains("is larger than 2048 bytes"));
  CHECK_THAT(error_of("local t = {} for i = 1, 100000 do t['k' .. i] = i end return deny('a', 'b', t)"),
             Contains("is larger than 2048 bytes"));
}

TEST_CASE("an effect sets the expiry, grants a discount, counts and notes") {
  const Verdict verdict = redeemed(
      "return effect { expires_at = facts.now + 5, discount = 700, count = { b = 2, a = -1, z = 0 }, note = 'n' }");
  CAPTURE(failure(verdict));
  CHECK(verdict.allowed());
  CHECK(verdict.expires_at == sample_use().now + 5);
  CHECK(verdict.discount == 700);
  CHECK(verdict.counts == Counters{{"a", -1}, {"b", 2}});
  REQUIRE(verdict.trace.size() == 1);
  CHECK(verdict.trace[0].kind == TraceEntry::Kind::effect);
  CHECK(verdict.trace[0].note == "n");
  CHECK(verdict.trace[0].counts == Counters{{"a", -1}, {"b", 2}, {"z", 0}});
}

TEST_CASE("an empty effect is one without consequences") {
  const Verdict verdict = redeemed("return effect {}");
  CHECK(verdict.allowed());
  CHECK_FALSE(verdict.discount.has_value());
  CHECK(verdict.counts.empty());
}

TEST_CASE("sandbox 10: a malformed effect is a failure that says what is wrong") {
  const auto [effect, expected] = GENERATE(table<std::string, std::string>({
      {"", "effect: its argument is a nil, not a table"},
      {"5", "effect: its argument is a number, not a table"},
      {"facts", "effect: its argument is a userdata, not a table"},
      {"{ discont = 1 }", "effect: there is no 'discont'; it has expires_at, discount, count, note, once"},
      {"{ 5 }", "effect: there is no 'number'"},
      {"{ discount = '5' }", "effect: the discount is a string, not a whole number"},
      {"{ discount = 0.5 }", "effect: the discount is 0.5, not a whole number up to 2^53"},
      {"{ discount = 0/0 }", "not a whole number up to 2^53"},
      {"{ discount = 1/0 }", "effect: the discount is inf, not a whole number"},
      {"{ discount = -1/0 }", "effect: the discount is -inf, not a whole number"},
      {"{ discount = 2^53 + 2 }", "not a whole number up to 2^53"},
      {"{ discount = -1 }", "effect: the discount is negative"},
      {"{ discount = 20001 }", "effect: the discount of 20001 is above the order's amount of 20000"},
      {"{ expires_at = facts.now + 0.5 }", "not a whole number up to 2^53"},
      {"{ expires_at = 'tomorrow' }", "effect: expires_at is a string, not a whole number"},
      {"{ expires_at = -1 }", "effect: expires_at is outside the years 1970 to 9999"},
      {"{ expires_at = 1e300 }", "effect: expires_at is"},
      {"{ count = 1 }", "effect: count is a number, not { NAME = n }"},
      {"{ count = { 1 } }", "effect: the name of a counter is a string of 1 to 64 bytes"},
      {"{ count = { [''] = 1 } }", "effect: the name of a counter is a string of 1 to 64 bytes"},
      {"{ count = { [('x'):rep(65)] = 1 } }", "effect: the name of a counter is a string of 1 to 64 bytes"},
      {"{ count = { ['a' .. string.char(10)] = 1 } }", "effect: the name of a counter is a string of 1 to 64 bytes"},
      {"{ count = { a = 'b' } }", "effect: the change of a counter is a string, not a whole number"},
      {"{ count = { a = 1.5 } }", "effect: the change of a counter is 1.5, not a whole number"},
      {"{ count = { a = 0/0 } }", "not a whole number up to 2^53"},
      {"{ note = 5 }", "effect: the note is a number, not a string"},
      {"{ note = ('x'):rep(501) }", "effect: the note has 1 to 500 bytes"},
      {"{ note = string.char(255) }", "effect: the note is not UTF-8"},
  }));
  CAPTURE(effect);
  const Verdict verdict = redeemed("local e = effect(" + effect + ") return e");
  CHECK(verdict.kind == Verdict::Kind::failed);
  CHECK_THAT(failure(verdict), Contains(expected));
}

TEST_CASE("an effect with hundreds of counters is malformed") {
  CHECK_THAT(error_of("local c = {} for i = 1, 33 do c['c' .. i] = 1 end return effect { count = c }"),
             Contains("effect: more than 32 counters"));
}

TEST_CASE("a discount without an order is malformed") {
  CHECK_THAT(error_of("return effect { discount = 0 }"),
             Contains("effect: a discount needs an order, and there is none"));
}

TEST_CASE("anything else that a rule returns is malformed") {
  const auto [returned, kind] = GENERATE(table<std::string, std::string>({
      {"true", "boolean"},
      {"false", "boolean"},
      {"0", "number"},
      {"'denied'", "string"},
      {"{}", "table"},
      {"{ discount = 1 }", "table"},
      {"deny", "function"},
      {"facts", "userdata"},
      {"p", "userdata"},
      {"string", "userdata"},
  }));
  CAPTURE(returned);
  CHECK_THAT(error_of("return " + returned),
             Contains("a rule returned a " + kind + "; it returns nothing, deny(...) or effect{...}"));
}

TEST_CASE("the answers are sealed") {
  CHECK_THAT(error_of("return #deny('a', 'b')"), Contains("attempt to get length"));
  CHECK_THAT(error_of("return deny('a', 'b') .. ''"), Contains("attempt to concatenate"));
  CHECK_THAT(error_of("for k in pairs(effect {}) do end"), Contains("pairs: a table is wanted, not a userdata"));
}
