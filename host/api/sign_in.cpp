// Passwords for tokens.
#include <algorithm>

#include "api/api.h"
#include "api/body.h"
#include "api/call.h"

namespace scrip::api {
namespace {

http::Response sign_in(Service& service, http::Request& request) {
  auto body = json_body(request);
  if (!body) return problem(body.error());
  std::vector<FieldError> errors;
  Fields fields(*body, "", errors);
  const auto login = fields.text("login", 1, 128, true);
  const auto password = fields.text("password", 0, 1024, true);
  fields.finish();
  if (!errors.empty()) return problem(invalid(std::move(errors)));

  const auto now = std::chrono::steady_clock::now();
  int wait = service.sign_in_by_address.take(request.remote_address, now);
  if (wait == 0) wait = service.sign_in_by_login.take(*login, now);
  if (wait > 0) {
    return problem(
        {.code = Code::rate_limited, .message = "Too many attempts to sign in. Please wait.", .retry_after_s = wait});
  }
  auto reader = service.store.reader();
  if (!reader) return problem(reader.error());
  auto user = (*reader)->user(*login);
  if (!user) return problem(user.error());
  reader->reset();
  // Without an account the same work is done, so that the answer's time tells nothing.
  auto good = service.passwords.verify(*password, *user ? (**user).password_hash : std::string());
  if (!good) return problem(good.error());
  if (!*good) return problem({.code = Code::unauthenticated, .message = "Wrong login or password."});

  const std::string token = service.tokens.make({.subject = *login, .role = (**user).role});
  return http::Response::json(
      200, Json{{"access_token", token}, {"token_type", "Bearer"}, {"expires_in", http::Tokens::default_ttl.count()}}
               .dump());
}

}  // namespace

void add_sign_in(http::Router& router, Service& service) {
  router.add({.method = http::Method::post,
              .pattern = "/api/v1/tokens",
              .access = http::Access::everyone,
              .handler = [&](http::Request& request) { return sign_in(service, request); }});
}

}  // namespace scrip::api
