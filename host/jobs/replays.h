// Replays that were asked for over the API: one runs at a time, the others wait their turn, and the
// last few that are over are kept, in memory, to be looked at. A server that is started again knows
// nothing of them, and nothing is lost: a replay writes nothing and can be asked for again.
// Thread-safe; nothing here waits for a replay but the destructor, for one to notice that it is over.
#pragma once

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
#include "replay/replay.h"

namespace scrip::jobs {

enum class ReplayState : std::uint8_t { waiting, running, done, failed, cancelled };
std::string_view name(ReplayState state);

struct ReplayJob {
  std::string id;
  std::string by;           // a token's subject
  std::string campaign_id;  // empty: all
  std::string revision;     // the candidate's
  std::vector<PolicyError> misfits;
  ReplayState state = ReplayState::waiting;
  std::int64_t done = 0;  // decisions
  std::int64_t total = 0;
  Micros asked_at = 0;  // real time
  std::optional<Micros> ended_at;
  std::string why;                             // failed: why
  std::shared_ptr<const ReplayReport> report;  // done
};

class Replays {
 public:
  // `activity`: see ReplayOptions.
  Replays(Store& store, std::function<std::int64_t()> activity);
  ~Replays();

  // Takes one in; of the job its id, by, campaign_id and misfits are the caller's to say. Overloaded
  // when too many wait.
  Result<ReplayJob> start(ReplayJob job, std::shared_ptr<const PolicySet> set, const ReplayOptions& options);

  std::optional<ReplayJob> find(std::string_view id) const;
  std::vector<ReplayJob> list() const;  // the latest first
  // False: there is none that could be.
  bool cancel(std::string_view id);

 private:
  struct Order {
    ReplayJob job;
    std::shared_ptr<const PolicySet> set;  // null when it is over
    ReplayOptions options;
    std::atomic<bool> cancelled{false};
  };
  void run();
  void carry_out(Order& order);
  void forget_old();
  std::shared_ptr<Order> order_of(std::string_view id) const;

  Store& store_;
  const std::function<std::int64_t()> activity_;
  mutable std::mutex mutex_;  // guards all below, an order's options and `cancelled` excepted
  std::condition_variable changed_;
  std::deque<std::shared_ptr<Order>> orders_;  // the latest last
  bool stopped_ = false;
  std::thread thread_;
};

}  // namespace scrip::jobs
