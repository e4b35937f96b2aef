#include "lua/test_bench.h"

#include <algorithm>
#include <array>

#include "lua/json_value.h"
#include "lua/test_assertions.h"
#include "lua/test_facts.h"
#include "lua/words.h"

namespace scrip {
namespace {

constexpr JsonLimits facts_limits{.depth = 8, .bytes = 256 * 1024};
constexpr std::array<std::string_view, 5> decide_members{"hook", "rules", "policy", "params", "facts"};

int absent_assertion(lua_State* L) {
  raise_unknown_member(L, "t");
}

void set_text(lua_State* L, const char* member, const std::string& text) {
  if (text.empty()) return;
  lua_pushlstring(L, text.data(), text.size());
  lua_setfield(L, -2, member);
}

void set_number(lua_State* L, const char* member, const std::optional<std::int64_t>& number) {
  if (!number) return;
  lua_pushnumber(L, static_cast<lua_Number>(*number));
  lua_setfield(L, -2, member);
}

void set_counts(lua_State* L, const Counters& counts) {
  lua_createtable(L, 0, static_cast<int>(counts.size()));
  for (const auto& [name, change] : counts) set_number(L, name.c_str(), change);
  lua_setfield(L, -2, "count");
}

void set_detail(lua_State* L, const std::string& detail) {
  if (detail.empty()) return;
  push_json(L, Json::parse(detail, nullptr, false), PushAs::table);
  lua_setfield(L, -2, "detail");
}

void push_entry(lua_State* L, const TraceEntry& entry) {
  lua_newtable(L);
  set_text(L, "rule", entry.rule);
  set_text(L, "result", std::string(name(entry.kind)));
  set_text(L, "code", entry.code);
  set_text(L, "sentence", entry.sentence);
  if (entry.kind == TraceEntry::Kind::failed) {
    set_text(L, "error", entry.detail);
  } else {
    set_detail(L, entry.detail);
  }
  set_text(L, "note", entry.note);
  set_text(L, "once", entry.once);
  set_number(L, "expires_at", entry.expires_at);
  set_number(L, "discount", entry.discount);
  set_counts(L, entry.counts);
}

// What t.decide returns.
void push_verdict(lua_State* L, const Verdict& verdict) {
  luaL_checkstack(L, 10, "a verdict");
  lua_newtable(L);
  lua_pushboolean(L, verdict.allowed());
  lua_setfield(L, -2, "allowed");
  lua_pushboolean(L, verdict.kind == Verdict::Kind::failed);
  lua_setfield(L, -2, "failed");
  set_text(L, "code", verdict.code);
  set_text(L, "sentence", verdict.sentence);
  set_detail(L, verdict.detail);
  set_number(L, "expires_at", verdict.expires_at);
  set_number(L, "discount", verdict.discount);
  set_counts(L, verdict.counts);
  lua_newtable(L);
  lua_newtable(L);
  int at = 0;
  int notes = 0;
  for (const TraceEntry& entry : verdict.trace) {
    push_entry(L, entry);
    lua_rawseti(L, -3, ++at);
    if (entry.note.empty()) continue;
    lua_pushlstring(L, entry.note.data(), entry.note.size());
    lua_rawseti(L, -2, ++notes);
  }
  lua_setfield(L, -3, "notes");
  lua_setfield(L, -2, "trace");
}

Json json_member(lua_State* L, int spec, const char* member) {
  Json json = Json::object();
  lua_getfield(L, spec, member);
  if (!lua_isnil(L, -1)) {
    if (!lua_istable(L, -1)) raise(L, "t.decide: %s is a %s, not a table", member, luaL_typename(L, -1));
    if (const auto fault = read_json(L, -1, facts_limits, json)) {
      raise(L, "t.decide: %s%s%s %s", member, fault->path.empty() ? "" : ".", fault->path.c_str(), fault->what.c_str());
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
  to_named_view(L, &absent_assertion);
}

void TestBench::block(lua_State* L) {
  blocked_ = true;
  raise(L, "needs a file that has errors");
}

std::vector<Rule> TestBench::rules_of(lua_State* L, int spec) {
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
  if (!wrong.empty()) raise(L, "t.decide: %s", wrong.front().c_str());
  if (!usable) block(L);
  return rules;
}

std::shared_ptr<const Binding> TestBench::bind(lua_State* L, int spec) {
  const std::string params = json_member(L, spec, "params").dump();
  lua_getfield(L, spec, "rules");
  lua_getfield(L, spec, "policy");
  if (lua_isnil(L, -1) == lua_isnil(L, -2)) raise(L, "t.decide: wants either rules = { ... } or policy = \"name\"");
  const bool by_name = lua_type(L, -1) == LUA_TSTRING;
  const std::string name = by_name ? lua_tostring(L, -1) : "test";
  if (!by_name && !lua_istable(L, -2) && !to_box<PolicyBox>(L, -1)) {
    raise(L, "t.decide: rules is a list of rules, policy a name or policy { ... }");
  }
  lua_pop(L, 2);
  auto bound = by_name ? set_.bind(name, params) : set_.bind(name, rules_of(L, spec), params);
  if (!bound) {
    const std::vector<FieldError>& fields = bound.error().fields;
    if (by_name && !complete_ && !fields.empty() && fields.front().field == "policy") block(L);
    raise(L, "t.decide: %s", text_of(bound.error()).c_str());
  }
  return *bound;
}

Verdict TestBench::decide(lua_State* L, int spec) {
  lua_getfield(L, spec, "hook");
  const auto hook = lua_type(L, -1) == LUA_TSTRING ? parse_hook(lua_tostring(L, -1)) : std::nullopt;
  if (!hook) raise(L, "t.decide: hook is not one of \"issue\", \"redeem\", \"cancel\", \"remind\"");
  const auto binding = bind(L, spec);
  TestFacts read = read_test_facts(json_member(L, spec, "facts"), *hook);
  if (!read.error.empty()) raise(L, "t.decide: %s", read.error.c_str());
  Facts& facts = read.facts;
  for (std::string& counter : evaluator_.counters(*binding, *hook, facts)) {
    const auto given = std::find_if(read.counters.begin(), read.counters.end(),
                                    [&](const auto& entry) { return entry.first == counter; });
    facts.counters.emplace_back(std::move(counter), given == read.counters.end() ? 0 : given->second);
  }
  return evaluator_.decide(*binding, *hook, facts);
}

int TestBench::decide(lua_State* L) {
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
  bench.verdicts_.push_back(bench.decide(L, 1));
  lua_settop(L, 1);
  push_verdict(L, bench.verdicts_.back());
  return 1;
}

}  // namespace scrip
