// Accounts (sign-up, who am I) and the attributes that rules read.
#include "api/accounts.h"
#include "api/api.h"
#include "api/attributes_body.h"
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
  auto text = attributes_text(*body, "", errors);
  if (!errors.empty()) return problem(invalid(std::move(errors)));
  if (text.size() > max_attributes) {
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
