// A decision made again, with the rules of then and whether it comes out the same.
#include "replay/explain.h"

#include "api/api.h"
#include "api/call.h"
#include "api/show_decision.h"
#include "policy/decision_text.h"
#include "policy/host_rules.h"

namespace scrip::api {
namespace {

using Json = nlohmann::json;

Json show(const std::vector<RuleInfo>& rules) {
  Json list = Json::array();
  for (const RuleInfo& rule : rules) {
    list.push_back({{"name", rule.name}, {"plugin", rule.plugin}, {"params", Json::parse(rule.params)}});
  }
  return list;
}

Json show(const Verdict& verdict) {
  Json shown{{"verdict", Json::parse(verdict_json(verdict))},
             {"trace", Json::parse(trace_json(verdict.trace))},
             {"verdict_text", verdict_text(verdict)},
             {"trace_text", trace_text(verdict.trace, "")}};
  shown["verdict"].erase("trace");
  return shown;
}

http::Response explain_one(Service& service, http::Request& request) {
  auto reader = service.store.reader();
  if (!reader) return problem(reader.error());
  const auto row = decision_of(**reader, request.capture("id"));
  if (!row) return problem(row.error());
  const auto explained = explain(**reader, service.revisions, *row);
  if (!explained) return problem(explained.error());
  const auto catalog = service.ledger.catalog();
  const auto revision = RevisionNames(**reader).name(row->revision);
  if (!revision) return problem(revision.error());
  const auto active = service.ledger.policies();
  Json answer{{"decision", show_decision(*row, *catalog, *revision, explained->campaign)},
              {"active", active && active->number == row->revision},
              {"policy", explained->campaign ? Json(asked_policy(explained->decision->hook, explained->decision->facts))
                                             : Json()},
              {"rules", show(explained->rules)},
              {"same", explained->same()},
              {"reason", explained->same() ? Json() : Json(name(explained->difference))},
              {"why", explained->same() ? Json() : Json(explained->why)},
              {"then", explained->decision ? show(explained->decision->verdict) : Json()},
              {"again", explained->again ? show(*explained->again) : Json()}};
  if (explained->decision) answer["facts_text"] = facts_text(explained->decision->facts, "");
  return http::Response::json(200, answer.dump());
}

}  // namespace

void add_explain(http::Router& router, Service& service) {
  router.add({.method = http::Method::get,
              .pattern = "/api/v1/decisions/{id}/explain",
              .access = http::Access::operator_only,
              .handler = [&](http::Request& request) { return explain_one(service, request); }});
}

}  // namespace scrip::api
