// Sandbox 9: a file's own locals cannot be sealed, so state in them is found out.
#include "lua/evaluator.h"
#include "policy_sets.h"

using namespace scrip;
using Catch::Matchers::Contains;

namespace {

// Refuses every third claim that its VM sees.
const PolicyFile forgetful{"plugins/forgetful.lua", R"(
local seen = 0
return plugin { name = "forgetful", version = "1.0.0", doc = "Counts in a local.", issue = function(p, facts)
  seen = seen + 1
  if seen % 3 == 0 then return deny("third", "You are the third.") end
end }
)"};

}  // namespace

TEST_CASE("sandbox 9: a set whose verdicts depend on the order of its tests is refused") {
  const CompiledSet compiled = compile({forgetful, {"plugins/forgetful_test.lua", R"(
return test "forgetful" {
  ["one"] = function(t) t.allowed(t.decide { hook = "issue", rules = { forgetful {} } }) end,
  ["two"] = function(t)
    t.decide { hook = "issue", rules = { forgetful {} } }
    t.decide { hook = "issue", rules = { forgetful {} } }
  end,
}
)"}},
                                       {});
  CHECK_FALSE(compiled.set);
  CHECK_THAT(
      listed(compiled.errors),
      Contains("plugins/forgetful_test.lua:4: test 'forgetful: two': comes out differently when the tests run in "
               "the opposite order: a rule keeps state between decisions"));
}

TEST_CASE("sandbox 9: live, a second evaluation in a fresh VM finds state out") {
  const auto set =
      accepted({forgetful, script_file("one", "forgetful {}")}, {.decision_us = 5'000'000, .recheck_every = 2});
  const auto binding = bound(*set);
  const auto evaluator = set->evaluator();
  std::vector<Verdict> verdicts;
  for (int i = 0; i < 6; ++i) verdicts.push_back(evaluator->decide(*binding, Hook::issue, sample_claim()));
  // The second and the fourth are what a fresh VM says too; the sixth is not.
  CHECK(verdicts[0].allowed());
  CHECK(verdicts[1].allowed());
  CHECK(verdicts[2].kind == Verdict::Kind::denied);
  CHECK(verdicts[3].allowed());
  CHECK(verdicts[4].allowed());
  CHECK(verdicts[5].kind == Verdict::Kind::failed);
  CHECK(verdicts[5].unstable);
  CHECK(verdicts[5].code == "policy_error");
  REQUIRE(verdicts[5].trace.size() == 1);
  CHECK(verdicts[5].trace[0].rule == "forgetful");
  CHECK_THAT(verdicts[5].trace[0].detail, Contains("keeps state between decisions"));
}

TEST_CASE("a rule without state is never found unstable, not even when it fails") {
  const auto set =
      accepted({plugin_file("one", "if facts.user.issued == 1 then error({}) end return deny('no', 'No.', { a = 1 })"),
                script_file("one", "one {}")},
               {.decision_us = 5'000'000, .recheck_every = 1});
  const auto binding = bound(*set);
  const auto evaluator = set->evaluator();
  for (int i = 0; i < 4; ++i) {
    Facts facts = sample_claim();
    facts.user.issued = i % 2;
    const Verdict verdict = evaluator->decide(*binding, Hook::issue, facts);
    CHECK_FALSE(verdict.unstable);
    CHECK(verdict.kind == (i % 2 == 1 ? Verdict::Kind::failed : Verdict::Kind::denied));
  }
}

TEST_CASE("no decision is evaluated twice when that is turned off") {
  const auto set =
      accepted({forgetful, script_file("one", "forgetful {}")}, {.decision_us = 5'000'000, .recheck_every = 0});
  const auto binding = bound(*set);
  const auto evaluator = set->evaluator();
  for (int i = 0; i < 9; ++i) CHECK_FALSE(evaluator->decide(*binding, Hook::issue, sample_claim()).unstable);
}

TEST_CASE("outcomes are the same when all but the texts of errors is") {
  Verdict one{.kind = Verdict::Kind::failed, .code = "policy_error"};
  one.trace.push_back({.rule = "a", .kind = TraceEntry::Kind::failed, .detail = "first"});
  Verdict other = one;
  other.trace[0].detail = "second";
  CHECK(same_outcome(one, other));
  other.trace[0].rule = "b";
  CHECK_FALSE(same_outcome(one, other));
  other = one;
  other.trace.push_back(one.trace[0]);
  CHECK_FALSE(same_outcome(one, other));
  other = one;
  other.counts.emplace_back("x", 1);
  CHECK_FALSE(same_outcome(one, other));
  other = one;
  other.trace[0].kind = TraceEntry::Kind::passed;
  CHECK_FALSE(same_outcome(one, other));
}
