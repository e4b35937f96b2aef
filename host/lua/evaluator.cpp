#include "lua/evaluator.h"

#include <algorithm>

namespace scrip {
namespace {

Verdict refused(const Facts& facts, Hook hook, std::string why) {
  Composition composition(hook, facts, 1);
  composition.failed("host", std::move(why));
  return composition.finish();
}

constexpr const char* no_vm = "no Lua VM can be made on this machine, or its memory limit is too small";

}  // namespace

bool same_outcome(const Verdict& a, const Verdict& b) {
  if (a.kind != b.kind || a.code != b.code || a.sentence != b.sentence || a.detail != b.detail ||
      a.expires_at != b.expires_at || a.discount != b.discount || a.counts != b.counts || a.stack != b.stack) {
    return false;
  }
  return std::equal(a.trace.begin(), a.trace.end(), b.trace.begin(), b.trace.end(),
                    [](const TraceEntry& one, const TraceEntry& other) {
                      if (one.kind != TraceEntry::Kind::failed) return one == other;
                      return other.kind == one.kind && other.rule == one.rule;
                    });
}

RuleVm* LuaEvaluator::vm() {
  if (vm_ && vm_->spent()) vm_.reset();
  if (!vm_) {
    vm_ = RuleVm::create(program_);
    if (vm_ && watching_) vm_->watch_reads();
  }
  return vm_.get();
}

std::vector<std::string> LuaEvaluator::counters(const Binding& binding, Hook hook, const Facts& facts) {
  const auto* bound = dynamic_cast<const LuaBinding*>(&binding);
  if (!bound || &bound->program() != program_.get() || !facts.campaign) return {};
  if (!bound->counts(hook)) return {};
  RuleVm* rules = vm();
  if (!rules) return {};
  if (auto names = rules->counters(*bound, hook, facts)) return std::move(*names);
  counters_failed_.insert(bound->id());
  return {};
}

std::vector<Reminding> LuaEvaluator::reminding(const Binding& binding) {
  const auto* bound = dynamic_cast<const LuaBinding*>(&binding);
  if (!bound || &bound->program() != program_.get()) return {};
  RuleVm* rules = vm();
  return rules ? rules->reminding(*bound) : std::vector<Reminding>();
}

Verdict LuaEvaluator::decide(const Binding& binding, Hook hook, const Facts& facts) {
  const auto* bound = dynamic_cast<const LuaBinding*>(&binding);
  if (!bound || &bound->program() != program_.get())
    return refused(facts, hook, "the binding is of another policy set");
  if (!facts.campaign) return refused(facts, hook, "the facts are of no campaign");
  RuleVm* rules = vm();
  if (!rules) return refused(facts, hook, no_vm);
  Verdict verdict = rules->decide(*bound, hook, facts, counters_failed(*bound));
  const int every = program_->limits.recheck_every;
  if (every > 0 && ++decisions_ % every == 0 && !rules->spent()) recheck(*bound, hook, facts, verdict);
  return verdict;
}

Result<std::optional<Window>> LuaEvaluator::window(const Binding& binding, const Facts& facts) {
  const auto* bound = dynamic_cast<const LuaBinding*>(&binding);
  if (!bound || &bound->program() != program_.get() || !facts.campaign) {
    return {Code::policy_error, "the binding is of another policy set"};
  }
  std::vector<std::size_t> rules;
  for (const std::size_t place : bound->rules(Hook::issue)) {
    if (program_->plugins[bound->rules()[place].plugin].has_window) rules.push_back(place);
  }
  Facts asked = facts;
  return common_window(rules.size(), facts.now, [&](std::size_t rule, Micros now) -> Result<std::optional<Window>> {
    RuleVm* vm = this->vm();
    if (!vm) return {Code::policy_error, no_vm};
    asked.now = now;
    return vm->window(*bound, rules[rule], asked);
  });
}

void LuaEvaluator::recheck(const LuaBinding& binding, Hook hook, const Facts& facts, Verdict& verdict) {
  const auto fresh = RuleVm::create(program_);
  if (!fresh) return;
  const Verdict repeated = fresh->decide(binding, hook, facts, counters_failed(binding));
  // Out of time or memory says something about the machine, not about state.
  if (fresh->spent() || same_outcome(verdict, repeated)) return;
  const std::size_t shared = std::min(verdict.trace.size(), repeated.trace.size());
  std::size_t differs = 0;
  while (differs + 1 < shared && verdict.trace[differs] == repeated.trace[differs]) ++differs;
  const std::string rule = shared > 0 ? verdict.trace[differs].rule : "host";
  Composition composition(hook, facts, 1);
  composition.failed(rule, "gave another answer to the same facts in a fresh VM: it keeps state between decisions");
  verdict = composition.finish();
  verdict.unstable = true;
}

}  // namespace scrip
