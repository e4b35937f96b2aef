#include "lua/rules.h"

#include <algorithm>

#include "lua/json_value.h"
#include "lua/sandbox.h"
#include "lua/words.h"
#include "policy/composition.h"

namespace scrip {
namespace {

constexpr JsonLimits params_limits{.depth = 6, .bytes = 256 * 1024};
constexpr std::size_t most_rules = 64;

// What a constructor returns.
struct RuleBox : Box {
  static constexpr Tag kind = Tag::rule;
  std::size_t draft = 0;
};

constexpr int broken = -1;

void push_constructor(lua_State* L, lua_CFunction construct, int plugin) {
  lua_pushinteger(L, plugin);
  lua_pushcclosure(L, construct, 1);
}

// The value of a member of the table at an index when it is a string; else nothing, and `wrong` says why.
std::optional<std::string> text_member(lua_State* L, int table, const char* member, bool required,
                                       std::vector<std::string>& wrong) {
  lua_pushstring(L, member);
  lua_rawget(L, table);
  std::optional<std::string> text;
  if (lua_type(L, -1) == LUA_TSTRING) {
    std::size_t size = 0;
    const char* bytes = lua_tolstring(L, -1, &size);
    text = std::string(bytes, size);
  } else if (!lua_isnil(L, -1)) {
    wrong.push_back(std::string(member) + " is a " + luaL_typename(L, -1) + ", not a string");
  } else if (required) {
    wrong.push_back(std::string(member) + " is missing");
  }
  lua_pop(L, 1);
  return text;
}

}  // namespace

RuleBench& RuleBench::of(lua_State* L) {
  return *static_cast<RuleBench*>(Vm::of(L).context);
}

void RuleBench::open(lua_State* L, PolicyFileKind kind) {
  push_sandbox(L, kind, &RuleBench::absent);
  for (std::size_t i = 0; i < shelf_.plugins.size(); ++i) {
    push_constructor(L, &RuleBench::construct, static_cast<int>(i));
    define_name(L, shelf_.plugins[i].name);
  }
}

// A name that is not defined. In a script it is taken for a rule that is missing, so that the file
// goes on and shows its other errors.
int RuleBench::absent(lua_State* L) {
  RuleBench& bench = of(L);
  const std::string name = lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : "?";
  if (!bench.shelf_.broken.contains(name)) {
    bench.report(L, Vm::caller(L).line, "there is no '" + name + "' here, and no plugin of that name");
  }
  push_constructor(L, &RuleBench::construct, broken);
  return 1;
}

void RuleBench::report(lua_State* L, int line, const std::string& message) {
  if (!errors_) raise(L, "%s", message.c_str());
  PolicyError error{Vm::of(L).sources()[source_].name, line, message};
  if (std::find(errors_->begin(), errors_->end(), error) == errors_->end()) errors_->push_back(std::move(error));
}

int RuleBench::construct(lua_State* L) {
  RuleBench& bench = of(L);
  const auto index = static_cast<int>(lua_tointeger(L, lua_upvalueindex(1)));
  const int line = Vm::caller(L).line;
  lua_settop(L, 1);
  if (index == broken) {
    bench.drafts_.push_back({});
  } else {
    const Plugin& plugin = bench.shelf_.plugins[static_cast<std::size_t>(index)];
    std::vector<std::string> wrong;
    Draft draft = bench.draft(L, plugin, line, wrong);
    draft.rule.plugin = static_cast<std::size_t>(index);
    for (const std::string& message : wrong) bench.report(L, line, plugin.name + ": " + message);
    draft.usable = wrong.empty();
    bench.drafts_.push_back(std::move(draft));
  }
  push_box<RuleBox>(L)->draft = bench.drafts_.size() - 1;
  return 1;
}

RuleBench::Draft RuleBench::draft(lua_State* L, const Plugin& plugin, int line, std::vector<std::string>& wrong) {
  Draft draft;
  draft.rule.name = plugin.name;
  draft.rule.line = line;
  Json given = Json::object();
  if (!lua_isnil(L, 1) && !lua_istable(L, 1)) {
    wrong.push_back(std::string("its parameters are a ") + luaL_typename(L, 1) + ", not a table; write " + plugin.name +
                    " { ... }");
    return draft;
  }
  if (lua_istable(L, 1)) {
    if (const auto fault = read_json(L, 1, params_limits, given)) {
      wrong.push_back((fault->path.empty() ? "its table of parameters" : "parameter '" + fault->path + "'") + " " +
                      fault->what);
      return draft;
    }
  }
  if (given.is_array()) {
    if (!given.empty()) wrong.emplace_back("parameters have names: NAME = value");
    given = Json::object();
  }
  if (const auto as = given.find("as"); as != given.end()) {
    if (as->is_string() && is_rule_name(as->get_ref<const std::string&>())) {
      draft.rule.name = as->get<std::string>();
    } else {
      wrong.emplace_back("'as' is not a name of small letters, digits and '_'");
    }
    given.erase(as);
  }
  if (const auto shadow = given.find("shadow"); shadow != given.end()) {
    if (shadow->is_boolean()) {
      draft.rule.shadow = shadow->get<bool>();
    } else {
      wrong.emplace_back("'shadow' is true or false");
    }
    given.erase(shadow);
  }
  std::vector<ParamError> errors;
  draft.rule.params = plugin.schema.check(given, 1, errors);
  for (const ParamError& error : errors) wrong.push_back("parameter '" + error.param + "' " + error.message);
  return draft;
}

std::vector<RuleBench::Draft> RuleBench::rules(lua_State* L, int list, std::vector<std::string>& wrong) const {
  std::vector<Draft> drafts;
  const auto size = static_cast<int>(lua_objlen(L, list));
  if (static_cast<std::size_t>(size) > most_rules) {
    wrong.push_back("rules has more than " + std::to_string(most_rules) + " rules");
    return drafts;
  }
  int keys = 0;
  lua_pushnil(L);
  while (lua_next(L, list) != 0) {
    lua_pop(L, 1);
    ++keys;
  }
  if (keys != size) wrong.emplace_back("rules is a plain list of rules, without names and holes");
  for (int i = 1; i <= size; ++i) {
    lua_rawgeti(L, list, i);
    const auto* box = to_box<RuleBox>(L, -1);
    if (box) {
      drafts.push_back(drafts_[box->draft]);
    } else {
      wrong.push_back("rules[" + std::to_string(i) + "] is a " + luaL_typename(L, -1) +
                      "; a rule is made by its plugin: expiry { days = 7 }");
    }
    lua_pop(L, 1);
  }
  std::set<std::string> names;
  for (const Draft& draft : drafts) {
    if (draft.usable && !names.insert(draft.rule.name).second) {
      wrong.push_back("two rules are named '" + draft.rule.name + "'; give one another name with as = \"...\"");
    }
  }
  return drafts;
}

Policy RuleBench::policy(lua_State* L, int table, bool& usable, std::vector<std::string>& wrong) const {
  Policy policy;
  const std::size_t before = wrong.size();
  usable = true;
  policy.name = text_member(L, table, "name", true, wrong).value_or("");
  policy.doc = text_member(L, table, "doc", false, wrong).value_or("");
  if (!policy.name.empty() && !is_rule_name(policy.name)) {
    wrong.push_back("the name '" + policy.name + "' is not of small letters, digits and '_'");
  }
  std::vector<std::string> unknown;
  lua_pushnil(L);
  while (lua_next(L, table) != 0) {
    lua_pop(L, 1);
    const std::string member = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : "a value without a name";
    if (member != "name" && member != "doc" && member != "rules") unknown.push_back(member);
  }
  std::sort(unknown.begin(), unknown.end());
  for (const std::string& member : unknown)
    wrong.push_back("a policy has no '" + member + "'; it has name, doc, rules");

  lua_pushliteral(L, "rules");
  lua_rawget(L, table);
  if (lua_istable(L, -1)) {
    for (Draft& draft : rules(L, lua_gettop(L), wrong)) {
      if (draft.usable) {
        policy.rules.push_back(std::move(draft.rule));
      } else {
        usable = false;
      }
    }
  } else {
    wrong.emplace_back("rules is missing; write rules = { ... }");
  }
  lua_pop(L, 1);
  if (wrong.size() != before) usable = false;
  sort_rules(policy.rules, shelf_.plugins);
  return policy;
}

}  // namespace scrip
