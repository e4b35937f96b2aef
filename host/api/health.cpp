#include <nlohmann/json.hpp>

#include "api/api.h"

namespace scrip::api {
namespace {

using Json = nlohmann::json;

http::Response ready(Service& service) {
  if (!service.ledger.storage_works()) {
    return http::Response::json(503, Json{{"status", "unavailable"}, {"reason", "the last commit failed"}}.dump());
  }
  auto reader = service.store.reader();
  auto revision = reader ? (*reader)->active_revision() : Result<std::int64_t>(reader.error());
  if (!revision) {
    return http::Response::json(503, Json{{"status", "unavailable"}, {"reason", revision.error().message}}.dump());
  }
  const auto policies = service.ledger.policies();
  if (!policies) {
    return http::Response::json(503, Json{{"status", "unavailable"}, {"reason", "no policies are active"}}.dump());
  }
  Json body{{"status", "ready"}, {"policy_revision", policies->set->revision()}};
  if (const std::string why = service.reload.degraded(); !why.empty()) {
    body["status"] = "degraded";
    body["reason"] = why;
  }
  return http::Response::json(200, body.dump());
}

http::Response health(Service& service) {
  Json body{{"status", "ok"}, {"version", SCRIP_VERSION}, {"now", format_instant(service.clock.now())}};
  if (service.clock_shift != 0) {
    body["clock_shift_seconds"] = service.clock_shift / second;
  }
  return http::Response::json(200, body.dump());
}

}  // namespace

void add_health(http::Router& router, Service& service) {
  using enum http::Method;
  using http::Access;
  router.add({.method = get,
              .pattern = "/healthz",
              .access = Access::everyone,
              .handler = [&](http::Request&) { return health(service); },
              .on_loop = true});
  router.add({.method = get, .pattern = "/readyz", .access = Access::everyone, .handler = [&](http::Request&) {
                return ready(service);
              }});
  router.add({.method = get, .pattern = "/metrics", .access = Access::everyone, .handler = [&](http::Request&) {
                http::Response response = http::Response::json(200, service.metrics.text());
                response.content_type = Metrics::content_type;
                return response;
              }});
  router.add({.method = get, .pattern = "/openapi.json", .access = Access::everyone, .handler = [](http::Request&) {
                return http::Response::json(200, openapi_document);
              }});
}

}  // namespace scrip::api
