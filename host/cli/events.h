// What the rooms report while they serve, taken to the metrics and the log. Thread-safe.
#pragma once

#include "cli/log_throttle.h"
#include "http/server.h"
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

 private:
  void answered(const http::Request& request, const std::string& route, int status, std::chrono::microseconds took);

  Metrics& metrics_;
  LogThrottle commit_failures_;
  LogThrottle policy_failures_;
  LogThrottle overloads_;
  LogThrottle troubles_;
};

// What a reload that nobody waits for came to, and what makes the server run other policies than
// those on disk.
void log_reload(const Result<Reload::Attempt>& attempt);

}  // namespace scrip::cli
