#include "lua/manifest.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>

#include "lua/json_value.h"
#include "lua/numbers.h"
#include "lua/sandbox.h"
#include "lua/utf8.h"
#include "policy/composition.h"

namespace scrip {
namespace {

constexpr std::int64_t largest_priority = 1'000'000;
constexpr JsonLimits schema_limits{.depth = 8, .bytes = 64 * 1024};

constexpr std::array<std::string_view, 15> members{"name",   "version", "priority", "doc",         "params",
                                                   "check",  "prepare", "counters", "window",      "issue",
                                                   "redeem", "cancel",  "remind",   "remind_from", "stack"};

// MAJOR.MINOR.PATCH, and what may follow (https://semver.org, 2.0.0) taken as it is.
bool is_version(std::string_view text) {
  for (int part = 0; part < 3; ++part) {
    const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
    if (digits == 0 || (digits > 1 && text.front() == '0')) return false;
    text.remove_prefix(digits);
    if (part == 2) break;
    if (!text.starts_with('.')) return false;
    text.remove_prefix(1);
  }
  if (text.empty()) return true;
  if ((text.front() != '-' && text.front() != '+') || text.size() < 2 || text.size() > 64) return false;
  return std::all_of(text.begin(), text.end(), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '.' || c == '-' || c == '+';
  });
}

// Lua's own words cannot be called.
bool is_keyword(std::string_view text) {
  constexpr std::array<std::string_view, 22> keywords{
      "and", "break", "do",  "else", "elseif", "end",    "false",  "for",  "function", "goto",  "if",
      "in",  "local", "nil", "not",  "or",     "repeat", "return", "then", "true",     "until", "while"};
  return std::find(keywords.begin(), keywords.end(), text) != keywords.end();
}

// A name of the sandbox would be hidden by the rule's constructor.
bool is_taken(std::string_view text) {
  for (const PolicyFileKind kind : {PolicyFileKind::script, PolicyFileKind::test}) {
    for (const std::string& name : sandbox_names(kind)) {
      if (name == text || name.starts_with(std::string(text) + ".")) return true;
    }
  }
  return false;
}

class ManifestReader {
 public:
  ManifestReader(lua_State* L, int table, std::vector<std::string>& errors) : L_(L), table_(table), errors_(errors) {}

  Plugin read() {
    read_name();
    read_version();
    read_priority();
    read_doc();
    read_params();
    plugin_.has_counters = is_function("counters");
    plugin_.has_window = is_function("window");
    plugin_.has_check = is_function("check");
    plugin_.has_prepare = is_function("prepare");
    plugin_.has_remind_from = is_function("remind_from");
    for (const Hook hook : all_hooks) {
      if (is_function(name(hook).data())) plugin_.hooks |= 1U << static_cast<unsigned>(hook);
    }
    if (plugin_.has_remind_from && !plugin_.has(Hook::remind)) {
      errors_.emplace_back("it has remind_from without remind");
    }
    refuse_unknown_members();
    if (plugin_.hooks == 0)
      errors_.emplace_back("it has no hook; a rule has at least one of issue, redeem, cancel, remind, stack");
    return std::move(plugin_);
  }

 private:
  // Pushes a member; false (nothing pushed) when there is none.
  bool push(const char* member) {
    lua_pushstring(L_, member);
    lua_rawget(L_, table_);
    if (!lua_isnil(L_, -1)) return true;
    lua_pop(L_, 1);
    return false;
  }

  void wrong(const std::string& member, const std::string& what) {
    errors_.push_back(member + " is a " + luaL_typename(L_, -1) + ", not " + what);
  }

  // The string of a required member; empty, with an error, when there is none.
  std::string text(const char* member, const char* example) {
    if (!push(member)) {
      errors_.push_back(std::string(member) + " is missing; write " + member + " = " + example);
      return {};
    }
    std::string text;
    if (lua_type(L_, -1) == LUA_TSTRING) {
      std::size_t size = 0;
      const char* bytes = lua_tolstring(L_, -1, &size);
      text.assign(bytes, size);
      if (text.empty()) errors_.push_back(std::string(member) + " is empty");
    } else {
      wrong(member, "a string");
    }
    lua_pop(L_, 1);
    return text;
  }

  void read_name() {
    std::string name = text("name", "\"my_rule\"");
    if (name.empty()) return;
    if (!is_rule_name(name)) {
      errors_.push_back("the name '" + name + "' is not of small letters, digits and '_'");
    } else if (is_keyword(name) || is_taken(name)) {
      errors_.push_back("the name '" + name + "' means something else in Lua files");
    } else {
      plugin_.name = std::move(name);
    }
  }

  void read_version() {
    plugin_.version = text("version", "\"1.0.0\"");
    if (!plugin_.version.empty() && !is_version(plugin_.version)) {
      errors_.push_back("the version '" + plugin_.version + "' is not like 1.0.0");
    }
  }

  void read_doc() { plugin_.doc = to_utf8(text("doc", "\"What the rule does.\"")); }

  void read_priority() {
    if (!push("priority")) return;
    const auto priority = lua_type(L_, -1) == LUA_TNUMBER ? exact_integer(lua_tonumber(L_, -1)) : std::nullopt;
    if (priority && std::abs(*priority) <= largest_priority) {
      plugin_.priority = static_cast<int>(*priority);
    } else {
      errors_.emplace_back("the priority is not a whole number");
    }
    lua_pop(L_, 1);
  }

  void read_params() {
    if (!push("params")) return;
    Json json;
    if (const auto fault = read_json(L_, -1, schema_limits, json)) {
      errors_.push_back("params" + (fault->path.empty() ? "" : "." + fault->path) + " " + fault->what);
    } else {
      plugin_.schema = Schema::parse(json, errors_);
    }
    lua_pop(L_, 1);
  }

  bool is_function(const char* member) {
    if (!push(member)) return false;
    const bool function = lua_isfunction(L_, -1) && !lua_iscfunction(L_, -1);
    if (!function) wrong(member, "a function of this file");
    lua_pop(L_, 1);
    return function;
  }

  void refuse_unknown_members() {
    std::vector<std::string> unknown;
    lua_pushnil(L_);
    while (lua_next(L_, table_) != 0) {
      lua_pop(L_, 1);
      if (lua_type(L_, -1) != LUA_TSTRING) {
        unknown.emplace_back("a value without a name");
        continue;
      }
      const std::string member = lua_tostring(L_, -1);
      if (std::find(members.begin(), members.end(), member) == members.end()) unknown.push_back("'" + member + "'");
    }
    std::sort(unknown.begin(), unknown.end());
    for (const std::string& member : unknown) {
      errors_.push_back("a plugin has no " + member +
                        "; it has name, version, priority, doc, params, check, prepare, counters, window, issue, "
                        "redeem, cancel, remind, remind_from, stack");
    }
  }

  lua_State* L_;
  const int table_;
  std::vector<std::string>& errors_;
  Plugin plugin_;
};

}  // namespace

Plugin read_manifest(lua_State* L, int index, std::vector<std::string>& errors) {
  return ManifestReader(L, index, errors).read();
}

}  // namespace scrip
