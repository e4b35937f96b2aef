// What the rooms report while they serve, taken to the metrics and the log. Thread-safe.
#pragma once

#include <atomic>
#include <cstdint>

#include "cli/log_throttle.h"
#include "http/server.h"
#include "jobs/deliveries.h"
#include "jobs/reminders.h"
#include "ledger/ledger.h"
#include "ledger/reload.h"
#include "ops/metrics.h"

namespace scrip::cli {

class Events {
 public:
  explicit Events(Metrics& metrics) : metrics_(metrics) {}

  // What they return must not outlive this object.
  LedgerEvents for_ledger();
  http::ServerEvents for_server();
  std::function<void(const Event&, std::string_view outcome, std::string_view error)> for_deliveries();

  // That the ledger has carried out so far.
  std::int64_t commands() const { return commands_; }

 private:
  void answered(const http::Request& request, const std::string& route, int status, std::chrono::microseconds took);

  Metrics& metrics_;
  std::atomic<std::int64_t> commands_{0};
  LogThrottle commit_failures_;
  LogThrottle policy_failures_;
  LogThrottle overloads_;
  LogThrottle troubles_;
  LogThrottle delivery_failures_;
};

// What a reload that nobody waits for came to, and what makes the server run other policies than
// those on disk.
void log_reload(const Result<Reload::Attempt>& attempt);

// What a turn of a job came to, if it is worth a line.
void log_reminders(const Result<jobs::Reminders::Pass>& pass);
void log_deliveries(const Result<jobs::Deliveries::Round>& round);

}  // namespace scrip::cli
