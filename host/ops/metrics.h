// What Prometheus scrapes. Every label has a closed set of values: nothing that a client or an
// operator can make up becomes a time series. Thread-safe.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace scrip {

class Metrics {
 public:
  Metrics();
  ~Metrics();

  // A claim was decided. `action` is "issue", "redeem", ...; `outcome` is "ok" or the code that
  // refused it. Codes that rules made up are all counted as "denied".
  void claim(std::string_view action, std::string_view outcome);

  // How long a policy took to decide.
  void policy_evaluated(std::chrono::microseconds took);
  // A policy broke or used up its time or memory.
  void policy_aborted();
  void policy_quarantined();

  // A batch became durable.
  void committed(std::size_t commands, std::chrono::microseconds decide, std::chrono::microseconds commit);
  void commit_failed();

  // A request was answered. `route` is a route's pattern, or "" when there was none.
  void answered(std::string_view method, std::string_view route, int status, std::chrono::microseconds took);

  void reloaded(bool ok);

  // An attempt to deliver an event ended: "delivered", "retried" or "failed" (given up).
  void event_attempted(std::string_view kind, std::string_view outcome);

  // A decision was looked at by a shadow, "rules" or "candidate": it would have come out the "same", or
  // otherwise ("newly_refused", ...), or it could not be said ("missed", "unable").
  void shadowed(std::string_view of, std::string_view outcome);

  // Gauges are asked for when text() is called.
  using Gauge = std::function<double()>;
  void watch_queue_length(Gauge gauge);        // commands that wait for the ledger
  void watch_connections(Gauge gauge);         // HTTP connections
  void watch_requests_in_flight(Gauge gauge);  // requests whose handlers run or wait
  void watch_outbox_pending(Gauge gauge);      // events that wait to be delivered
  void watch_requests_queued(Gauge gauge);     // requests that wait for a handler

  // The text exposition format, version 0.0.4.
  std::string text() const;
  static constexpr std::string_view content_type = "text/plain; version=0.0.4; charset=utf-8";

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace scrip
