#include "lua/test_forall.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <vector>

#include "coupon/time.h"
#include "lua/json_value.h"
#include "lua/made_up_facts.h"
#include "lua/numbers.h"
#include "lua/test_bench.h"
#include "lua/test_verdict.h"
#include "policy/decision_text.h"

namespace scrip {
namespace {

constexpr const char* asker = "t.forall";
constexpr std::array<std::string_view, 7> members{"hook", "rules", "policy", "params", "facts", "holds", "runs"};

// Decisions beyond these are not compared with those of the run in the opposite order.
constexpr int most_kept = 1'000;

// Shrinking ends when it has tried so many, or when so much of the test's time is left.
constexpr int most_shrinks = 2'000;
constexpr double time_to_report = 0.25;

constexpr std::size_t longest_shown = 500;

// How much greater an order may be that a discount is compared with.
constexpr std::uint64_t farthest = 10'000'000;

struct Property {
  std::string name;
  int function = LUA_NOREF;  // reference in the registry; none: a ready one
};

// One case: what was made up, and what came of it.
struct Case {
  Json facts;
  TestBench::Asked asked;
  std::string broken;  // the property that does not hold; empty: all do
  std::string why;
};

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
std::optional<std::string> monotone_in_amount(lua_State* L, const TestBench::Question& question, const Case& made,
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

constexpr std::array<std::string_view, 3> ready{"never_negative", "never_above_order", "monotone_in_amount"};

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

class Search {
 public:
  Search(lua_State* L, TestBench::Question question, std::vector<Property> properties)
      : L_(L), question_(std::move(question)), pattern_(question_.facts), properties_(std::move(properties)) {}

  Case run(Choices& choices, bool keep) {
    TestBench& bench = TestBench::of(L_);
    Case made;
    made.facts = make_up_facts(pattern_, question_.hook, choices);
    question_.facts = made.facts;
    made.asked = bench.ask(L_, question_, asker, [&] { return static_cast<std::int64_t>(choices.draw(20)); });
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

  // Lowers the choices behind a case for as long as something is still broken.
  Case shrink(Case broken, std::vector<std::uint64_t> made) {
    int tried = 0;
    const auto attempt = [&](const std::vector<std::uint64_t>& lower) {
      ++tried;
      Choices choices(lower);
      Case smaller = run(choices, false);
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

  bool smallest() const { return smallest_; }

 private:
  std::optional<std::string> violation(const Property& property, const Case& made, Choices& choices) {
    if (property.function != LUA_NOREF) return ask_author(L_, property);
    if (property.name == ready[0]) return never_negative(made.asked);
    if (property.name == ready[1]) return never_above_order(made.asked);
    return monotone_in_amount(L_, question_, made, choices);
  }

  lua_State* L_;
  TestBench::Question question_;
  const Json pattern_;
  const std::vector<Property> properties_;
  bool smallest_ = false;
};

// `holds`: a list of ready properties' names, and functions under the names of their own.
std::vector<Property> read_properties(lua_State* L) {
  std::vector<Property> properties;
  lua_getfield(L, 1, "holds");
  const int holds = lua_gettop(L);
  if (!lua_istable(L, holds)) {
    raise(L, "t.forall: holds is { \"never_negative\", [\"name\"] = function(d, facts) return ... end }");
  }
  lua_pushnil(L);
  while (lua_next(L, holds) != 0) {
    Property& property = properties.emplace_back();
    if (lua_type(L, -2) == LUA_TSTRING && lua_isfunction(L, -1)) {
      property.name = lua_tostring(L, -2);
      property.function = luaL_ref(L, LUA_REGISTRYINDEX);
      continue;
    }
    if (lua_type(L, -2) != LUA_TNUMBER || lua_type(L, -1) != LUA_TSTRING) {
      raise(L, "t.forall: holds is { \"never_negative\", [\"name\"] = function(d, facts) return ... end }");
    }
    property.name = lua_tostring(L, -1);
    if (std::find(ready.begin(), ready.end(), property.name) == ready.end()) {
      raise(L, "t.forall: there is no property '%s'; ready are never_negative, never_above_order, monotone_in_amount",
            property.name.c_str());
    }
    lua_pop(L, 1);
  }
  if (properties.empty()) raise(L, "t.forall: holds names no property");
  std::sort(properties.begin(), properties.end(), [](const Property& a, const Property& b) {
    return std::pair(a.function != LUA_NOREF, a.name) < std::pair(b.function != LUA_NOREF, b.name);
  });
  return properties;
}

int read_runs(lua_State* L, const TestOptions& options) {
  lua_getfield(L, 1, "runs");
  int runs = usual_runs;
  if (!lua_isnil(L, -1)) {
    const auto given = lua_type(L, -1) == LUA_TNUMBER ? exact_integer(lua_tonumber(L, -1)) : std::nullopt;
    if (!given || *given < 1 || *given > most_runs)
      raise(L, "t.forall: runs is a whole number from 1 to %d", most_runs);
    runs = static_cast<int>(*given);
  }
  lua_pop(L, 1);
  return options.runs.value_or(runs);
}

std::string shortened(std::string text) {
  if (text.size() <= longest_shown) return text;
  text.resize(longest_shown);
  return text + " ...";
}

// What an author's assertion said begins with its own place, which is the one to report.
std::string report(const Search& search, const Case& broken, int at, int runs, std::uint64_t seed) {
  std::string place;
  std::string why = broken.why;
  if (why.starts_with('#')) {
    if (const std::size_t end = why.find(": "); end != std::string::npos) {
      place = why.substr(0, end + 2);
      why.erase(0, end + 2);
    }
  }
  return place + "t.forall: " + broken.broken + " does not hold" + (why.empty() ? "" : ": " + why) + "; case " +
         std::to_string(at) + " of " + std::to_string(runs) + ", seed " + std::to_string(seed) + "; " +
         (search.smallest() ? "the smallest facts: " : "facts, not yet the smallest when the time was nearly up: ") +
         shortened(broken.facts.dump());
}

int forall(lua_State* L) {
  if (!lua_istable(L, 1)) raise(L, "t.forall: write t.forall { hook = ..., rules = ..., holds = { ... } }");
  lua_settop(L, 1);
  lua_pushnil(L);
  while (lua_next(L, 1) != 0) {
    lua_pop(L, 1);
    const std::string_view member = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : "?";
    if (std::find(members.begin(), members.end(), member) == members.end()) {
      raise(L, "t.forall has no '%s'; it has hook, rules, policy, params, facts, holds, runs", member.data());
    }
  }
  TestBench& bench = TestBench::of(L);
  const int runs = read_runs(L, bench.options());
  auto properties = read_properties(L);
  Search search(L, bench.question(L, 1, asker), std::move(properties));
  lua_settop(L, 1);
  const std::uint64_t seed = bench.begin_forall(runs);
  for (int i = 0; i < runs; ++i) {
    Vm::check_time(L);
    Choices choices(seed + static_cast<std::uint64_t>(i) * 0x9e3779b97f4a7c15ULL * 2 + 1);
    Case made = search.run(choices, i < most_kept);
    if (!made.broken.empty()) {
      made = search.shrink(std::move(made), choices.made());
      bench.end_forall();
      const std::string message = report(search, made, i + 1, runs, bench.options().seed);
      if (!message.starts_with('#')) raise(L, "%s", message.c_str());
      lua_pushlstring(L, message.data(), message.size());
      lua_error(L);
    }
    bench.forall_has_tried(i + 1);
  }
  bench.end_forall();
  return 0;
}

// Pushes { [key] = <the values from an index on> }.
int push_marker(lua_State* L, const char* key, int count) {
  lua_createtable(L, count, 0);
  const int list = lua_gettop(L);
  for (int i = 1; i <= count; ++i) {
    lua_pushvalue(L, i);
    lua_rawseti(L, list, i);
  }
  lua_createtable(L, 0, 1);
  lua_insert(L, -2);
  lua_setfield(L, -2, key);
  return 1;
}

int between(lua_State* L) {
  lua_settop(L, 2);
  const auto number = [L](int index) {
    return lua_type(L, index) == LUA_TNUMBER ? exact_integer(lua_tonumber(L, index)) : std::nullopt;
  };
  const auto instant = [L](int index) {
    return lua_type(L, index) == LUA_TSTRING ? parse_instant(lua_tostring(L, index)) : std::nullopt;
  };
  const bool numbers = number(1) && number(2) && *number(1) <= *number(2);
  const bool instants = instant(1) && instant(2) && *instant(1) <= *instant(2);
  if (!numbers && !instants) {
    raise(L, "t.between: wants two whole numbers or two instants, the smaller one first");
  }
  return push_marker(L, "$between", 2);
}

int one_of(lua_State* L) {
  lua_settop(L, 1);
  if (!lua_istable(L, 1) || lua_objlen(L, 1) == 0) raise(L, "t.one_of: wants a list of values");
  lua_createtable(L, 0, 1);
  lua_insert(L, 1);
  lua_setfield(L, 1, "$one_of");
  return 1;
}

int list_of(lua_State* L) {
  lua_settop(L, 2);
  const auto most = lua_type(L, 2) == LUA_TNUMBER ? exact_integer(lua_tonumber(L, 2)) : std::nullopt;
  if (lua_isnil(L, 1) || !most || *most < 1 || *most > 100) {
    raise(L, "t.list_of: wants an item and how many at most, 1 to 100");
  }
  return push_marker(L, "$list_of", 2);
}

constexpr TestAssertion functions[] = {
    {"forall", &forall},
    {"between", &between},
    {"one_of", &one_of},
    {"list_of", &list_of},
};

}  // namespace

std::span<const TestAssertion> forall_functions() {
  return functions;
}

}  // namespace scrip
