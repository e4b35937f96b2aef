// What a Lua test works with: the rules' constructors, and `t`. The context of a VM that runs tests.
#pragma once

#include <string>
#include <vector>

#include "lua/lua_policy_set.h"
#include "lua/rules.h"

namespace scrip {

class TestBench : public RuleBench {
 public:
  // `complete` is false when the set has errors: a policy that is not there may be one of those
  // then.
  TestBench(const PluginShelf& shelf, std::size_t source, const LuaPolicySet& set, Evaluator& evaluator, bool complete)
      : RuleBench(shelf, source, nullptr), set_(set), evaluator_(evaluator), complete_(complete) {}

  // Pushes `t`.
  void push_t(lua_State* L);

  // The verdicts since they were last taken.
  std::vector<Verdict> take_verdicts() { return std::move(verdicts_); }

  // The test needed a file that has errors, and cannot say anything.
  bool blocked() const { return blocked_; }
  void unblock() { blocked_ = false; }

  // The bench of the VM that code is running in.
  static TestBench& of(lua_State* L);

 private:
  static int decide(lua_State* L);
  Verdict decide(lua_State* L, int spec);
  std::shared_ptr<const Binding> bind(lua_State* L, int spec);
  std::vector<Rule> rules_of(lua_State* L, int spec);
  void block(lua_State* L);

  const LuaPolicySet& set_;
  Evaluator& evaluator_;
  const bool complete_;
  std::vector<Verdict> verdicts_;
  bool blocked_ = false;
};

}  // namespace scrip
