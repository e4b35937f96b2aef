#include <nlohmann/json.hpp>

#include "api/api.h"
#include "api/body.h"
#include "api/call.h"
#include "api/policy_notes.h"
#include "api/show.h"

namespace scrip::api {
namespace {

using Json = nlohmann::json;

http::Response list_policies(Service& service) {
  const auto active = service.ledger.policies();
  Json policies = Json::array();
  Json plugins = Json::array();
  Json body{{"revision", nullptr}, {"loaded_at", nullptr}};
  if (active) {
    body["revision"] = active->set->revision();
    body["loaded_at"] = format_instant(active->loaded_at);
    for (const PolicyInfo& policy : active->set->policies()) {
      Json rules = Json::array();
      for (const RuleInfo& rule : policy.rules) {
        rules.push_back({{"name", rule.name}, {"plugin", rule.plugin}, {"params", Json::parse(rule.params)}});
        if (rule.shadow) rules.back()["shadow"] = true;
      }
      policies.push_back({{"name", policy.name},
                          {"file", policy.file},
                          {"rules", std::move(rules)},
                          {"quarantined", active->quarantine.holds(policy.name)}});
    }
    for (const PluginInfo& plugin : active->set->plugins()) {
      plugins.push_back({{"name", plugin.name},
                         {"version", plugin.version},
                         {"file", plugin.file},
                         {"priority", plugin.priority},
                         {"doc", plugin.doc},
                         {"params", Json::parse(plugin.params)}});
    }
  }
  body["policies"] = std::move(policies);
  body["plugins"] = std::move(plugins);
  const Reload::Attempt last = service.reload.last();
  body["last_attempt"] = {{"at", last.at == 0 ? Json() : Json(format_instant(last.at))},
                          {"ok", last.ok},
                          {"errors", show_errors(last.errors)}};
  body["set_aside"] = nullptr;
  if (const auto aside = service.reload.set_aside()) {
    body["set_aside"] = {
        {"revision", aside->revision}, {"at", format_instant(aside->at)}, {"by", aside->by}, {"notes", aside->notes}};
  }
  return http::Response::json(200, body.dump());
}

// The console comes with its cookie, programs with a token.
PolicyOrigin origin_of(const http::Request& request) {
  return request.header("Authorization") ? PolicyOrigin::reload : PolicyOrigin::console;
}

http::Response reload(Service& service, http::Request& request) {
  auto asked = json_body(request, EmptyBody::is_empty_object);
  if (!asked) return problem(asked.error());
  std::vector<FieldError> errors;
  Fields fields(*asked, "", errors);
  Reload::Act act{.by = request.identity->subject, .origin = origin_of(request), .notes = notes_of(fields)};
  fields.finish();
  if (!errors.empty()) return problem(invalid(std::move(errors)));
  auto attempt = service.reload.from_disk(act);
  if (!attempt) return problem(attempt.error());
  if (attempt->ok) {
    const Json previous = attempt->previous.empty() ? Json() : Json(attempt->previous);
    return http::Response::json(200, Json{{"revision", attempt->revision}, {"previous", previous}}.dump());
  }
  return invalid_policy("The policies were not loaded: ", attempt->errors);
}

}  // namespace

void add_policies(http::Router& router, Service& service) {
  using enum http::Method;
  using http::Access;
  router.add(
      {.method = get, .pattern = "/api/v1/policies", .access = Access::operator_only, .handler = [&](http::Request&) {
         return list_policies(service);
       }});
  router.add({.method = post,
              .pattern = "/api/v1/policies/reload",
              .access = Access::operator_only,
              .handler = [&](http::Request& request) { return reload(service, request); }});
}

}  // namespace scrip::api
