// Tests that are tables of cases.
#include "policy_sets.h"

using namespace scrip;
using Catch::Matchers::Contains;

namespace {

const PolicyFile rate{"plugins/rate.lua", R"(return plugin {
  name = "rate", version = "1.0.0", doc = "x",
  params = { percent = { type = "integer", default = 10 } },
  issue = function(p, facts)
    if facts.user.issued > 0 then return deny("already_issued", "You have it.", { held = facts.user.issued }) end
    return effect { expires_at = facts.now + 1000000, count = { seen = 1 }, note = "hello" }
  end,
  redeem = function(p, facts)
    if not facts.order then return end
    return effect { discount = percent_of(facts.order.amount, p.percent, "floor") }
  end,
  cancel = function(p, facts) error("never") end,
})"};

// A test file of one table; it begins on line 2.
CompiledSet run(const std::string& table) {
  return compile({rate,
                  script_file("welcome", "rate {}"),
                  {"plugins/rate_test.lua", "return test \"rate\" {\n  [\"table\"] = {\n" + table + "\n  },\n}"}},
                 roomy);
}

}  // namespace

TEST_CASE("each case of a table is a test of its own, with its name and line") {
  const CompiledSet compiled = run(R"(    hook = "redeem", rules = { rate {} },
    case "a round amount" { order = { amount = 1000 }, discount = 100 },
    case "nothing"
      { order = { amount = 0 }, discount = 0 },)");
  INFO(listed(compiled.errors));
  REQUIRE(compiled.set);
  REQUIRE(compiled.tests.size() == 2);
  CHECK(compiled.tests[0].name == "rate: table: a round amount");
  CHECK(compiled.tests[0].line == 4);
  CHECK(compiled.tests[1].name == "rate: table: nothing");
  CHECK(compiled.tests[1].line == 5);
}

TEST_CASE("a case that is not as wanted fails alone, at its own line") {
  const CompiledSet compiled = run(R"(    hook = "redeem", rules = { rate {} },
    case "right" { order = { amount = 1000 }, discount = 100 },
    case "wrong" { order = { amount = 1000 }, discount = 99 },)");
  CHECK_FALSE(compiled.set);
  REQUIRE(compiled.tests.size() == 2);
  CHECK(compiled.tests[0].passed);
  CHECK_FALSE(compiled.tests[1].passed);
  CHECK(
      listed(compiled.errors) ==
      "plugins/rate_test.lua:5: test 'rate: table: wrong': wanted a discount of 99, got 100: allowed (rate effect)\n");
}

TEST_CASE("a case has what its table has, and says what is different") {
  const std::string table = GENERATE(
      R"(hook = "redeem", rules = { rate { percent = 50 } }, facts = { order = { amount = 10, currency = "USD" } },
         case "shared" { discount = 5 }, case "another amount" { order = { amount = 20 }, discount = 10 },
         case "no order" { order = false, discount = false }, case "other rules" { rules = { rate {} }, discount = 1 },
         case "a policy instead" { policy = "welcome", discount = 1 })",
      R"(hook = "redeem", policy = "welcome", order = { amount = 1000 },
         case "as it is" { discount = 100 }, case "overridden" { params = { rate = { percent = 20 } }, discount = 200 },
         case "other hook" { hook = "issue", notes = { "hello" } })",
      R"(hook = "issue", rules = { rate {} }, now = "2026-01-01T00:00:00Z",
         case "all of it" { allowed = true, expires_at = "2026-01-01T00:00:01Z", counted = { seen = 1 },
           notes = { "hello" } },
         case "refused" { user = { issued = 2 }, denied = "already_issued", sentence = "You have it.",
           detail = { held = 2 }, discount = false, expires_at = false },
         case "refused for whatever reason" { facts = { user = { issued = 1 } }, denied = true },
         case "failed" { hook = "cancel", failed = true })");
  CHECK(listed(run(table).errors) == "");
}

TEST_CASE("what a case wants is compared, whatever it is") {
  const auto [members, expected] = GENERATE(table<std::string, std::string>({
      {"denied = true", "wanted denied, got allowed (rate effect)"},
      {"denied = 'sold_out'", "wanted denied sold_out, got allowed"},
      {"failed = true", "wanted failed, got allowed"},
      {"expires_at = false", "wanted the expiry none, got 2026-01-01T00:00:01Z"},
      {"counted = { seen = 2 }", "wanted counter 'seen' changed by 2, got 1"},
      {"notes = {}", "notes: wanted [], got [\"hello\"]"},
      {"sentence = 'x'", "sentence: wanted \"x\", got nil"},
      {"detail = { a = 1 }", "detail: wanted {\"a\":1}, got nil"},
      {"user = { issued = 1 }, allowed = true", "wanted allowed, got denied already_issued"},
      {"user = { issued = 1 }, discount = false", "wanted allowed, got denied already_issued"},
      {"hook = 'cancel', allowed = true", "wanted allowed, got failed (rate failed plugins/rate.lua:12: never)"},
  }));
  CHECK_THAT(listed(run("hook = 'issue', rules = { rate {} },\n\ncase 'c' { " + members + " }").errors),
             Contains("plugins/rate_test.lua:5: test 'rate: table: c': " + expected));
}

TEST_CASE("a table that is no table of cases is an error that says so") {
  const auto [text, expected] = GENERATE(table<std::string, std::string>({
      {"", "test \"table\" has no case; a case is case \"name\" { ... }"},
      {"hook = 'issue', rules = {}", "test \"table\" has no case"},
      {"{ allowed = true }", "test \"table\": a case is case \"name\" { ... }"},
      {"hok = 'issue', case 'a' { allowed = true }", "test \"table\" has no 'hok'; it has hook, rules"},
      {"discount = 5, case 'a' { allowed = true }", "test \"table\" has no 'discount'"},
      {"case 'a' { dicsount = 5 }", "case \"a\" has no 'dicsount'; it has hook, rules, policy, params, facts"},
      {"case 'a' { 5 }", "case \"a\" has no 'value without a name'"},
      {"case 'a' { order = { amount = 5 } }", "case \"a\" says nothing of what is wanted"},
      {"case 'a' { allowed = true }, case 'a' { allowed = true }", "two cases are named \"a\""},
      {"case { allowed = true }", "case: write case \"name\" { ... }"},
      {"case 'a' (5)", "case: write case \"name\" { ... }"},
      {"case 'a' { allowed = true }", "case: hook is not one of"},
      {"hook = 'issue', case 'a' { allowed = true }", "case: wants either rules = { ... } or policy = \"name\""},
      {"hook = 'issue', rules = {}, case 'a' { allowed = false }", "allowed is true, or left out"},
      {"hook = 'issue', rules = {}, case 'a' { allowed = true, denied = 'x' }", "one of allowed, denied and failed"},
      {"hook = 'issue', rules = {}, case 'a' { allowed = true, counted = 5 }", "counted is a number"},
      {"hook = 'issue', rules = {}, case 'a' { allowed = true, counted = { 'x' } }",
       "counted is { [\"name\"] = change }"},
      {"hook = 'issue', rules = {}, case 'a' { allowed = true, user = { isued = 1 } }",
       "facts.user has no member 'isued'"},
      {"hook = 'issue', rules = {}, case 'a' { allowed = true, now = 'soon' }", "facts.now is not an instant"},
      {"hook = 'issue', rules = {}, case 'a' { allowed = true, facts = 5 }", "facts is not a table with names"},
      {"hook = 'issue', rules = {}, case 'a' { allowed = true, subject = case }", "subject is a function"},
  }));
  CAPTURE(text);
  CHECK_THAT(listed(run(text).errors), Contains(expected));
}

TEST_CASE("facts that cannot be are refused with their path") {
  const auto [facts, expected] = GENERATE(table<std::string, std::string>({
      {"order = { amount = -1 }", "facts.order.amount is below 0"},
      {"order = { amount = 1, currency = 'won' }", "facts.order.currency is not a currency"},
      {"user = { issued = -1 }", "facts.user.issued is below 0"},
      {"user = { issued = 2^60 }", "facts.user.issued is not a whole number"},
      {"now = -1", "facts.now is before 1970"},
      {"now = '2300-01-01T00:00:00Z'", "facts.now is after the year 2255"},
      {"campaign = { total = 1, remaining = 2 }", "facts.campaign.remaining is not what total and issued leave"},
      {"order = { amount = 1, items = { { sku = 'A', quantity = -1 } } }", "facts.order.items[1].quantity is below 0"},
      {"counter = { [''] = 1 }", "facts.counter has a name that is not 1 to 64 bytes of text"},
  }));
  CHECK_THAT(listed(run("hook = 'issue', rules = {}, case 'a' { allowed = true, " + facts + " }").errors),
             Contains(expected));
}
