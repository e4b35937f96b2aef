#include "lua/forall_search.h"

#include <algorithm>

#include "lua/test_verdict.h"
#include "policy/decision_text.h"

namespace scrip {
namespace {

constexpr const char* asker = "t.forall";

// Shrinking ends when it has tried so many, or when so much of the test's time is left.
constexpr int most_shrinks = 2'000;
constexpr double time_to_report = 0.25;

// How much greater an order may be that a discount is compared with.
constexpr std::uint64_t farthest = 10'000'000;

// The values of counters that a test does not give are made up, too: 0 to this.
constexpr std::uint64_t most_counted = 20;

// Ready properties: why one does not hold for a decision; nullopt when it does.

std::optional<std::string> never_negative(const TestBench::Asked& asked) {
  if (asked.verdict.discount.value_or(0) >= 0) return std::nullopt;
  return "a discount of " + std::to_string(*asked.verdict.discount);
}

std::optional<std::string> never_above_order(const TestBench::Asked& asked) {
  const std::int64_t amount = asked.facts.order ? asked.facts.order->amount : 0;
  if (asked.verdict.discount.value_or(0) <= amount) return std::nullopt;
  return "a discount of " + std::to_string(*asked.verdict.discount) + " on an order of " + std::to_string(amount);
}

// With a greater amount and everything else the same the discount is not smaller; a refusal gives none.
std::optional<std::string> monotone_in_amount(lua_State* L, const TestBench::Question& question, const ForallCase& made,
                                              Choices& choices) {
  const Facts& facts = made.asked.facts;
  if (!facts.order) return std::nullopt;
  // Where discounts break: at the next amount, and far away.
  const std::int64_t amount = facts.order->amount;
  const std::int64_t room = std::max<std::int64_t>(max_exact - 1 - amount, 0);
  const auto far = static_cast<std::int64_t>(choices.draw(farthest));
  const std::int64_t before = made.asked.verdict.discount.value_or(0);
  for (const std::int64_t more : {std::int64_t{1}, std::min(amount, room) + 1, far + 1}) {
    if (more > room) continue;
    TestBench::Question greater{.hook = question.hook, .binding = question.binding, .facts = made.facts};
    greater.facts["order"]["amount"] = amount + more;
    const TestBench::Asked asked = TestBench::of(L).ask(L, greater, asker);
    const std::int64_t after = asked.verdict.discount.value_or(0);
    if (after >= before) continue;
    return std::to_string(before) + " off " + std::to_string(amount) + ", but " + std::to_string(after) + " off " +
           std::to_string(amount + more) + " (" + verdict_text(asked.verdict) + ")";
  }
  return std::nullopt;
}

// What the author's function says of a decision: function(decision, facts) -> true or false, why.
std::optional<std::string> ask_author(lua_State* L, const Property& property) {
  TestBench& bench = TestBench::of(L);
  const int top = lua_gettop(L);
  lua_rawgeti(L, LUA_REGISTRYINDEX, property.function);
  bench.push_decision(L);
  push_facts(L, bench.last().hook, bench.last().facts);
  // An assertion that does not hold shall not end the search for a smaller case. Out of time or memory
  // ends the run whatever is made of it here: the VM has noted it.
  std::optional<std::string> why;
  if (lua_pcall(L, 2, 2, 0) != 0) {
    Vm::check_time(L);
    std::size_t size = 0;
    const char* text = lua_type(L, -1) == LUA_TSTRING ? lua_tolstring(L, -1, &size) : nullptr;
    why = text ? std::string(text, size) : "an error without a message";
  } else if (!lua_isboolean(L, top + 1)) {
    raise(L, "t.forall: '%s' returned a %s; it returns true or false", property.name.c_str(),
          luaL_typename(L, top + 1));
  } else if (!lua_toboolean(L, top + 1)) {
    why = lua_type(L, top + 2) == LUA_TSTRING ? lua_tostring(L, top + 2) : "";
  }
  lua_settop(L, top);
  return why;
}

}  // namespace

ForallCase ForallSearch::run(Choices& choices, bool keep) {
  TestBench& bench = TestBench::of(L_);
  ForallCase made;
  made.facts = make_up_facts(pattern_, question_.hook, choices);
  question_.facts = made.facts;
  made.asked = bench.ask(L_, question_, asker, [&] { return static_cast<std::int64_t>(choices.draw(most_counted)); });
  if (made.facts.contains("counter") && !made.facts["counter"].is_object()) made.facts.erase("counter");  // {} in Lua
  // The second question of a property is about the same counters.
  for (const auto& [name, value] : made.asked.facts.counters) made.facts["counter"][name] = value;
  bench.remember(made.asked, keep);
  if (made.asked.verdict.kind == Verdict::Kind::failed) {
    made.broken = "that the rules never fail";
    made.why = made.asked.verdict.trace.empty() ? "" : made.asked.verdict.trace.back().detail;
    return made;
  }
  for (const Property& property : properties_) {
    auto why = violation(property, made, choices);
    if (!why) continue;
    made.broken = "'" + property.name + "'";
    made.why = std::move(*why);
    break;
  }
  return made;
}

ForallCase ForallSearch::shrink(ForallCase broken, std::vector<std::uint64_t> made) {
  int tried = 0;
  const auto attempt = [&](const std::vector<std::uint64_t>& lower) {
    ++tried;
    Choices choices(lower);
    ForallCase smaller = run(choices, false);
    if (smaller.broken.empty()) return false;
    broken = std::move(smaller);
    made = choices.made();
    return true;
  };
  const auto may_go_on = [&] { return tried < most_shrinks && Vm::time_left(L_) > time_to_report; };
  for (bool better = true; better && may_go_on();) {
    better = false;
    for (std::size_t at = 0; at < made.size() && may_go_on(); ++at) {
      // The smallest that breaks, as if all above it did.
      std::uint64_t holds = 0;
      std::vector<std::uint64_t> lower = made;
      if (made[at] == 0) continue;
      lower[at] = 0;
      if (attempt(lower)) {
        better = true;
        continue;
      }
      // Without it the ones behind it take its place, which is how a list becomes shorter.
      lower = made;
      lower.erase(lower.begin() + static_cast<std::ptrdiff_t>(at));
      if (attempt(lower)) {
        better = true;
        continue;
      }
      while (at < made.size() && made[at] > holds + 1 && may_go_on()) {
        lower = made;
        lower[at] = holds + (made[at] - holds) / 2;
        const std::uint64_t middle = lower[at];
        if (attempt(lower)) {
          better = true;
        } else {
          holds = middle;
        }
      }
    }
  }
  smallest_ = may_go_on();
  // Once more, so that it is the one that is shown.
  TestBench::of(L_).remember(broken.asked, false);
  return broken;
}

std::optional<std::string> ForallSearch::violation(const Property& property, const ForallCase& made, Choices& choices) {
  if (property.function != LUA_NOREF) return ask_author(L_, property);
  if (property.name == ready_properties[0]) return never_negative(made.asked);
  if (property.name == ready_properties[1]) return never_above_order(made.asked);
  return monotone_in_amount(L_, question_, made, choices);
}

}  // namespace scrip
