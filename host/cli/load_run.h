// One run of the load tool: campaigns are made, users claim and look in turn on a fixed number of
// threads, each with a connection that is kept, until everything is given out or somebody says stop.
// All members are for one thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>

#include "cli/load_report.h"
#include "cli/load_wire.h"

namespace scrip::cli {

struct LoadPlan {
  LoadTarget target;
  std::int64_t users = 100;
  std::int64_t campaigns = 1;
  std::optional<std::string> first_day, last_day;
  std::chrono::microseconds think_from{}, think_to{};  // a user's pause between two calls
};

struct LoadProgress {
  std::int64_t requests = 0;
  std::int64_t issued = 0;
  std::int64_t allowed = 0;
  std::int64_t exhausted = 0;  // campaigns
};

class LoadRun {
 public:
  // Makes the campaigns, each for three quarters of the users, and starts.
  static Result<LoadRun> start(const LoadPlan& plan);
  LoadRun(LoadRun&&) noexcept;
  LoadRun& operator=(LoadRun&&) noexcept;
  ~LoadRun();  // finish(), if that was not done

  LoadProgress progress() const;
  bool exhausted() const;  // all campaigns are

  // Lets the calls that are on their way end, and asks the server what it has given out.
  LoadReport finish();

 private:
  class Impl;
  explicit LoadRun(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace scrip::cli
