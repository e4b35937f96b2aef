// Shadows: what rules that are not enforced, or a whole set beside the one in force, would have made of
// the claims since they were cast. Nothing here changes what a claim is answered.
#include "replay/shadow.h"

#include "api/api.h"
#include "api/body.h"
#include "api/call.h"
#include "api/given_files.h"
#include "api/show.h"
#include "ledger/fitting.h"
#include "ledger/policy_audit.h"
#include "replay/report_json.h"

namespace scrip::api {
namespace {

Json show(const std::optional<ShadowState>& state) {
  if (!state) return nullptr;
  return {{"revision", state->report.revision},
          {"since", format_instant(state->since)},
          {"by", state->by.empty() ? Json() : Json(state->by)},
          {"missed", state->missed},
          {"forgotten", state->forgotten},
          {"report", Json::parse(report_json(state->report))}};
}

http::Response show_both(Service& service, int status) {
  return http::Response::json(status, Json{{"rules", show(service.shadow.state(ShadowOf::rules))},
                                           {"candidate", show(service.shadow.state(ShadowOf::candidate))}}
                                          .dump());
}

// In the audit log before it is done, so that nothing is done that it does not know.
Result<Outcome> tell(Service& service, const http::Request& request, AuditAction action, std::string was,
                     std::string is) {
  return carry_out(
      service,
      RecordAudit{
          .action = action, .target = audit_target_policies, .old_value = std::move(was), .new_value = std::move(is)},
      actor_of(request));
}

// What the audit log has of a candidate's shadow; empty: there is none.
std::string audited(const std::optional<ShadowState>& state) {
  if (!state) return "";
  return Json{{"revision", state->report.revision},
              {"since", format_instant(state->since)},
              {"decisions", state->report.decisions}}
      .dump();
}

http::Response cast(Service& service, http::Request& request) {
  auto body = json_body(request, EmptyBody::is_empty_object);
  if (!body) return problem(body.error());
  std::vector<FieldError> errors;
  Fields fields(*body, "", errors);
  const GivenSet given = read_given_set(fields, errors);
  fields.finish();
  if (!errors.empty()) return problem(invalid(std::move(errors)));
  CompiledSet compiled = compile(service, given);
  if (compiled.set) compiled.errors = campaigns_that_do_not_fit(*compiled.set, *service.ledger.catalog());
  if (!compiled.errors.empty()) return invalid_policy("The policies cannot be a shadow: ", compiled.errors);
  const std::string was = audited(service.shadow.state(ShadowOf::candidate));
  const auto told = tell(service, request, AuditAction::shadow_cast, was, revision_json(compiled.set->revision()));
  if (!told) return problem(told.error());
  service.shadow.cast(compiled.set, actor_of(request).subject);
  return show_both(service, 201);
}

http::Response end(Service& service, const http::Request& request) {
  const auto state = service.shadow.state(ShadowOf::candidate);
  const Error none{.code = Code::not_found, .message = "No set is a shadow now."};
  if (!state) return problem(none);
  const auto told = tell(service, request, AuditAction::shadow_ended, audited(state), "");
  if (!told) return problem(told.error());
  if (!service.shadow.end()) return problem(none);
  const Json last = show(state);
  return http::Response::json(200,
                              Json{{"rules", show(service.shadow.state(ShadowOf::rules))}, {"candidate", last}}.dump());
}

}  // namespace

void add_shadow(http::Router& router, Service& service) {
  using enum http::Method;
  const auto add = [&](http::Method method, std::size_t limit, http::Handler handler) {
    router.add({.method = method,
                .pattern = "/api/v1/policies/shadow",
                .access = http::Access::operator_only,
                .handler = std::move(handler),
                .body_limit = limit});
  };
  add(get, 0, [&](http::Request&) { return show_both(service, 200); });
  add(post, given_files_limit, [&](http::Request& request) { return cast(service, request); });
  add(delete_, 0, [&](http::Request& request) { return end(service, request); });
}

}  // namespace scrip::api
