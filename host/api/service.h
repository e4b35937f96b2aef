// What the API's handlers work with: references to the rooms below, put together by whoever runs
// a server (cli/node.h). Handlers run on many threads at once; everything here is thread-safe.
#pragma once

#include <string>

#include "db/store.h"
#include "http/passwords.h"
#include "http/rate_limit.h"
#include "http/router.h"
#include "http/tokens.h"
#include "jobs/replays.h"
#include "ledger/judges.h"
#include "ledger/ledger.h"
#include "ledger/reload.h"
#include "ops/clock.h"
#include "ops/metrics.h"
#include "policy/policy_set.h"
#include "replay/compiled_revisions.h"
#include "replay/shadow.h"

namespace scrip::api {

struct Service {
  Ledger& ledger;
  Store& store;
  Reload& reload;
  Judges& judges;
  jobs::Replays& replays;
  Shadow& shadow;
  Compile compile_untested;  // sets that are tried and not put in force
  PolicyLimits policy_limits;
  CompiledRevisions& revisions;
  const Clock& clock;
  Micros clock_shift = 0;  // serve --clock: how far the coupons' clock is from the real one
  const http::Tokens& tokens;
  http::PasswordPool& passwords;
  http::RateLimit& sign_in_by_address;
  http::RateLimit& sign_in_by_login;
  Metrics& metrics;
  std::string default_timezone = "UTC";
};

// Every route of /api/v1 and of the service itself (/healthz, /readyz, /metrics, /openapi.json).
// `service` outlives the router.
void add_routes(http::Router& router, Service& service);

}  // namespace scrip::api
