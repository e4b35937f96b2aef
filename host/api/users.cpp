// Accounts (sign-up, who am I) and the attributes that rules read.
#include "api/accounts.h"
#include "api/api.h"
#include "api/body.h"
#include "api/call.h"
#include "coupon/coupon.h"

namespace scrip::api {
namespace {

http::Response post_user(Service& service, http::Request& request) {
  auto body = json_body(request);
  if (!body) return problem(body.error());
  std::vector<FieldError> errors;
  Fields fields(*body, "", errors);
  const auto login = fields.text("login", 1, 128, true);
  const auto password = fields.text("password", 0, 1024, true);
  fields.finish();
  check_account(login, password, errors);
  if (!errors.empty()) return problem(invalid(std::move(errors)));
  if (auto made = sign_up(service, *login, *password); !made) return problem(made.error());
  return http::Response::json(201, Json{{"login", *login}, {"role", name(Role::user)}}.dump());
}

http::Response show_attributes(Service& service, http::Request& request) {
  const std::string& user_id = request.capture("id");
  if (!is_user_id(user_id)) return problem(invalid_field("id", "must be 1 to 128 bytes without control characters"));
  auto reader = service.store.reader();
  if (!reader) return problem(reader.error());
  auto attributes = (*reader)->attributes(user_id);
  if (!attributes) return problem(attributes.error());
  return http::Response::json(200, std::move(*attributes));
}

http::Response put_attributes(Service& service, http::Request& request) {
  const std::string& user_id = request.capture("id");
  if (!is_user_id(user_id)) return problem(invalid_field("id", "must be 1 to 128 bytes without control characters"));
  auto body = json_body(request);
  if (!body) return problem(body.error());
  std::vector<FieldError> errors;
  for (const auto& [name, value] : body->items()) {
    if (name.empty() || name.size() > 64) errors.push_back({name, "must have a name of 1 to 64 bytes"});
    if (!value.is_string() && !value.is_number() && !value.is_boolean()) {
      errors.push_back({name, "must be a string, a number or a boolean"});
    }
    // Rules see numbers as doubles; one that would become another is refused.
    const bool large =
        value.is_number_integer() &&
        (value.is_number_unsigned() ? value.get<std::uint64_t>() > static_cast<std::uint64_t>(max_exact)
                                    : value.get<std::int64_t>() > max_exact || value.get<std::int64_t>() < -max_exact);
    if (large) errors.push_back({name, "must be between -2^53 and 2^53"});
  }
  if (!errors.empty()) return problem(invalid(std::move(errors)));
  std::string text = body->dump();
  if (text.size() > 4096) {
    return problem({.code = Code::invalid_request, .message = "The attributes must be at most 4096 bytes of JSON."});
  }
  Submission submission{.command = PutAttributes{.user_id = user_id, .attributes = text}, .actor = actor_of(request)};
  service.ledger.execute(submission);
  if (submission.outcome.error) return problem(*submission.outcome.error);
  return http::Response::json(200, std::move(text));
}

http::Response me(http::Request& request) {
  return http::Response::json(
      200, Json{{"login", request.identity->subject}, {"role", name(request.identity->role)}}.dump());
}

}  // namespace

void add_users(http::Router& router, Service& service) {
  using enum http::Method;
  using http::Access;
  router.add(
      {.method = post, .pattern = "/api/v1/users", .access = Access::everyone, .handler = [&](http::Request& request) {
         return post_user(service, request);
       }});
  router.add({.method = get, .pattern = "/api/v1/me", .access = Access::any_token, .handler = me});
  router.add({.method = get,
              .pattern = "/api/v1/users/{id}/attributes",
              .access = Access::service,
              .handler = [&](http::Request& request) { return show_attributes(service, request); }});
  router.add({.method = put,
              .pattern = "/api/v1/users/{id}/attributes",
              .access = Access::service,
              .handler = [&](http::Request& request) { return put_attributes(service, request); }});
}

}  // namespace scrip::api
