// A VM in which rules run: the plugins of a set, loaded when they are first needed, and the
// parameters of the bindings that were asked about. One thread at a time.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "lua/binding.h"
#include "lua/facts_view.h"
#include "lua/program.h"
#include "policy/composition.h"

namespace scrip {

class RuleVm {
 public:
  // Null when no VM can be made; see Vm::create.
  static std::unique_ptr<RuleVm> create(std::shared_ptr<const Program> program);

  // Out of time or memory once: no longer of use.
  bool spent() const { return vm_->spent(); }

  // What the binding's rules want to count, each name once; nullopt when a rule failed.
  std::optional<std::vector<std::string>> counters(const LuaBinding& binding, Hook hook, const Facts& facts);

  // When the binding's rules want to be asked about reminders; see Evaluator.
  std::vector<Reminding> reminding(const LuaBinding& binding);

  // The verdict. `with_counters` runs the rules' `counters` as well, so that one that failed before
  // is a failure of the decision.
  Verdict decide(const LuaBinding& binding, Hook hook, const Facts& facts, bool with_counters);

  // When the rule at `place` of the binding lets coupons be issued, by its plugin's `window`; nullopt:
  // no more. The error says what is wrong with the plugin.
  Result<std::optional<Window>> window(const LuaBinding& binding, std::size_t place, const Facts& facts);

  void watch_reads() { facts_.watch_reads(); }
  ReadFacts take_reads() { return facts_.take_reads(); }

  // What the plugin's `check` says about parameters, or why they cannot be prepared: nullopt when
  // they are fine.
  std::optional<std::string> check(std::size_t plugin, const Json& params);

 private:
  // A plugin's functions, as references in the registry; LUA_NOREF where it has none.
  struct Functions {
    bool loaded = false;
    std::array<int, all_hooks.size()> hooks{};
    int counters = 0;
    int window = 0;
    int check = 0;
    int prepare = 0;
    int remind_from = 0;
  };
  // What a rule is called with, as references in the registry.
  struct Arguments {
    int params = 0;
    int prepared = 0;
  };
  struct Bound {
    std::weak_ptr<const void> alive;
    std::vector<Arguments> arguments;  // by rule
  };

  RuleVm(std::unique_ptr<Vm> vm, std::shared_ptr<const Program> program);

  bool load(std::size_t plugin);
  const Bound* bind(const LuaBinding& binding);
  void forget_bindings();
  void push_prepared(lua_State* L, const Functions& functions) const;
  void call(lua_State* L, int function, const Arguments& arguments, int results = 1) const;

  // Why the last run failed, with the place of a function where no other is known.
  std::string why(int function) const;

  const std::unique_ptr<Vm> vm_;
  const std::shared_ptr<const Program> program_;
  FactsView facts_;
  std::vector<Functions> functions_;  // by plugin
  std::unordered_map<std::uint64_t, Bound> bound_;
  std::uint64_t last_id_ = 0;
  const Bound* last_ = nullptr;
};

}  // namespace scrip
