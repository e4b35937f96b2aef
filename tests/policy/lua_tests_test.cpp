// The *_test.lua files: how they run, what they can say, how they fail.
#include "policy_sets.h"

using namespace scrip;
using Catch::Matchers::Contains;

namespace {

const PolicyFile limit{"plugins/limit.lua", R"(return plugin {
  name = "limit", version = "1.0.0", doc = "x",
  params = { max = { type = "integer", default = 1 } },
  counters = function(p, facts) return { "seen" } end,
  issue = function(p, facts)
    if facts.user.issued >= p.max then return deny("already_issued", "You have it.", { max = p.max }) end
    return effect { expires_at = facts.now + 1000, count = { seen = 1 }, note = "seen " .. facts.counter.seen }
  end,
  redeem = function(p, facts) return effect { discount = 500 } end,
  cancel = function(p, facts) error("never") end,
})"};

CompiledSet run(const std::string& body) {
  return compile(
      {limit,
       script_file("welcome", "limit {}"),
       {"plugins/limit_test.lua", "return test \"limit\" {\n  [\"case\"] = function(t)\n" + body + "\n  end,\n}"}},
      roomy);
}

// The error of a test of this body (which begins on line 3); empty when it passes.
std::string failing(const std::string& body) {
  const CompiledSet compiled = run(body);
  CAPTURE(body);
  CHECK(compiled.tests.size() == 1);
  return listed(compiled.errors);
}

const std::string issue = "local d = t.decide { hook = 'issue', rules = { limit {} } }\n";
const std::string refuse =
    "local d = t.decide { hook = 'issue', rules = { limit {} }, facts = { user = { issued = 1 } } }\n";

}  // namespace

TEST_CASE("a test that passes is reported with its file, line and name") {
  const CompiledSet compiled = run(issue + "t.allowed(d)");
  REQUIRE(compiled.set);
  REQUIRE(compiled.tests.size() == 1);
  CHECK(compiled.tests[0].file == "plugins/limit_test.lua");
  CHECK(compiled.tests[0].line == 2);
  CHECK(compiled.tests[0].name == "limit: case");
  CHECK(compiled.tests[0].passed);
  CHECK(compiled.tests[0].message.empty());
}

TEST_CASE("a test that fails makes an error of the set, at the line of the assertion") {
  const CompiledSet compiled = run(refuse + "t.allowed(d)");
  CHECK_FALSE(compiled.set);
  CHECK(listed(compiled.errors) ==
        "plugins/limit_test.lua:4: test 'limit: case': wanted allowed, got denied already_issued (limit denied "
        "already_issued)\n");
  REQUIRE(compiled.tests.size() == 1);
  CHECK_FALSE(compiled.tests[0].passed);
  CHECK(compiled.tests[0].message ==
        "plugins/limit_test.lua:4: wanted allowed, got denied already_issued (limit denied already_issued)");
}

TEST_CASE("a test that fails does not keep others from running, in the order of the file") {
  const CompiledSet compiled = compile({limit, {"plugins/limit_test.lua", R"(return test "limit" {
  ["z first"] = function(t) t.ok(false) end,
  ["endless"] = function(t) while true do end end,
  ["a last"] = function(t) t.ok(true) end,
})"}},
                                       {.load_us = 50'000});
  REQUIRE(compiled.tests.size() == 3);
  CHECK(compiled.tests[0].name == "limit: z first");
  CHECK_FALSE(compiled.tests[0].passed);
  CHECK(compiled.tests[1].message == "plugins/limit_test.lua:3: ran longer than 50 ms");
  CHECK(compiled.tests[2].passed);
  CHECK(compiled.errors.size() == 2);
}

TEST_CASE("assertions that hold say nothing") {
  const std::string body = GENERATE_COPY(
      issue +
          "t.allowed(d) t.expires_at(d, '2026-01-01T00:00:00.001Z') t.counted(d, 'seen', 1) t.counted(d, 'other', 0)",
      issue +
          "t.discount(d, nil) t.equal(d.count, { seen = 1 }) t.equal(d.notes, { 'seen 0' }) t.ok(d.allowed and not "
          "d.failed)",
      issue +
          "t.equal(#d.trace, 1) t.equal(d.trace[1].rule, 'limit') t.equal(d.trace[1].result, 'effect') "
          "t.equal(d.trace[1].count, { seen = 1 }) t.equal(d.trace[1].note, 'seen 0')",
      refuse +
          "t.denied(d, 'already_issued') t.denied(d) t.equal(d.sentence, 'You have it.') t.equal(d.detail, { max = 1 "
          "}) "
          "t.expires_at(d, nil) t.equal(d.count, {}) t.equal(d.trace[1].code, 'already_issued')",
      "local d = t.decide { hook = 'redeem', rules = { limit {} }, facts = { order = { amount = 700 } } }\n"
      "t.allowed(d) t.discount(d, 500)",
      "local d = t.decide { hook = 'cancel', rules = { limit {} } }\nt.failed(d) t.ok(d.failed) t.equal(d.code, "
      "'policy_error') "
      "t.equal(d.trace[1].error, 'plugins/limit.lua:10: never')",
      "t.equal(t.at('1970-01-01T00:00:01Z'), 1000000) t.equal(t.at('2026-11-21T10:00:00+09:00'), "
      "t.at('2026-11-21T01:00:00Z'))",
      "t.equal({ a = { 1, 2 } }, { a = { 1, 2 } }) t.equal(nil, nil) t.equal('x', 'x') t.ok(1)",
      "t.allowed(t.decide { hook = 'issue', policy = 'welcome' })",
      "t.allowed(t.decide { hook = 'issue', policy = policy { name = 'x', rules = { limit {} } } })",
      "t.allowed(t.decide { hook = 'issue', policy = 'welcome', params = { limit = { max = 2 } }, facts = { user = { "
      "issued = 1 } } })",
      "t.allowed(t.decide { hook = 'issue', rules = { limit { as = 'l' } }, params = { l = { max = 2 } }, facts = { "
      "user = { issued = 1 } } })",
      "t.allowed(t.decide { hook = 'remind', rules = {} })");
  CHECK(failing(body) == "");
}

TEST_CASE("an assertion that does not hold shows what was wanted and what there was") {
  const auto [body, expected] = GENERATE(table<std::string, std::string>({
      {issue + "t.denied(d)", "wanted denied, got allowed (limit effect)"},
      {refuse + "t.denied(d, 'sold_out')",
       "wanted denied sold_out, got denied already_issued (limit denied already_issued)"},
      {refuse + "t.failed(d)", "wanted failed, got denied already_issued"},
      {"local d = t.decide { hook = 'cancel', rules = { limit {} } }\nt.denied(d)",
       "wanted denied, got failed (limit failed plugins/limit.lua:10: never)"},
      {"\nt.allowed(t.decide { hook = 'cancel', policy = 'welcome' })", "wanted allowed, got failed (limit failed"},
      {issue + "t.discount(d, 5)", "wanted a discount of 5, got nil: allowed (limit effect)"},
      {issue + "t.expires_at(d, nil)",
       "wanted the expiry none, got 2026-01-01T00:00:00.001000Z (1767225600001000): allowed"},
      {issue + "t.expires_at(d, '2026-01-01T00:00:00Z')",
       "wanted the expiry 2026-01-01T00:00:00Z (1767225600000000), got 2026-01-01T00:00:00.001000Z"},
      {refuse + "t.expires_at(d, 5)",
       "wanted the expiry 1970-01-01T00:00:00.000005Z (5), got none: denied already_issued"},
      {issue + "t.counted(d, 'seen', 2)", "wanted counter 'seen' changed by 2, got 1: allowed"},
      {issue + "t.counted(d, 'other', 1)", "wanted counter 'other' changed by 1, got 0: allowed"},
      {"\nt.equal({ a = { 1, 2 } }, { a = { 1, 3 } })", "wanted {\"a\":[1,3]}, got {\"a\":[1,2]}"},
      {"\nt.equal({ 1, 2 }, { 1 })", "wanted [1], got [1,2]"},
      {"\nt.equal(1, '1', 'types differ')", "types differ: wanted \"1\", got 1"},
      {"\nt.equal(nil, 1)", "wanted 1, got nil"},
      {"\nt.equal(t.at, 1)", "wanted 1, got a function"},
      {"\nt.ok(nil)", "wanted a true value, got nil"},
      {"\nt.ok(false, 'it broke')", "it broke"},
      {"\nerror('odd')", "odd"},
  }));
  CHECK_THAT(failing(body), Contains("plugins/limit_test.lua:4: test 'limit: case': " + expected));
}

TEST_CASE("misuse of a test's functions is an error that says so") {
  const auto [body, expected] = GENERATE(table<std::string, std::string>({
      {"t.allowd(1)", "t has no member 'allowd'; it has decide, at, allowed"},
      {"t.allowed = nil", "allowed is read-only"},
      {"t.allowed(5)", "t.allowed: its first argument is not what t.decide returned"},
      {"t.at('tomorrow')", "t.at: \"tomorrow\" is no instant"},
      {"t.at(5)", "t.at: wants an instant"},
      {"t.decide()", "t.decide: write t.decide { hook = ..., rules = ..., facts = ... }"},
      {"t.decide { hok = 'issue' }", "t.decide has no 'hok'; it has hook, rules, policy, params, facts"},
      {"t.decide { hook = 'claim', rules = {} }",
       "t.decide: hook is not one of \"issue\", \"redeem\", \"cancel\", \"remind\""},
      {"t.decide { hook = 'issue' }", "t.decide: wants either rules = { ... } or policy = \"name\""},
      {"t.decide { hook = 'issue', rules = {}, policy = 'welcome' }", "t.decide: wants either"},
      {"t.decide { hook = 'issue', rules = 5 }", "t.decide: rules is a list of rules, policy a name or policy { ... }"},
      {"t.decide { hook = 'issue', rules = { 5 } }", "t.decide: rules[1] is a number; a rule is made by its plugin"},
      {"t.decide { hook = 'issue', rules = { limit {}, limit {} } }", "t.decide: two rules are named 'limit'"},
      {"t.decide { hook = 'issue', policy = 'nothing' }", "t.decide: policy: there is no policy 'nothing'"},
      {"t.decide { hook = 'issue', rules = { limit { max = 'x' } } }",
       "limit: parameter 'max' must be a whole number, not \"x\""},
      {"t.decide { hook = 'issue', rules = { limt {} } }", "there is no 'limt' here, and no plugin of that name"},
      {"t.decide { hook = 'issue', policy = 'welcome', params = { limit = { max = 'x' } } }",
       "t.decide: params.limit.max: must be a whole number, not \"x\""},
      {"t.decide { hook = 'issue', policy = 'welcome', params = { other = {} } }",
       "t.decide: params.other: is no rule of the policy; its rules are limit"},
      {"t.decide { hook = 'issue', rules = {}, facts = 5 }", "t.decide: facts is a number, not a table"},
      {"t.decide { hook = 'issue', rules = {}, facts = { user = { isued = 1 } } }",
       "t.decide: facts.user has no member 'isued'; it has id, issued, issued_for_subject, redeemed, attributes"},
      {"t.decide { hook = 'issue', rules = {}, facts = { usr = {} } }", "t.decide: facts has no member 'usr'"},
      {"t.decide { hook = 'issue', rules = {}, facts = { user = { issued = 'x' } } }",
       "t.decide: facts.user.issued is not a whole number"},
      {"t.decide { hook = 'issue', rules = {}, facts = { user = { issued = 0.5 } } }",
       "t.decide: facts.user.issued is not a whole number"},
      {"t.decide { hook = 'issue', rules = {}, facts = { now = 'soon' } }", "t.decide: facts.now is not an instant"},
      {"t.decide { hook = 'issue', rules = {}, facts = { subject = 5 } }", "t.decide: facts.subject is not a string"},
      {"t.decide { hook = 'issue', rules = {}, facts = { order = { items = { { sk = 'A' } } } } }",
       "t.decide: facts.order.items[1] has no member 'sk'; it has sku, quantity, amount, tags"},
      {"t.decide { hook = 'issue', rules = {}, facts = { campaign = { total = 5, issued = 1, remaining = 1 } } }",
       "t.decide: facts.campaign.remaining is not what total and issued leave"},
      {"t.decide { hook = 'issue', rules = {}, facts = { campaign = { timezone = 'Nowhere' } } }",
       "t.decide: facts.campaign.timezone is not an IANA time zone"},
      {"t.decide { hook = 'issue', rules = {}, facts = { user = { attributes = { 1 } } } }",
       "t.decide: facts.user.attributes is not a table with names"},
      {"t.decide { hook = 'issue', rules = {}, facts = { user = { attributes = { f = t.at } } } }",
       "t.decide: facts.user.attributes.f is a function"},
  }));
  CHECK_THAT(failing("\n" + body), Contains("plugins/limit_test.lua:4: test 'limit: case': " + expected));
}

TEST_CASE("facts that a test does not give are usual ones") {
  const char* hook = GENERATE("issue", "redeem", "cancel");
  const CompiledSet compiled = compile({plugin_file("show", R"(
    local f = facts
    local function s(v) return v == nil and "-" or tostring(v) end
    local function ago(v) return v and tostring(f.now - v) or "-" end
    return deny("shown", table.concat({ string.format("%d", f.now), f.campaign.id, s(f.campaign.total), f.campaign.issued,
      s(f.campaign.remaining), f.campaign.redeemed, f.campaign.timezone, f.user.id, f.user.issued, f.user.issued_for_subject,
      f.user.redeemed, s(f.subject), f.coupon.code, ago(f.coupon.created_at), ago(f.coupon.issued_at),
      ago(f.coupon.redeemed_at), s(f.order) }, " ")))",
                                                    "", hook),
                                        {"plugins/show_test.lua",
                                         "return test \"show\" { [\"usual\"] = function(t)\n"
                                         "t.equal(t.decide { hook = '" +
                                             std::string(hook) + "', rules = { show {} } }.sentence, '')\nend }"}},
                                       roomy);
  const std::string usual = "1767225600000000 test - 0 - 0 UTC user-1 0 0 0 - TEST-CODE 0 ";
  const std::string rest = std::string(hook) == "issue" ? "- - -" : std::string(hook) == "redeem" ? "0 - -" : "0 0 -";
  CHECK_THAT(listed(compiled.errors), Contains("got \"" + usual + rest + "\""));
}

TEST_CASE("facts that a test gives are what the rule sees") {
  const CompiledSet compiled = compile({plugin_file("show", R"(
    local f, item = facts, facts.order.items[1]
    return deny("shown", table.concat({ f.campaign.id, f.campaign.total, f.campaign.issued, f.campaign.remaining,
      f.campaign.metadata.a, f.user.id == nil and "nobody" or f.user.id, f.user.attributes.tier, f.subject, f.coupon.code,
      f.now - f.coupon.created_at, f.order.currency, #f.order.items, item.sku, item.quantity, item.amount, #item.tags,
      f.order.items[2].tags[1], f.counter.a, f.counter.b }, " ")))",
                                                    "counters = function() return { 'a', 'b' } end"),
                                        {"plugins/show_test.lua", R"(return test "show" { ["given"] = function(t)
  local d = t.decide { hook = "issue", rules = { show {} }, facts = {
    now = "2026-01-01T00:00:01Z",
    campaign = { id = "c", total = 10, remaining = 3, metadata = { a = "m" } },
    user = { id = false, attributes = { tier = "gold" } }, subject = "work:1",
    coupon = { code = "X", created_at = 1767225600000000 },
    order = { items = { { sku = "A" }, { sku = "B", tags = { "t" } } } },
    counter = { a = 4 } } }
  t.equal(d.sentence, "c 10 7 3 m nobody gold work:1 X 1000000 KRW 2 A 1 0 0 t 4 0")
end })"}},
                                       roomy);
  CHECK(listed(compiled.errors) == "");
}

TEST_CASE("a test file that is no test is an error") {
  const auto [text, expected] = GENERATE(table<std::string, std::string>({
      {"", "plugins/a_test.lua: the file returns a nil; it ends with: return test \"title\" { ... }\n"},
      {"return {}", "plugins/a_test.lua: the file returns a table; it ends with: return test \"title\" { ... }\n"},
      {"\nreturn test { a = 1 }", "plugins/a_test.lua:2: test: write test \"title\" { ... }\n"},
      {"\nreturn test 'a' (5)",
       "plugins/a_test.lua:2: test: write test \"title\" { [\"name\"] = function(t) ... end }\n"},
      {"return test 'a' { ['x'] = 5 }",
       "plugins/a_test.lua: test \"a\": a test is [\"name\"] = function(t) ... end, or { ..., case "
       "\"name\" { ... } }\n"},
      {"return test 'a' { function(t) end }",
       "plugins/a_test.lua: test \"a\": a test is [\"name\"] = function(t) ... end, or { ..., case "
       "\"name\" { ... } }\n"},
      {"local x = nothing {}\nreturn test 'a' {}",
       "plugins/a_test.lua:1: there is no 'nothing' here, and no plugin of that name\n"},
  }));
  CAPTURE(text);
  CHECK(listed(compile({{"plugins/a_test.lua", text}}, roomy).errors) == expected);
}

TEST_CASE("tests of scripts lie beside them") {
  const CompiledSet compiled = compile({limit,
                                        script_file("welcome", "limit {}"),
                                        {"scripts/welcome_test.lua",
                                         "return test 'welcome' { ['x'] = function(t)\n"
                                         "t.allowed(t.decide { hook = 'issue', policy = 'welcome' }) end }"}},
                                       roomy);
  REQUIRE(compiled.set);
  REQUIRE(compiled.tests.size() == 1);
  CHECK(compiled.tests[0].file == "scripts/welcome_test.lua");
}
