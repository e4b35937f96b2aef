// Passwords for tokens, and for the session of a page.
#include "api/sign_in.h"

#include <algorithm>

#include "api/api.h"
#include "api/body.h"
#include "api/call.h"
#include "http/same_origin.h"
#include "http/session_cookie.h"

namespace scrip::api {

Result<User> check_sign_in(Service& service, const std::string& address, const std::string& login,
                           const std::string& password) {
  const auto now = std::chrono::steady_clock::now();
  int wait = service.sign_in_by_address.take(address, now);
  if (wait == 0) wait = service.sign_in_by_login.take(login, now);
  if (wait > 0) {
    return Error{
        .code = Code::rate_limited, .message = "Too many attempts to sign in. Please wait.", .retry_after_s = wait};
  }
  auto reader = service.store.reader();
  if (!reader) return reader.error();
  auto user = (*reader)->user(login);
  if (!user) return user.error();
  reader->reset();
  // Without an account the same work is done, so that the answer's time tells nothing.
  auto good = service.passwords.verify(password, *user ? (**user).password_hash : std::string());
  if (!good) return good.error();
  if (!*good) return Error{.code = Code::unauthenticated, .message = "Wrong login or password."};
  return std::move(**user);
}

namespace {

// The body's login and password, checked.
Result<User> sign_in(Service& service, http::Request& request) {
  auto body = json_body(request);
  if (!body) return body.error();
  std::vector<FieldError> errors;
  Fields fields(*body, "", errors);
  const auto login = fields.text("login", 1, 128, true);
  const auto password = fields.text("password", 0, 1024, true);
  fields.finish();
  if (!errors.empty()) return invalid(std::move(errors));
  return check_sign_in(service, request.remote_address, *login, *password);
}

std::string token_for(Service& service, const User& user) {
  return service.tokens.make({.subject = user.login, .role = user.role});
}

http::Response make_token(Service& service, http::Request& request) {
  auto user = sign_in(service, request);
  if (!user) return problem(user.error());
  return http::Response::json(200, Json{{"access_token", token_for(service, *user)},
                                        {"token_type", "Bearer"},
                                        {"expires_in", http::Tokens::default_ttl.count()}}
                                       .dump());
}

// Signing in answers as /me does, so a foreign form that signs somebody in under another name is the
// one thing to keep out: there is no cookie yet by which bearer_or_cookie() could refuse it.
http::Response begin_session(Service& service, http::Request& request) {
  if (!http::is_same_origin(request)) {
    return problem({.code = Code::forbidden, .message = "This request comes from another site."});
  }
  auto user = sign_in(service, request);
  if (!user) return problem(user.error());
  return http::Response::json(200, Json{{"login", user->login}, {"role", name(user->role)}}.dump())
      .with("Set-Cookie", http::begin_session(request, token_for(service, *user), http::Tokens::default_ttl));
}

// Unlike /me it answers those who are not signed in as well: a page asks who its visitor is, and that
// it is nobody is no error.
http::Response show_session(const http::Request& request) {
  Json shown{{"login", nullptr}, {"role", nullptr}};
  if (request.identity) shown = {{"login", request.identity->subject}, {"role", name(request.identity->role)}};
  return http::Response::json(200, shown.dump());
}

http::Response end_session(http::Request& request) {
  http::Response response{.status = 204};
  return std::move(response).with("Set-Cookie", http::end_session(request));
}

}  // namespace

void add_sign_in(http::Router& router, Service& service) {
  const auto add = [&](http::Method method, const char* pattern, http::Handler handler) {
    router.add({.method = method, .pattern = pattern, .access = http::Access::everyone, .handler = std::move(handler)});
  };
  add(http::Method::post, "/api/v1/tokens", [&](http::Request& request) { return make_token(service, request); });
  add(http::Method::post, "/api/v1/session", [&](http::Request& request) { return begin_session(service, request); });
  add(http::Method::get, "/api/v1/session", [](http::Request& request) { return show_session(request); });
  add(http::Method::delete_, "/api/v1/session", [](http::Request& request) { return end_session(request); });
}

}  // namespace scrip::api
