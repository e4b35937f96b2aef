// What a Lua test works with: the rules' constructors, and `t`. The context of a VM that runs tests.
// Remembers the decisions that the running test asked for, so that a failure can show the one that
// it is about.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "lua/lua_policy_set.h"
#include "lua/rules.h"
#include "policy/test_run.h"

namespace scrip {

class TestBench : public RuleBench {
 public:
  // `complete` is false when the set has errors: a policy that is not there may be one of those
  // then. All must outlive the bench.
  TestBench(const PluginShelf& shelf, std::size_t source, const LuaPolicySet& set, Evaluator& evaluator, bool complete,
            const TestOptions& options)
      : RuleBench(shelf, source, nullptr), set_(set), evaluator_(evaluator), complete_(complete), options_(options) {}

  // A test of this name begins: what the last one left is forgotten.
  void begin(const std::string& test);

  // Pushes `t`.
  void push_t(lua_State* L);

  struct Asked {
    Hook hook = Hook::issue;
    std::shared_ptr<const Binding> binding;
    Facts facts;
    Verdict verdict;
  };

  // The decisions since the test began, but for those of a t.forall beyond its first thousand.
  const std::vector<std::shared_ptr<const Asked>>& asked() const { return asked_; }

  // The decision that was looked at last, for people; null when there is none.
  std::shared_ptr<const AskedDecision> shown() const;

  // The test needed a file that has errors, and cannot say anything.
  bool blocked() const { return blocked_; }

  // How far a t.forall has come that has not ended; empty without one.
  std::string progress() const;

  // For the functions of `t`, in a run ----------------------------------------------------------

  // The bench of the VM that code is running in.
  static TestBench& of(lua_State* L);

  struct Question {
    Hook hook = Hook::issue;
    std::shared_ptr<const Binding> binding;
    Json facts;  // as they were written
  };

  // Reads hook, rules, policy, params and facts of the table at an index. Raises as `asker`.
  Question question(lua_State* L, int spec, const char* asker);

  // Why the rules or the policy of the table at an index do not take their parameters; empty: they do.
  std::string misfit(lua_State* L, int spec, const char* asker);

  // The value of a counter that the facts do not give; empty: 0.
  using MakeCounter = std::function<std::int64_t()>;
  Asked ask(lua_State* L, const Question& question, const char* asker, const MakeCounter& make_counter = {});

  // Notes a decision as asked for, and as the one to show.
  void remember(Asked asked, bool keep = true);

  // The one that was remembered last, which there is.
  const Asked& last() const { return *shown_; }

  // Pushes it, as t.decide returns it.
  void push_decision(lua_State* L);

  // The value at an index is what an assertion is about; nothing happens when it is no decision.
  void look_at(lua_State* L, int index);

  Evaluator& evaluator() { return evaluator_; }

  const TestOptions& options() const { return options_; }

  // A t.forall begins: its seed, which is another for each of a test.
  std::uint64_t begin_forall(int cases);
  void forall_has_tried(int cases) { tried_ = cases; }
  void end_forall() { cases_ = 0; }

 private:
  static int decide(lua_State* L);
  Result<std::shared_ptr<const Binding>> bind(lua_State* L, int spec, const char* asker);
  std::vector<Rule> rules_of(lua_State* L, int spec, const char* asker);
  void block(lua_State* L);

  const LuaPolicySet& set_;
  Evaluator& evaluator_;
  const bool complete_;
  const TestOptions& options_;
  std::string test_;
  std::vector<std::shared_ptr<const Asked>> asked_;
  std::shared_ptr<const Asked> shown_;
  bool blocked_ = false;
  int foralls_ = 0;  // of this test
  int cases_ = 0;    // of the t.forall that runs; 0: none does
  int tried_ = 0;    // of these
};

}  // namespace scrip
