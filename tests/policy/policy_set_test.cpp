// What the host sees of an accepted set: descriptions, bindings, evaluators.
#include <thread>

#include "lua/binding.h"
#include "policy_sets.h"

using namespace scrip;
using Catch::Matchers::Contains;

namespace {

const PolicyFile limit{"plugins/limit.lua", R"(return plugin {
  name = "limit", version = "1.2.0", priority = 200, doc = "At most `max`.",
  params = { max = { type = "integer", min = 1, default = 1 }, from = { type = "instant" },
             list = { type = "list", of = { type = "instant" } } },
  check = function(p) if p.max > 10 and not p.from then return "more than ten need a beginning" end end,
  issue = function(p, facts)
    if facts.user.issued >= p.max then return deny("already_issued", "You have it.", { max = p.max, from = p.from,
      list = p.list }) end
  end,
})"};

std::shared_ptr<const PolicySet> limits() {
  return accepted(
      {limit, plugin_file("alpha", "", "priority = 200"), plugin_file("zero", "", "priority = -1"),
       script_file(
           "one",
           "limit { as = 'b', max = 2 }, limit { as = 'a', from = '2026-11-21T10:00:00+09:00' }, zero {}, alpha {}"),
       script_file("empty", "")});
}

std::vector<FieldError> refused(const std::string& params, const std::string& policy = "one") {
  const auto binding = limits()->bind(policy, params);
  CAPTURE(params);
  REQUIRE_FALSE(binding.ok());
  CHECK(binding.error().code == Code::invalid_request);
  return binding.error().fields;
}

}  // namespace

TEST_CASE("a set describes its files, plugins, policies and rules") {
  const auto set = limits();
  REQUIRE(set->files().size() == 5);
  CHECK(set->files()[0].name == "plugins/alpha.lua");
  CHECK(set->revision() == revision_of(set->files()));
  REQUIRE(set->plugins().size() == 3);
  const PluginInfo& plugin = set->plugins()[1];
  CHECK(plugin.name == "limit");
  CHECK(plugin.version == "1.2.0");
  CHECK(plugin.file == "plugins/limit.lua");
  CHECK(plugin.doc == "At most `max`.");
  CHECK(plugin.priority == 200);
  CHECK(
      plugin.params ==
      R"({"from":{"type":"instant"},"list":{"of":{"type":"instant"},"type":"list"},"max":{"default":1,"min":1,"type":"integer"}})");
  CHECK(set->plugins()[2].priority == -1);
  REQUIRE(set->policies().size() == 2);
  CHECK(set->policies()[0].name == "empty");
  CHECK(set->policies()[1].file == "scripts/one.lua");
}

TEST_CASE("rules run by priority and then by name, wherever the script has them") {
  const auto set = limits();
  std::vector<std::string> names;
  for (const RuleInfo& rule : set->policies()[1].rules) names.push_back(rule.name);
  CHECK(names == std::vector<std::string>{"zero", "a", "alpha", "b"});
  CHECK(set->policies()[1].rules[3].plugin == "limit");
  CHECK(set->policies()[1].rules[3].params == R"({"max":2})");
  CHECK(set->policies()[1].rules[1].params == R"({"from":"2026-11-21T10:00:00+09:00","max":1})");
  std::vector<std::string> ran;
  for (const TraceEntry& entry : decide(*set, sample_claim()).trace) ran.push_back(entry.rule);
  CHECK(ran == names);
}

TEST_CASE("only rules with the hook run") {
  const auto set =
      accepted({plugin_file("a", ""), plugin_file("b", "", "", "redeem"), script_file("one", "a {}, b {}")});
  CHECK(decide(*set, sample_claim()).trace.size() == 1);
  CHECK(decide(*set, sample_use(), Hook::redeem).trace[0].rule == "b");
  CHECK(decide(*set, sample_use(), Hook::cancel).trace.empty());
  CHECK(decide(*set, sample_use(), Hook::cancel).allowed());
}

TEST_CASE("a campaign's parameters take the place of the script's, one by one") {
  const auto set = limits();
  const auto evaluator = set->evaluator();
  Facts facts = sample_claim();
  facts.user.issued = 1;
  const auto plain = bound(*set);
  const auto raised = bound(*set, "one", R"({"a":{"max":3},"b":{"max":3}})");
  const Verdict denied = evaluator->decide(*plain, Hook::issue, facts);
  CHECK(denied.code == "already_issued");
  // An instant is a number to the rule, whether it stands alone or in a list.
  CHECK(denied.detail == R"({"from":1795222800000000,"max":1})");
  CHECK(evaluator->decide(*raised, Hook::issue, facts).allowed());
  CHECK(evaluator->decide(*plain, Hook::issue, facts).code == "already_issued");
  const auto listed_instants = bound(*set, "one", R"({"a":{"list":["1970-01-01T00:00:01Z"]}})");
  CHECK_THAT(evaluator->decide(*listed_instants, Hook::issue, facts).detail, Contains(R"("list":[1000000])"));
}

TEST_CASE("a rule sees records with all their fields, and an instant in them as a number") {
  const std::string schema = R"(params = { limits = { type = "list", required = true, of = { type = "record", fields = {
    from = { type = "instant" }, days = { type = "list", of = { type = "integer" } },
    kind = { type = "string", enum = { "a", "b" }, default = "a" }, most = { type = "integer", or_false = true } } } } })";
  const auto ask = [&](const std::string& body, const std::string& params) {
    const auto set = accepted({plugin_file("one", body, schema), script_file("one", "one { limits = {} }")});
    return set->evaluator()->decide(*bound(*set, "one", params), Hook::issue, sample_claim());
  };
  const std::string params =
      R"({"one":{"limits":[{"from":"1970-01-01T00:00:01Z","days":[3],"most":false},{"kind":"b","most":2}]}})";
  const std::string shown =
      "local x, y = p.limits[1], p.limits[2] return deny('seen', 'Seen.', { #p.limits, x.from, "
      "x.days[1], x.kind, tostring(x.most), tostring(y.from), y.kind, y.most })";
  CHECK(ask(shown, params).detail == R"([2,1000000,3,"a","false","nil","b",2])");
  CHECK_THAT(ask("return p.limits[1].perod", params).trace.at(0).detail,
             Contains("the parameter table has no member 'perod'; it has days, from, kind, most"));
  CHECK_THAT(ask("p.limits[1].most = 5", params).trace.at(0).detail, Contains("most is read-only"));
  const auto set = accepted({plugin_file("one", "", schema), script_file("one", "one { limits = {} }")});
  const auto refused = set->bind("one", R"({"one":{"limits":[{},{"kind":"c","kinds":1}]}})");
  REQUIRE(!refused);
  CHECK(refused.error().fields ==
        std::vector<FieldError>{{"params.one.limits[1].kind", "must be one of \"a\", \"b\", not \"c\""},
                                {"params.one.limits[1].kinds", "is unknown; it has days, from, kind, most"}});
  const CompiledSet wrong =
      compile({plugin_file("one", "", schema), script_file("one", "one { limits = { { kind = 1 } } }")}, roomy);
  CHECK(listed(wrong.errors) == "scripts/one.lua:1: one: parameter 'limits[1].kind' must be a string, not 1\n");
}

TEST_CASE("parameters that do not fit are refused by field, all of them") {
  CHECK(refused(R"({"a":{"max":0,"mx":1},"b":{"max":"x"},"c":{}})") ==
        std::vector<FieldError>{{"params.a.max", "must be at least 1, not 0"},
                                {"params.a.mx", "is unknown; the parameters are from, list, max"},
                                {"params.b.max", "must be a whole number, not \"x\""},
                                {"params.c", "is no rule of the policy; its rules are zero, a, alpha, b"}});
  CHECK(refused("[]") == std::vector<FieldError>{{"params", "must be an object: rule -> parameters"}});
  CHECK(refused("nonsense") == std::vector<FieldError>{{"params", "must be an object: rule -> parameters"}});
  CHECK(refused(R"({"a":5})") == std::vector<FieldError>{{"params.a", "must be an object: parameter -> value"}});
  CHECK(
      refused(R"({"a":{"list":["1970-01-01T00:00:00Z","x"]}})") ==
      std::vector<FieldError>{
          {"params.a.list[1]", "must be an instant with an offset such as \"2026-11-21T10:00:00+09:00\", not \"x\""}});
  CHECK(refused("{}", "nothing") == std::vector<FieldError>{{"policy", "there is no policy 'nothing'"}});
  CHECK(refused(R"({"a":{}})", "empty") ==
        std::vector<FieldError>{{"params.a", "is no rule of the policy, which has none"}});
}

TEST_CASE("a plugin's own check is asked about the campaign's parameters") {
  CHECK(refused(R"({"b":{"max":11}})") == std::vector<FieldError>{{"params.b", "more than ten need a beginning"}});
  CHECK(limits()->bind("one", R"({"a":{"max":11}})").ok());
}

TEST_CASE("a check that fails or never ends refuses the parameters") {
  const auto set = accepted({{"plugins/one.lua", R"(return plugin { name = "one", version = "1.0.0", doc = "x",
  params = { mode = { type = "integer", default = 0 } },
  check = function(p)
    if p.mode == 1 then error("broken") end
    if p.mode == 2 then while true do end end
    if p.mode == 3 then return 5 end
    if p.mode == 4 then return p.mod end
  end,
  issue = function() end })"},
                             script_file("one", "one {}")},
                            {.load_us = 100'000});
  const auto why = [&](const std::string& mode) {
    const auto binding = set->bind("one", "{\"one\":{\"mode\":" + mode + "}}");
    return binding.ok() ? std::string() : binding.error().fields.at(0).message;
  };
  CHECK(why("0") == "");
  CHECK(why("1") == "plugins/one.lua:4: broken");
  CHECK(why("2") == "plugins/one.lua:5: ran longer than 100 ms");
  CHECK(why("3") == "plugins/one.lua:3: check returned a number, not a sentence or nothing");
  CHECK_THAT(why("4"), Contains("the parameter table has no member 'mod'; it has mode"));
  CHECK(why("0") == "");
}

TEST_CASE("a binding belongs to its set") {
  const auto one = limits();
  const auto other = limits();
  const auto binding = bound(*one);
  CHECK(binding->policy() == "one");
  CHECK(failure(other->evaluator()->decide(*binding, Hook::issue, sample_claim())) ==
        "the binding is of another policy set");
  CHECK(other->evaluator()->counters(*binding, Hook::issue, sample_claim()).empty());
}

TEST_CASE("an evaluator outlives the set it is of, and so does a binding") {
  auto set = limits();
  const auto binding = bound(*set);
  const auto evaluator = set->evaluator();
  set.reset();
  CHECK(evaluator->decide(*binding, Hook::issue, sample_claim()).allowed());
}

TEST_CASE("thousands of bindings come and go in one evaluator") {
  const auto set = limits();
  const auto evaluator = set->evaluator();
  Facts facts = sample_claim();
  std::vector<std::shared_ptr<const Binding>> kept;
  for (int i = 0; i < 6000; ++i) {
    const int max = i % 7 + 1;
    kept.push_back(bound(*set, "one", "{\"a\":{\"max\":" + std::to_string(max) + "},\"b\":{\"max\":10}}"));
    if (i % 2 == 1) kept.erase(kept.begin());
    facts.user.issued = max - 1;
    REQUIRE(evaluator->decide(*kept.back(), Hook::issue, facts).allowed());
    facts.user.issued = max;
    REQUIRE(evaluator->decide(*kept.back(), Hook::issue, facts).code == "already_issued");
  }
  facts.user.issued = 0;
  for (const auto& binding : kept) REQUIRE(evaluator->decide(*binding, Hook::issue, facts).allowed());
}

TEST_CASE("a set serves several threads at once") {
  const auto set = limits();
  std::vector<std::thread> threads;
  std::vector<int> right(4, 0);
  for (std::size_t i = 0; i < right.size(); ++i) {
    threads.emplace_back([&set, &count = right[i]] {
      const auto evaluator = set->evaluator();
      for (int round = 0; round < 50; ++round) {
        const auto binding = set->bind("one", R"({"a":{"max":11},"b":{"max":2}})");
        Facts facts = sample_claim();
        facts.user.issued = round % 2 == 0 ? 1 : 2;
        const Verdict verdict = evaluator->decide(**binding, Hook::issue, facts);
        if (verdict.allowed() == (round % 2 == 0)) ++count;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(right == std::vector<int>(4, 50));
}

TEST_CASE("a rule reads the counters that it names") {
  const auto set = accepted(
      {plugin_file("a",
                   "return effect { count = { [facts.user.id] = 1 }, note = tostring(facts.counter[facts.user.id]) }",
                   "counters = function(p, facts) return { facts.user.id, 'shared' } end"),
       plugin_file("b", "return effect { note = tostring(facts.counter.shared) }",
                   "counters = function() return { 'shared' } end"),
       plugin_file("c", "", "counters = function() error('only where the hook runs') end", "redeem"),
       script_file("one", "a {}, b {}, c {}")});
  const auto binding = bound(*set);
  const auto evaluator = set->evaluator();
  Facts facts = sample_claim();
  CHECK(evaluator->counters(*binding, Hook::issue, facts) == std::vector<std::string>{"user-1", "shared"});
  facts.counters = {{"user-1", 4}, {"shared", 9}};
  const Verdict verdict = evaluator->decide(*binding, Hook::issue, facts);
  CAPTURE(failure(verdict));
  REQUIRE(verdict.trace.size() == 2);
  CHECK(verdict.trace[0].note == "4");
  CHECK(verdict.trace[1].note == "9");
  CHECK(verdict.counts == Counters{{"user-1", 1}});
}

TEST_CASE("rules that name no counters read none, and none are asked for") {
  const auto set =
      accepted({plugin_file("a", "", "counters = function() return nil end"),
                plugin_file("b", "", "counters = function() return {} end"), script_file("one", "a {}, b {}")});
  const auto binding = bound(*set);
  CHECK(set->evaluator()->counters(*binding, Hook::issue, sample_claim()).empty());
  CHECK(decide(*set, sample_claim()).allowed());
}

TEST_CASE("counters that fail fail the decision, even when the rule would not have looked") {
  const auto [counters, expected] = GENERATE(table<std::string, std::string>({
      {"error('lost')", "plugins/one.lua:1: lost"},
      {"while true do end", "ran longer than 20 ms"},
      {"return 'name'", "counters returned a string, not a list of names"},
      {"return { 5 }", "counters: a name is a string of 1 to 64 bytes without control characters"},
      {"return { '' }", "counters: a name is a string of 1 to 64 bytes"},
      {"return { ('x'):rep(65) }", "counters: a name is a string of 1 to 64 bytes"},
      {"return { facts.order.id }", "attempt to index field 'order' (a nil value)"},
      {"local t = {} for i = 1, 33 do t[i] = 'c' .. i end return t", "counters returned more than 32 names"},
  }));
  CAPTURE(counters);
  const auto set = accepted(
      {plugin_file("one", "", "counters = function(p, facts) " + counters + " end"), script_file("one", "one {}")},
      {.decision_us = 20'000});
  const auto binding = bound(*set);
  const auto evaluator = set->evaluator();
  CHECK(evaluator->counters(*binding, Hook::issue, sample_claim()).empty());
  const Verdict verdict = evaluator->decide(*binding, Hook::issue, sample_claim());
  CHECK(verdict.kind == Verdict::Kind::failed);
  CHECK(verdict.trace.back().rule == "one");
  CHECK_THAT(verdict.trace.back().detail, Contains(expected));
}

TEST_CASE("counters that failed once do not fail decisions for which they work") {
  const auto set = accepted({plugin_file("one", "", "counters = function(p, facts) return { facts.order.id } end"),
                             script_file("one", "one {}")});
  const auto binding = bound(*set);
  const auto evaluator = set->evaluator();
  CHECK(evaluator->counters(*binding, Hook::issue, sample_claim()).empty());
  CHECK(evaluator->decide(*binding, Hook::issue, sample_claim()).kind == Verdict::Kind::failed);
  Facts facts = sample_use();
  CHECK(evaluator->counters(*binding, Hook::issue, facts) == std::vector<std::string>{"order-1"});
  CHECK(evaluator->decide(*binding, Hook::issue, facts).allowed());
}

TEST_CASE("what a plugin prepares from its parameters is worked out once, read-only, and given to its hooks") {
  const auto set = accepted({{"plugins/one.lua", R"(return plugin { name = "one", version = "1.0.0", doc = "x",
  params = { words = { type = "string", default = "a b" }, mode = { type = "integer", default = 0 } },
  prepare = function(p)
    if p.mode == 1 then return { f = function() end } end
    if p.mode == 2 then error("no") end
    return { list = p.words:split(" ") }
  end,
  counters = function(p, facts, prepared) return { prepared.list[1] } end,
  issue = function(p, facts, prepared)
    if facts.user.issued == 1 then prepared.list[1] = "changed" end
    return effect { note = prepared.list[1] .. #prepared.list .. tostring(prepared.nothing) }
  end })"},
                             script_file("one", "one {}")});
  const auto binding = bound(*set);
  const auto longer = bound(*set, "one", R"({"one":{"words":"x y z"}})");
  const auto evaluator = set->evaluator();
  CHECK(evaluator->counters(*binding, Hook::issue, sample_claim()) == std::vector<std::string>{"a"});
  CHECK(evaluator->decide(*binding, Hook::issue, sample_claim()).trace[0].note == "a2nil");
  CHECK(evaluator->decide(*longer, Hook::issue, sample_claim()).trace[0].note == "x3nil");
  Facts facts = sample_claim();
  facts.user.issued = 1;
  CHECK_THAT(failure(evaluator->decide(*binding, Hook::issue, facts)), Contains("this is read-only"));
  CHECK(evaluator->decide(*binding, Hook::issue, sample_claim()).trace[0].note == "a2nil");
  // Nothing that cannot be prepared is accepted.
  CHECK(set->bind("one", R"({"one":{"mode":1}})").error().fields ==
        std::vector<FieldError>{{"params.one", "plugins/one.lua:3: prepare: its result at f is a function"}});
  CHECK(set->bind("one", R"({"one":{"mode":2}})").error().fields ==
        std::vector<FieldError>{{"params.one", "plugins/one.lua:5: no"}});
}
