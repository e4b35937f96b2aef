// Shadows: rules that are evaluated on live traffic and not enforced. Two may be cast at a time: by the
// shadow rules of the set in force (`shadow = true`), and by a whole candidate set beside it.
//
// A shadow goes by the decisions' records, after they are durable: a replay that never ends, in a
// thread of its own behind all others (ops/background.h), with VMs of its own. So nothing that a shadow
// does, fails at or takes too long for can touch a live verdict; all that a claim pays is the copy of its
// record. When the shadow cannot keep up, decisions pass it by and are counted.
//
// What it has counted is in memory, and gone with the process. Thread-safe.
#pragma once

#include <array>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "db/store.h"
#include "policy/policy_set.h"
#include "replay/replay_report.h"

namespace scrip {

enum class ShadowOf : std::uint8_t { rules, candidate };
std::string_view name(ShadowOf of);

struct ShadowState {
  ReplayReport report;
  Micros since = 0;            // real time
  std::string by;              // who cast it; empty: the set in force did
  std::int64_t missed = 0;     // decisions that passed it by
  std::int64_t forgotten = 0;  // how often what would be otherwise grew too large and was begun anew
};

struct ShadowOptions {
  std::size_t queue = 8'192;            // decisions that may wait
  std::size_t differences = 1'000'000;  // users, coupons and counters that are kept (Recount)
  std::size_t samples = 20;             // the latest of each group of flips
  // Each decision, by what the shadow says of it: "same", a flip's name, "missed" or "unable". For metrics;
  // called on the shadow's thread, or on that which calls offer().
  std::function<void(ShadowOf of, std::string_view outcome)> decided;
};

class Shadow {
 public:
  Shadow(Store& store, ShadowOptions options);
  ~Shadow();

  // A set is in force from now on; its shadow rules, if it has any, begin anew.
  void follow(const PolicySet& live);

  // Casts the shadow of a candidate set, in the place of another one.
  void cast(std::shared_ptr<const PolicySet> candidate, std::string by);
  // False: there was none.
  bool end();

  // Decisions that are durable, in their order. Copies them if somebody casts a shadow; never waits.
  void offer(const std::vector<DecisionRow>& decisions);

  // nullopt: nobody casts it.
  std::optional<ShadowState> state(ShadowOf of) const;

  // Waits until what was offered so far has been looked at.
  void catch_up();

 private:
  struct Run;
  void put(ShadowOf of, std::shared_ptr<const PolicySet> set, std::string by);
  void work();
  void look_at(const std::vector<DecisionRow>& rows);
  void look_at(ShadowOf of, Run& run, Reader& reader, const DecisionRow& row);

  Store& store_;
  const ShadowOptions options_;
  std::atomic<bool> cast_{false};  // there is a run
  mutable std::mutex mutex_;       // guards all below; a run's tallies as well, but not its evaluator
  std::condition_variable changed_;
  std::array<std::shared_ptr<Run>, 2> runs_;  // by ShadowOf
  std::deque<DecisionRow> waiting_;
  bool busy_ = false;
  bool stopped_ = false;
  std::thread thread_;
};

}  // namespace scrip
