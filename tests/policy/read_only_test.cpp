// Sandbox 9: nothing that one decision does reaches the next through what the host gives it.
#include "policy_sets.h"

using namespace scrip;
using Catch::Matchers::Contains;

namespace {

const char* const list_params =
    "params = { list = { type = 'list', of = { type = 'integer' }, default = { 1, 2, 3 } } }";

Facts rich_facts() {
  Facts facts = sample_use();
  auto campaign = std::make_shared<Campaign>(*facts.campaign);
  campaign->metadata = R"({"channel":{"name":"app"},"tags":["a","b"]})";
  facts.campaign = campaign;
  facts.user.attributes = R"({"tier":"gold"})";
  facts.order->items = {{.sku = "A", .quantity = 2, .amount = 500, .tags = {"x", "y"}}};
  return facts;
}

// Everything that rules share, as one text.
const char* const everything = R"(
  local function show(v)
    if type(v) ~= "userdata" then return tostring(v) end
    local s = "{"
    for k, w in pairs(v) do s = s .. tostring(k) .. "=" .. show(w) .. "," end
    return s .. "}"
  end
  return show(facts) .. show(p) .. tostring(string.rep("x", 2)) .. ("y"):upper() .. math.max(1, 2) .. table.concat({ 1, 2 })
      .. tostring(deny) .. tostring(effect) .. bit.bor(1, 2)
)";

}  // namespace

TEST_CASE("sandbox 9: no statement changes what the next decision sees") {
  const char* attack = GENERATE(
      // Plain assignment.
      "facts.now = 1", "facts.other = 1", "facts.user.issued = 0", "facts.user.attributes.tier = 'none'",
      "facts.campaign.metadata.channel.name = 'x'", "facts.campaign.metadata.tags[1] = 'x'",
      "facts.order.items[1].amount = 1", "facts.order.items[2] = {}", "facts.order.items[1].tags[1] = 'z'",
      "facts.counter.x = 1", "facts[1] = 1", "p.list = nil", "p.list[1] = 9", "p.max = 9", "p.list[4] = 4",
      // Functions that write past metatables when they are given a table.
      "table.insert(facts.order.items, 1)", "table.insert(p.list, 1)", "table.remove(p.list)", "table.sort(p.list)",
      "table.insert(p, 1)", "table.insert(facts, 1)", "table.insert(string, 1)", "table.remove(math)",
      "table.insert(facts.campaign.metadata.tags, 'c')",
      // Globals and libraries.
      "deny = nil", "string = {}", "x = 1", "pairs = nil", "string.rep = nil", "table.concat = nil", "math.max = nil",
      "bit.bor = nil", "string.new = 1", "_G = {}", "_ENV = {}",
      // The metatable of strings, and answers.
      "('').rep = nil", "local s = 'x' s.y = 1", "deny('a', 'b').code = 'c'", "effect{ note = 'a' }.note = 'b'",
      "return deny('a', 'b').code",
      // Loops hand out keys and values, not ways in.
      "for k, v in pairs(facts.user) do facts.user[k] = nil end",
      "for i, v in ipairs(p.list) do p.list[i] = v + 1 end");
  CAPTURE(attack);
  const auto set = accepted(
      {plugin_file("attack", "if facts.user.issued == 1 then " + std::string(attack) + "\nend", list_params, "redeem"),
       plugin_file("spy", std::string("local text = (function()") + everything + "end)() return effect { note = text }",
                   list_params, "redeem"),
       script_file("one", "attack {}, spy {}")});
  const auto binding = bound(*set);
  const auto evaluator = set->evaluator();
  Facts facts = rich_facts();
  const Verdict before = evaluator->decide(*binding, Hook::redeem, facts);
  CAPTURE(failure(before));
  REQUIRE(before.allowed());

  facts.user.issued = 1;
  CHECK(evaluator->decide(*binding, Hook::redeem, facts).kind == Verdict::Kind::failed);

  facts.user.issued = 0;
  CHECK(evaluator->decide(*binding, Hook::redeem, facts) == before);
  CHECK(set->evaluator()->decide(*binding, Hook::redeem, facts) == before);
}

TEST_CASE("sandbox 9: a write to something read-only is an error that names it") {
  CHECK_THAT(error_of("facts.user.issued = 0"), Contains("plugins/one.lua:2: issued is read-only"));
  CHECK_THAT(error_of("counter = 1"), Contains("'counter' is not a local variable; globals are read-only"));
  CHECK_THAT(error_of("string.rep = 1"), Contains("the libraries are read-only"));
  CHECK_THAT(error_of("facts[1] = 0"), Contains("this is read-only"));
}

TEST_CASE("sandbox 9: views are not tables, so nothing that writes into tables takes them") {
  CHECK(value("type(facts)") == "userdata");
  CHECK(value("type(facts.user)") == "userdata");
  CHECK(value("type(p)") == "userdata");
  CHECK(value("type(string)") == "userdata");
  CHECK_THAT(error_of("table.concat(facts)"), Contains("table expected"));
  CHECK_THAT(error_of("unpack(facts)"), Contains("table expected"));
}

TEST_CASE("sandbox 9: what a rule kept of an earlier decision is no way to the facts of another") {
  const auto set = accepted({{"plugins/keep.lua", R"(
local kept
return plugin { name = "keep", version = "1.0.0", doc = "Keeps a view.", redeem = function(p, facts)
  kept = kept or { facts.order, facts.user }
  if not facts.order then return effect { note = tostring(kept[1].items) .. tostring(kept[2].attributes.tier) } end
end, check = function(p) return kept and tostring(kept[2].attributes) end }
)"},
                             script_file("one", "keep {}")});
  const auto binding = bound(*set);
  const auto evaluator = set->evaluator();
  Facts facts = rich_facts();
  REQUIRE(evaluator->decide(*binding, Hook::redeem, facts).allowed());
  facts.order.reset();
  const Verdict verdict = evaluator->decide(*binding, Hook::redeem, facts);
  CAPTURE(failure(verdict));
  REQUIRE(verdict.trace.size() == 1);
  // The view of the user is this decision's; the order's items are gone with their decision.
  CHECK(verdict.trace[0].note == "nilgold");
}

TEST_CASE("sandbox 5: pairs walks in the same order in every VM") {
  const auto set = one_rule(R"(
    local t = {}
    for i = 1, 40 do t["k" .. (i * 7919) % 1000] = i end
    t[3] = "c" t[1] = "a" t[-1] = "m" t[2.5] = "b" t[1e300] = "z"
    local s = ""
    for k in pairs(t) do s = s .. k .. " " end
    return deny("order", s))");
  const std::string first = decide(*set, sample_claim()).sentence;
  for (int i = 0; i < 5; ++i) CHECK(decide(*set, sample_claim()).sentence == first);
  CHECK_THAT(first, Catch::Matchers::StartsWith("-1 1 2.5 3 1e+300 k1"));
  CHECK_THAT(error_of("for k in pairs({ [{}] = 1 }) do end"), Contains("pairs: a key is a table"));
}

TEST_CASE("sandbox 5: no text holds an address") {
  CHECK(value("{}") == "table");
  CHECK(value("facts") == "userdata");
  CHECK(value("deny") == "function");
  CHECK(value("string.format('%s %s', {}, facts)") == "table userdata");
}
