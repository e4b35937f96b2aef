#include "cli/events.h"

#include "ops/log.h"

namespace scrip::cli {

LedgerEvents Events::for_ledger() {
  LedgerEvents events;
  events.committed = [this](std::size_t commands, std::int64_t decide_us, std::int64_t commit_us) {
    commands_ += static_cast<std::int64_t>(commands);
    metrics_.committed(commands, std::chrono::microseconds(decide_us), std::chrono::microseconds(commit_us));
  };
  events.decided = [this](Hook hook, std::string_view code) { metrics_.claim(name(hook), code.empty() ? "ok" : code); };
  events.asked = [this](std::int64_t policy_us) { metrics_.policy_evaluated(std::chrono::microseconds(policy_us)); };
  events.commit_failed = [this](const Error& error) {
    metrics_.commit_failed();
    if (const auto more = commit_failures_.pass()) {
      log(LogLevel::error, "a batch could not be stored", {{"why", error.message}, {"more_before", *more}});
    }
  };
  events.policy_failed = [this](std::string_view policy, const std::vector<TraceEntry>& trace) {
    metrics_.policy_aborted();
    if (const auto more = policy_failures_.pass()) {
      log(LogLevel::warn, "a policy failed",
          {{"policy", policy}, {"trace", trace_json(trace)}, {"more_before", *more}});
    }
  };
  events.quarantined = [this](std::string_view policy) {
    metrics_.policy_quarantined();
    log(LogLevel::error, "a policy keeps failing and is in quarantine until the next reload", {{"policy", policy}});
  };
  return events;
}

http::ServerEvents Events::for_server() {
  http::ServerEvents events;
  events.answered = [this](const http::Request& request, const std::string& route, int status,
                           std::chrono::microseconds took) { answered(request, route, status, took); };
  events.failed = [](const http::Request& request, const std::string& what) {
    log(LogLevel::error, "a request broke off",
        {{"request_id", request.request_id}, {"path", request.path}, {"why", what}});
  };
  events.trouble = [this](const std::string& what) {
    if (const auto more = troubles_.pass()) {
      log(LogLevel::error, "the server has trouble", {{"why", what}, {"more_before", *more}});
    }
  };
  return events;
}

std::function<void(const Event&, std::string_view, std::string_view)> Events::for_deliveries() {
  return [this](const Event& event, std::string_view outcome, std::string_view error) {
    metrics_.event_attempted(name(event.kind), outcome);
    if (outcome == "failed") {
      log(LogLevel::error, "an event could not be delivered and is given up",
          {{"event", event.public_id()}, {"type", name(event.kind)}, {"why", error}});
    } else if (outcome == "retried") {
      if (const auto more = delivery_failures_.pass()) {
        log(LogLevel::warn, "an event could not be delivered and is tried again",
            {{"event", event.public_id()}, {"type", name(event.kind)}, {"why", error}, {"more_before", *more}});
      }
    }
  };
}

void Events::answered(const http::Request& request, const std::string& route, int status,
                      std::chrono::microseconds took) {
  constexpr int service_unavailable = 503;
  metrics_.answered(http::name(request.method), route, status, took);
  LogLevel level = LogLevel::debug;
  if (status == service_unavailable) {
    // An overloaded server answers so by the thousand; the log shall not be what it dies of.
    if (overloads_.pass()) level = LogLevel::warn;
  } else if (status >= 500) {
    level = LogLevel::error;
  }
  if (!logs(level)) return;
  log(level, "request",
      {{"request_id", request.request_id},
       {"method", http::name(request.method)},
       {"path", request.path},
       {"status", status},
       {"us", took.count()},
       {"from", request.remote_address},
       {"subject", request.identity ? request.identity->subject : std::string()}});
}

void log_reload(const Result<Reload::Attempt>& attempt) {
  if (!attempt) {
    log(LogLevel::error, "the policies could not be reloaded", {{"why", attempt.error().message}});
    return;
  }
  if (attempt->left_aside) {
    log(LogLevel::warn, "the policies on disk are those that were rolled back from, and stay set aside",
        {{"by", attempt->by}, {"revision", attempt->revision}});
    return;
  }
  if (attempt->ok) {
    log(LogLevel::info, "policies reloaded",
        {{"by", attempt->by}, {"revision", attempt->revision}, {"previous", attempt->previous}});
    return;
  }
  for (const PolicyError& error : attempt->errors) {
    log(LogLevel::error, "policies refused", {{"by", attempt->by}, {"error", to_string(error)}});
  }
}

void log_reminders(const Result<jobs::Reminders::Pass>& pass) {
  static LogThrottle failures;
  if (!pass) {
    if (const auto more = failures.pass()) {
      log(LogLevel::error, "reminders could not be made", {{"why", pass.error().message}, {"more_before", *more}});
    }
    return;
  }
  if (pass->failed > 0) {
    log(LogLevel::error, "a policy failed when it was asked about reminders",
        {{"times", pass->failed}, {"why", pass->failure}});
  }
  if (pass->notices > 0) {
    log(LogLevel::info, "reminders made",
        {{"notices", pass->notices}, {"asked", pass->asked}, {"walked", pass->walked}});
  }
}

void log_deliveries(const Result<jobs::Deliveries::Round>& round) {
  static LogThrottle failures;
  if (round) return;
  if (const auto more = failures.pass()) {
    log(LogLevel::error, "events could not be delivered", {{"why", round.error().message}, {"more_before", *more}});
  }
}

}  // namespace scrip::cli
