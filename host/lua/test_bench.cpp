#include "lua/test_bench.h"

#include <algorithm>
#include <array>

#include "lua/json_value.h"
#include "lua/test_assertions.h"
#include "lua/test_forall.h"
#include "lua/test_questions.h"
#include "lua/test_verdict.h"
#include "lua/words.h"
#include "policy/given_facts.h"

namespace scrip {
namespace {

constexpr std::array<std::string_view, 5> decide_members{"hook", "rules", "policy", "params", "facts"};

// Its address is a key in the registry: decisions (weak) -> their place in asked_, from 1.
char decisions_key = 0;

// Pushes the table of decisions, made on first use.
void push_decisions(lua_State* L) {
  lua_pushlightuserdata(L, &decisions_key);
  lua_rawget(L, LUA_REGISTRYINDEX);
  if (!lua_isnil(L, -1)) return;
  lua_pop(L, 1);
  lua_newtable(L);
  lua_createtable(L, 0, 1);
  lua_pushliteral(L, "k");
  lua_setfield(L, -2, "__mode");
  lua_setmetatable(L, -2);
  lua_pushlightuserdata(L, &decisions_key);
  lua_pushvalue(L, -2);
  lua_rawset(L, LUA_REGISTRYINDEX);
}

int absent_assertion(lua_State* L) {
  raise_unknown_member(L, "t");
}

Json json_member(lua_State* L, int spec, const char* member, const char* asker) {
  Json json = Json::object();
  lua_getfield(L, spec, member);
  if (!lua_isnil(L, -1)) {
    if (!lua_istable(L, -1)) raise(L, "%s: %s is a %s, not a table", asker, member, luaL_typename(L, -1));
    if (const auto fault = read_json(L, -1, facts_limits, json)) {
      raise(L, "%s: %s%s%s %s", asker, member, fault->path.empty() ? "" : ".", fault->path.c_str(),
            fault->what.c_str());
    }
  }
  lua_pop(L, 1);
  if (json.is_array() && json.empty()) json = Json::object();
  return json;
}

std::string text_of(const Error& error) {
  if (error.fields.empty()) return error.message;
  std::string text;
  for (const FieldError& field : error.fields) text += (text.empty() ? "" : "; ") + field.field + ": " + field.message;
  return text;
}

}  // namespace

TestBench& TestBench::of(lua_State* L) {
  return *static_cast<TestBench*>(static_cast<RuleBench*>(Vm::of(L).context));
}

void TestBench::push_t(lua_State* L) {
  lua_newtable(L);
  lua_newtable(L);
  int at = 0;
  const auto add = [&](const char* name, lua_CFunction function) {
    lua_pushcfunction(L, function);
    lua_setfield(L, -3, name);
    lua_pushstring(L, name);
    lua_rawseti(L, -2, ++at);
  };
  add("decide", [](lua_State* state) { return decide(state); });
  for (const TestAssertion& assertion : test_assertions()) add(assertion.name, assertion.function);
  for (const TestAssertion& function : question_functions()) add(function.name, function.function);
  for (const TestAssertion& function : forall_functions()) add(function.name, function.function);
  to_named_view(L, &absent_assertion);
}

void TestBench::block(lua_State* L) {
  blocked_ = true;
  raise(L, "needs a file that has errors");
}

std::vector<Rule> TestBench::rules_of(lua_State* L, int spec, const char* asker) {
  std::vector<std::string> wrong;
  std::vector<Rule> rules;
  bool usable = true;
  lua_getfield(L, spec, "rules");
  if (lua_istable(L, -1)) {
    for (Draft& draft : this->rules(L, lua_gettop(L), wrong)) {
      usable = usable && draft.usable;
      rules.push_back(std::move(draft.rule));
    }
    sort_rules(rules, shelf().plugins);
  } else {
    lua_getfield(L, spec, "policy");
    lua_getfenv(L, -1);
    rules = policy(L, lua_gettop(L), usable, wrong).rules;
  }
  if (!wrong.empty()) raise(L, "%s: %s", asker, wrong.front().c_str());
  if (!usable) block(L);
  return rules;
}

Result<std::shared_ptr<const Binding>> TestBench::bind(lua_State* L, int spec, const char* asker) {
  const std::string params = json_member(L, spec, "params", asker).dump();
  lua_getfield(L, spec, "rules");
  lua_getfield(L, spec, "policy");
  if (lua_isnil(L, -1) == lua_isnil(L, -2)) {
    raise(L, "%s: wants either rules = { ... } or policy = \"name\"", asker);
  }
  const bool by_name = lua_type(L, -1) == LUA_TSTRING;
  const std::string name = by_name ? lua_tostring(L, -1) : "test";
  if (!by_name && !lua_istable(L, -2) && !to_box<PolicyBox>(L, -1)) {
    raise(L, "%s: rules is a list of rules, policy a name or policy { ... }", asker);
  }
  lua_pop(L, 2);
  auto bound = by_name ? set_.bind(name, params) : set_.bind(name, rules_of(L, spec, asker), params);
  if (!bound) {
    const std::vector<FieldError>& fields = bound.error().fields;
    if (by_name && !complete_ && !fields.empty() && fields.front().field == "policy") block(L);
  }
  return bound;
}

std::string TestBench::misfit(lua_State* L, int spec, const char* asker) {
  const auto bound = bind(L, spec, asker);
  return bound ? std::string() : text_of(bound.error());
}

TestBench::Question TestBench::question(lua_State* L, int spec, const char* asker) {
  lua_getfield(L, spec, "hook");
  const auto hook = lua_type(L, -1) == LUA_TSTRING ? parse_hook(lua_tostring(L, -1)) : std::nullopt;
  if (!hook) raise(L, "%s: hook is not one of \"issue\", \"redeem\", \"cancel\", \"remind\", \"stack\"", asker);
  lua_pop(L, 1);
  auto bound = bind(L, spec, asker);
  if (!bound) raise(L, "%s: %s", asker, text_of(bound.error()).c_str());
  return {.hook = *hook, .binding = std::move(*bound), .facts = json_member(L, spec, "facts", asker)};
}

TestBench::Asked TestBench::ask(lua_State* L, const Question& question, const char* asker,
                                const MakeCounter& make_counter) {
  GivenFacts given = read_given_facts(question.facts, question.hook);
  if (!given.error.empty()) raise(L, "%s: %s", asker, given.error.c_str());
  Facts& facts = given.facts;
  for (std::string& counter : evaluator_.counters(*question.binding, question.hook, facts)) {
    const bool known = std::any_of(given.counters.begin(), given.counters.end(),
                                   [&](const auto& entry) { return entry.first == counter; });
    const std::int64_t value = known || !make_counter ? given_counter(given, counter) : make_counter();
    facts.counters.emplace_back(std::move(counter), value);
  }
  Asked asked{.hook = question.hook, .binding = question.binding, .facts = std::move(facts), .verdict = {}};
  asked.verdict = evaluator_.decide(*question.binding, question.hook, asked.facts);
  return asked;
}

void TestBench::begin(const std::string& test) {
  test_ = test;
  asked_.clear();
  shown_.reset();
  blocked_ = false;
  foralls_ = cases_ = tried_ = 0;
}

void TestBench::remember(Asked asked, bool keep) {
  shown_ = std::make_shared<const Asked>(std::move(asked));
  if (keep) asked_.push_back(shown_);
}

void TestBench::push_decision(lua_State* L) {
  push_verdict(L, shown_->verdict);
  if (asked_.empty() || asked_.back() != shown_) return;
  push_decisions(L);
  lua_pushvalue(L, -2);
  lua_pushinteger(L, static_cast<lua_Integer>(asked_.size()));
  lua_rawset(L, -3);
  lua_pop(L, 1);
}

void TestBench::look_at(lua_State* L, int index) {
  if (!lua_istable(L, index)) return;
  push_decisions(L);
  lua_pushvalue(L, index);
  lua_rawget(L, -2);
  const auto place = static_cast<std::size_t>(lua_tointeger(L, -1));
  if (place > 0 && place <= asked_.size()) shown_ = asked_[place - 1];
  lua_pop(L, 2);
}

std::shared_ptr<const AskedDecision> TestBench::shown() const {
  if (!shown_) return nullptr;
  auto decision = std::make_shared<AskedDecision>();
  decision->hook = shown_->hook;
  decision->policy = shown_->binding->policy();
  if (const auto* bound = dynamic_cast<const LuaBinding*>(shown_->binding.get())) {
    for (const Rule& rule : bound->rules()) {
      decision->rules.push_back({rule.name, bound->program().plugins[rule.plugin].name, rule.params.dump()});
    }
  }
  decision->facts = shown_->facts;
  decision->verdict = shown_->verdict;
  return decision;
}

std::string TestBench::progress() const {
  if (cases_ == 0) return {};
  return "t.forall had tried " + std::to_string(tried_) + " of " + std::to_string(cases_) + " cases, seed " +
         std::to_string(options_.seed);
}

// FNV-1a (draft-eastlake-fnv) over the test's name, so that a test's cases do not depend on which
// others there are.
std::uint64_t TestBench::begin_forall(int cases) {
  std::uint64_t hash = 14'695'981'039'346'656'037ULL ^ options_.seed;
  const auto mix = [&hash](unsigned char byte) { hash = (hash ^ byte) * 1'099'511'628'211ULL; };
  for (const char c : test_) mix(static_cast<unsigned char>(c));
  mix(static_cast<unsigned char>(++foralls_));
  cases_ = cases;
  tried_ = 0;
  return hash;
}

int TestBench::decide(lua_State* L) {
  constexpr const char* asker = "t.decide";
  if (!lua_istable(L, 1)) raise(L, "t.decide: write t.decide { hook = ..., rules = ..., facts = ... }");
  lua_settop(L, 1);
  lua_pushnil(L);
  while (lua_next(L, 1) != 0) {
    lua_pop(L, 1);
    const std::string_view member = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : "?";
    if (std::find(decide_members.begin(), decide_members.end(), member) == decide_members.end()) {
      raise(L, "t.decide has no '%s'; it has hook, rules, policy, params, facts", member.data());
    }
  }
  TestBench& bench = of(L);
  bench.remember(bench.ask(L, bench.question(L, 1, asker), asker));
  lua_settop(L, 1);
  bench.push_decision(L);
  return 1;
}

}  // namespace scrip
