#include "lua/rule_vm.h"

#include <algorithm>

#include "lua/answers.h"
#include "lua/json_value.h"
#include "lua/numbers.h"
#include "lua/param_view.h"
#include "lua/sandbox.h"
#include "lua/utf8.h"
#include "lua/words.h"

namespace scrip {
namespace {

// Bindings come and go with the edits of campaigns; above so many the dead ones are dropped, and if
// that does not help all are, which costs each a few microseconds once.
constexpr std::size_t most_bindings = 4096;

constexpr std::size_t most_counters = 32;  // of one rule

constexpr JsonLimits prepared_limits{.depth = 8, .bytes = 64 * 1024};

void push_ref(lua_State* L, int ref) {
  lua_rawgeti(L, LUA_REGISTRYINDEX, ref);
}

// The function that a manifest has under a name, as a reference.
int function_ref(lua_State* L, int manifest, const char* member) {
  lua_pushstring(L, member);
  lua_rawget(L, manifest);
  if (lua_isfunction(L, -1)) return luaL_ref(L, LUA_REGISTRYINDEX);
  lua_pop(L, 1);
  return LUA_NOREF;
}

// The names that `counters` returned, the value on top.
void read_counter_names(lua_State* L, std::vector<std::string>& names) {
  if (lua_isnil(L, -1)) return;
  if (!lua_istable(L, -1)) raise(L, "counters returned a %s, not a list of names", luaL_typename(L, -1));
  const std::size_t size = lua_objlen(L, -1);
  if (size > most_counters) raise(L, "counters returned more than %d names", static_cast<int>(most_counters));
  for (std::size_t i = 1; i <= size; ++i) {
    lua_rawgeti(L, -1, static_cast<int>(i));
    std::size_t length = 0;
    const char* text = lua_type(L, -1) == LUA_TSTRING ? lua_tolstring(L, -1, &length) : nullptr;
    if (!text || !is_counter_name({text, length})) {
      raise(L, "counters: a name is a string of 1 to 64 bytes without control characters");
    }
    if (std::find(names.begin(), names.end(), std::string_view(text, length)) == names.end()) {
      names.emplace_back(text, length);
    }
    lua_pop(L, 1);
  }
}

// The two values that `window` returned: when it opens and closes, neither, or without an end.
std::optional<Window> read_window(lua_State* L, Micros now) {
  const int opens_at = lua_gettop(L) - 1;
  if (lua_isnil(L, opens_at)) return std::nullopt;
  const auto instant = [L](int index) {
    const auto value = lua_type(L, index) == LUA_TNUMBER ? exact_integer(lua_tonumber(L, index)) : std::nullopt;
    if (!value) raise(L, "window returned a %s, not an instant", luaL_typename(L, index));
    return *value;
  };
  Window window{.opens = instant(opens_at), .closes = std::nullopt};
  if (!lua_isnil(L, opens_at + 1)) {
    window.closes = instant(opens_at + 1);
    if (*window.closes <= now || *window.closes <= window.opens) raise(L, "window returned one that is over");
  }
  return window;
}

// Of a rule that does not say when it wants to be asked.
constexpr int unsaid_reminding_days = 31;

// What `remind_from` returned: days and a zone; nullopt: it never reminds.
std::optional<Reminding> read_reminding(lua_State* L) {
  if (lua_isnil(L, -2)) return std::nullopt;
  Reminding reminding;
  const auto days = lua_type(L, -2) == LUA_TNUMBER ? exact_integer(lua_tonumber(L, -2)) : std::nullopt;
  if (!days || *days < 0 || *days > most_reminding_days) {
    raise(L, "remind_from: the days are a whole number from 0 to %d", most_reminding_days);
  }
  reminding.days = static_cast<int>(*days);
  if (lua_isnil(L, -1)) return reminding;
  std::size_t size = 0;
  const char* text = lua_type(L, -1) == LUA_TSTRING ? lua_tolstring(L, -1, &size) : nullptr;
  if (!text || !is_zone({text, size})) raise(L, "remind_from: the zone is no IANA time zone");
  reminding.zone.assign(text, size);
  return reminding;
}

}  // namespace

RuleVm::RuleVm(std::unique_ptr<Vm> vm, std::shared_ptr<const Program> program)
    : vm_(std::move(vm)), program_(std::move(program)), functions_(program_->plugins.size()) {
  vm_->context = &facts_;
}

std::unique_ptr<RuleVm> RuleVm::create(std::shared_ptr<const Program> program) {
  auto vm = Vm::create(program->sources, program->coverage.get());
  if (!vm) return nullptr;
  std::unique_ptr<RuleVm> rules(new RuleVm(std::move(vm), std::move(program)));
  const bool opened = rules->vm_->run(load_budget(rules->program_->limits), [&](lua_State* L) {
    push_sandbox(L, PolicyFileKind::plugin, &raise_unknown_name);
    rules->facts_.open(L);
  });
  return opened ? std::move(rules) : nullptr;
}

// Loads a plugin's file, which was read and accepted before: only its functions are wanted.
bool RuleVm::load(std::size_t plugin) {
  Functions& functions = functions_[plugin];
  if (functions.loaded) return true;
  return vm_->run(load_budget(program_->limits), [&](lua_State* L) {
    push_environment(L);
    vm_->push_chunk(L, program_->plugins[plugin].source);
    lua_call(L, 0, 1);
    if (!to_box<PluginBox>(L, -1)) raise(L, "the file did not return its plugin this time");
    lua_getfenv(L, -1);
    const int manifest = lua_gettop(L);
    for (const Hook hook : all_hooks) {
      functions.hooks[static_cast<std::size_t>(hook)] = function_ref(L, manifest, name(hook).data());
    }
    functions.counters = function_ref(L, manifest, "counters");
    functions.window = function_ref(L, manifest, "window");
    functions.check = function_ref(L, manifest, "check");
    functions.prepare = function_ref(L, manifest, "prepare");
    functions.remind_from = function_ref(L, manifest, "remind_from");
    functions.loaded = true;
  });
}

void RuleVm::forget_bindings() {
  vm_->run(load_budget(program_->limits), [&](lua_State* L) {
    const auto drop = [L](const auto& entry) {
      for (const Arguments& rule : entry.second.arguments) {
        luaL_unref(L, LUA_REGISTRYINDEX, rule.params);
        luaL_unref(L, LUA_REGISTRYINDEX, rule.prepared);
      }
      return true;
    };
    std::erase_if(bound_, [&](const auto& entry) { return entry.second.alive.expired() && drop(entry); });
    if (bound_.size() >= most_bindings) std::erase_if(bound_, drop);
  });
  last_id_ = 0;
}

// Pushes what `prepare` makes of the parameters, which are on top; nil without one. It is sealed, so
// that it stays what it was however many decisions see it.
void RuleVm::push_prepared(lua_State* L, const Functions& functions) const {
  if (functions.prepare == LUA_NOREF) {
    lua_pushnil(L);
    return;
  }
  push_ref(L, functions.prepare);
  lua_pushvalue(L, -2);
  lua_call(L, 1, 1);
  Json prepared;
  if (!lua_isnil(L, -1)) {
    if (const auto fault = read_json(L, -1, prepared_limits, prepared)) {
      raise(L, "prepare: its result%s%s %s", fault->path.empty() ? "" : " at ", fault->path.c_str(),
            fault->what.c_str());
    }
  }
  lua_pop(L, 1);
  push_json(L, prepared, PushAs::lasting_view);
}

void RuleVm::call(lua_State* L, int function, const Arguments& arguments, int results) const {
  push_ref(L, function);
  push_ref(L, arguments.params);
  facts_.push(L);
  push_ref(L, arguments.prepared);
  lua_call(L, 3, results);
}

const RuleVm::Bound* RuleVm::bind(const LuaBinding& binding) {
  if (binding.id() == last_id_) return last_;
  auto found = bound_.find(binding.id());
  if (found == bound_.end()) {
    if (bound_.size() >= most_bindings) forget_bindings();
    Bound bound{.alive = binding.alive(), .arguments = {}};
    for (const Rule& rule : binding.rules()) {
      if (!load(rule.plugin)) return nullptr;
    }
    const bool pushed = vm_->run(load_budget(program_->limits), [&](lua_State* L) {
      for (const Rule& rule : binding.rules()) {
        Arguments& arguments = bound.arguments.emplace_back();
        push_params(L, program_->plugins[rule.plugin], rule.params);
        push_prepared(L, functions_[rule.plugin]);
        arguments.prepared = luaL_ref(L, LUA_REGISTRYINDEX);
        arguments.params = luaL_ref(L, LUA_REGISTRYINDEX);
      }
    });
    if (!pushed) return nullptr;
    found = bound_.emplace(binding.id(), std::move(bound)).first;
  }
  last_id_ = binding.id();
  last_ = &found->second;
  return last_;
}

std::string RuleVm::why(int function) const {
  const Vm::Failure& failure = vm_->failure();
  if (!failure.file.empty() || function == LUA_NOREF) return failure.text();
  // A hook that ends in `return deny(...)` has left the stack when deny finds a mistake.
  return to_string(vm_->start_of(function, failure.message));
}

std::optional<std::vector<std::string>> RuleVm::counters(const LuaBinding& binding, Hook hook, const Facts& facts) {
  const Bound* bound = bind(binding);
  if (!bound) return std::nullopt;
  std::vector<std::string> names;
  const bool done = vm_->run(decision_budget(program_->limits), [&](lua_State* L) {
    facts_.show(L, hook, facts);
    for (const std::size_t at : binding.rules(hook)) {
      const int function = functions_[binding.rules()[at].plugin].counters;
      if (function == LUA_NOREF) continue;
      call(L, function, bound->arguments[at]);
      read_counter_names(L, names);
      lua_settop(L, 0);
    }
  });
  facts_.hide();
  return done ? std::optional(std::move(names)) : std::nullopt;
}

std::vector<Reminding> RuleVm::reminding(const LuaBinding& binding) {
  std::vector<Reminding> rules;
  const Bound* bound = bind(binding);
  for (const std::size_t at : binding.rules(Hook::remind)) {
    Reminding usual{.days = unsaid_reminding_days};
    const int function = bound ? functions_[binding.rules()[at].plugin].remind_from : LUA_NOREF;
    if (function == LUA_NOREF) {
      rules.push_back(std::move(usual));
      continue;
    }
    std::optional<Reminding> said;
    const bool done = vm_->run(decision_budget(program_->limits), [&](lua_State* L) {
      push_ref(L, function);
      push_ref(L, bound->arguments[at].params);
      lua_call(L, 1, 2);
      said = read_reminding(L);
      lua_settop(L, 0);
    });
    if (!done) said = std::move(usual);
    if (said) rules.push_back(std::move(*said));
  }
  return rules;
}

Verdict RuleVm::decide(const LuaBinding& binding, Hook hook, const Facts& facts, bool with_counters) {
  const std::vector<std::size_t>& rules = binding.rules(hook);
  Composition composition(hook, facts, rules.size());
  const Bound* bound = bind(binding);
  if (!bound) {
    composition.failed("host", vm_->failure().text());
    return composition.finish();
  }
  const Rule* running = nullptr;
  int function = LUA_NOREF;
  const bool done = vm_->run(decision_budget(program_->limits), [&](lua_State* L) {
    facts_.show(L, hook, facts);
    for (const std::size_t at : rules) {
      const Rule& rule = binding.rules()[at];
      const Functions& functions = functions_[rule.plugin];
      running = &rule;
      if (with_counters && hook != Hook::stack && functions.counters != LUA_NOREF) {
        std::vector<std::string> names;
        function = functions.counters;
        call(L, function, bound->arguments[at]);
        read_counter_names(L, names);
      }
      function = functions.hooks[static_cast<std::size_t>(hook)];
      call(L, function, bound->arguments[at]);
      if (!add_answer(L, rule.name, composition)) return;
      facts_.show_discount(L, composition.discount());
      lua_settop(L, 0);
    }
  });
  facts_.hide();
  if (!done) composition.failed(running ? running->name : "host", why(function));
  return composition.finish();
}

Result<std::optional<Window>> RuleVm::window(const LuaBinding& binding, std::size_t place, const Facts& facts) {
  const Bound* bound = bind(binding);
  if (!bound) return {Code::policy_error, vm_->failure().text()};
  const int function = functions_[binding.rules()[place].plugin].window;
  std::optional<Window> window;
  const bool done = vm_->run(decision_budget(program_->limits), [&](lua_State* L) {
    facts_.show(L, Hook::issue, facts);
    call(L, function, bound->arguments[place], 2);
    window = read_window(L, facts.now);
  });
  facts_.hide();
  if (!done) return {Code::policy_error, binding.rules()[place].name + ": " + why(function)};
  return window;
}

std::optional<std::string> RuleVm::check(std::size_t plugin, const Json& params) {
  const Plugin& checked = program_->plugins[plugin];
  if (!checked.has_check && !checked.has_prepare) return std::nullopt;
  if (!load(plugin)) return vm_->failure().text();
  std::optional<std::string> sentence;
  const Functions& functions = functions_[plugin];
  const bool done = vm_->run(load_budget(program_->limits), [&](lua_State* L) {
    push_params(L, checked, params);
    if (checked.has_check) {
      push_ref(L, functions.check);
      lua_pushvalue(L, -2);
      lua_call(L, 1, 1);
      if (!lua_isnil(L, -1)) {
        std::size_t size = 0;
        const char* text = lua_type(L, -1) == LUA_TSTRING ? lua_tolstring(L, -1, &size) : nullptr;
        if (!text || size == 0) raise(L, "check returned a %s, not a sentence or nothing", luaL_typename(L, -1));
        sentence = to_utf8({text, size});
        return;
      }
      lua_pop(L, 1);
    }
    push_prepared(L, functions);
  });
  return done ? sentence : std::optional(why(checked.has_check ? functions.check : functions.prepare));
}

}  // namespace scrip
