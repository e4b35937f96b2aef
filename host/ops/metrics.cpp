#include "ops/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <array>
#include <map>
#include <mutex>
#include <utility>
#include <vector>

#include "coupon/error.h"
#include "ops/series_cache.h"

namespace scrip {
namespace {

using Labels = std::map<std::string, std::string>;
using Buckets = prometheus::Histogram::BucketBoundaries;

// Seconds: from a decision in memory to a disk that hangs.
const Buckets& short_times() {
  static const Buckets buckets{0.000'01, 0.000'025, 0.000'05, 0.000'1, 0.000'25, 0.000'5, 0.001, 0.002'5,
                               0.005,    0.01,      0.025,    0.05,    0.1,      0.25,    1};
  return buckets;
}

const Buckets& answer_times() {
  static const Buckets buckets{0.000'1, 0.000'25, 0.000'5, 0.001, 0.002'5, 0.005, 0.01, 0.025,
                               0.05,    0.1,      0.25,    0.5,   1,       2.5,   10};
  return buckets;
}

const Buckets& batch_sizes() {
  static const Buckets buckets{1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024};
  return buckets;
}

double seconds(std::chrono::microseconds time) {
  return std::chrono::duration<double>(time).count();
}

constexpr std::array<std::string_view, 6> actions{"issue", "assign", "redeem", "cancel", "validate", "remind"};

std::string closed_action(std::string_view action) {
  for (const std::string_view known : actions) {
    if (known == action) return std::string(known);
  }
  return "other";
}

std::string closed_outcome(std::string_view outcome) {
  if (outcome == "ok") return "ok";
  for (int i = 0; i <= static_cast<int>(Code::internal); ++i) {
    if (name(static_cast<Code>(i)) == outcome) return std::string(outcome);
  }
  return "denied";
}

std::string closed_status(int status) {
  return status >= 100 && status < 600 ? std::to_string(status) : "other";
}

}  // namespace

struct Metrics::State {
  prometheus::Registry registry;

  SeriesCache<prometheus::Counter, 2> known_claims;
  SeriesCache<prometheus::Histogram, 3> known_answers;

  prometheus::Family<prometheus::Counter>& claims = counters("scrip_claims_total", "Claims decided, by outcome");
  prometheus::Histogram& policy_time = histogram("scrip_policy_seconds", "Time a policy took to decide", short_times());
  prometheus::Counter& policy_aborts = counter("scrip_policy_aborts_total", "Policies that broke or ran out of budget");
  prometheus::Counter& policy_quarantines = counter("scrip_policy_quarantines_total", "Policies that were set aside");
  prometheus::Histogram& batch = histogram("scrip_commit_batch_commands", "Commands in one commit", batch_sizes());
  prometheus::Histogram& decide_time =
      histogram("scrip_commit_decide_seconds", "Time to decide a batch", short_times());
  prometheus::Histogram& commit_time = histogram("scrip_commit_seconds", "Time to make a batch durable", short_times());
  prometheus::Counter& commit_failures = counter("scrip_commit_failures_total", "Batches that could not be stored");
  prometheus::Family<prometheus::Histogram>& answers = prometheus::BuildHistogram()
                                                           .Name("scrip_http_request_seconds")
                                                           .Help("Time to answer a request")
                                                           .Register(registry);
  prometheus::Family<prometheus::Counter>& reloads = counters("scrip_policy_reloads_total", "Reloads of the policies");

  prometheus::Family<prometheus::Counter>& deliveries =
      counters("scrip_outbox_delivered_total", "Attempts to deliver events, by kind and outcome");

  prometheus::Family<prometheus::Counter>& shadows =
      counters("scrip_shadow_decisions_total", "Decisions that a shadow looked at, by what it says of them");

  struct Watched {
    prometheus::Gauge* gauge;
    Gauge read;
  };
  mutable std::mutex mutex;  // guards:
  std::vector<Watched> watched;

  prometheus::Family<prometheus::Counter>& counters(const char* name, const char* help) {
    return prometheus::BuildCounter().Name(name).Help(help).Register(registry);
  }
  prometheus::Counter& counter(const char* name, const char* help) { return counters(name, help).Add({}); }
  prometheus::Histogram& histogram(const char* name, const char* help, const Buckets& buckets) {
    return prometheus::BuildHistogram().Name(name).Help(help).Register(registry).Add({}, buckets);
  }
  void watch(const char* name, const char* help, Gauge read) {
    auto& gauge = prometheus::BuildGauge().Name(name).Help(help).Register(registry).Add({});
    const std::lock_guard lock(mutex);
    watched.push_back({&gauge, std::move(read)});
  }
};

Metrics::Metrics() : state_(std::make_unique<State>()) {}
Metrics::~Metrics() = default;

void Metrics::claim(std::string_view action, std::string_view outcome) {
  const auto make = [&]() -> prometheus::Counter& {
    return state_->claims.Add({{"action", closed_action(action)}, {"outcome", closed_outcome(outcome)}});
  };
  state_->known_claims.find({action, outcome}, make).Increment();
}

void Metrics::policy_evaluated(std::chrono::microseconds took) {
  state_->policy_time.Observe(seconds(took));
}
void Metrics::policy_aborted() {
  state_->policy_aborts.Increment();
}
void Metrics::policy_quarantined() {
  state_->policy_quarantines.Increment();
}

void Metrics::committed(std::size_t commands, std::chrono::microseconds decide, std::chrono::microseconds commit) {
  state_->batch.Observe(static_cast<double>(commands));
  state_->decide_time.Observe(seconds(decide));
  state_->commit_time.Observe(seconds(commit));
}

void Metrics::commit_failed() {
  state_->commit_failures.Increment();
}

void Metrics::answered(std::string_view method, std::string_view route, int status, std::chrono::microseconds took) {
  // Without a route the method is the client's own word, and known only if it is one of ours.
  if (route.empty()) method = "";
  const std::string shown_status = closed_status(status);
  const auto make = [&]() -> prometheus::Histogram& {
    const Labels labels{{"method", std::string(method)}, {"route", std::string(route)}, {"status", shown_status}};
    return state_->answers.Add(labels, answer_times());
  };
  state_->known_answers.find({method, route, shown_status}, make).Observe(seconds(took));
}

void Metrics::reloaded(bool ok) {
  state_->reloads.Add({{"result", ok ? "ok" : "refused"}}).Increment();
}

void Metrics::event_attempted(std::string_view kind, std::string_view outcome) {
  state_->deliveries.Add({{"kind", std::string(kind)}, {"outcome", std::string(outcome)}}).Increment();
}

void Metrics::shadowed(std::string_view of, std::string_view outcome) {
  state_->shadows.Add({{"shadow", std::string(of)}, {"outcome", std::string(outcome)}}).Increment();
}

void Metrics::watch_queue_length(Gauge gauge) {
  state_->watch("scrip_ledger_queue_commands", "Commands that wait for the ledger", std::move(gauge));
}
void Metrics::watch_connections(Gauge gauge) {
  state_->watch("scrip_http_connections", "Open HTTP connections", std::move(gauge));
}
void Metrics::watch_requests_in_flight(Gauge gauge) {
  state_->watch("scrip_http_requests_in_flight", "Requests whose handlers run or wait", std::move(gauge));
}
void Metrics::watch_requests_queued(Gauge gauge) {
  state_->watch("scrip_http_requests_queued", "Requests that wait for a handler", std::move(gauge));
}

void Metrics::watch_outbox_pending(Gauge gauge) {
  state_->watch("scrip_outbox_pending", "Events that wait to be delivered", std::move(gauge));
}

std::string Metrics::text() const {
  const std::lock_guard lock(state_->mutex);
  for (const auto& [gauge, read] : state_->watched) gauge->Set(read());
  return prometheus::TextSerializer().Serialize(state_->registry.Collect());
}

}  // namespace scrip
