// Kakaopay's coupon service (Flask): a bearer token, and a sentence under "msg" in every answer. All of
// it is about one campaign; a code of another does not exist here.
#include "api/accounts.h"
#include "api/body.h"
#include "api/call.h"
#include "api/json_text.h"
#include "api/sign_in.h"
#include "compat/kakaopay_lists.h"
#include "compat/wires.h"
#include "coupon/coupon.h"
#include "ledger/claim_facts.h"
#include "ledger/coupon_code.h"

namespace scrip::compat {
namespace {

using api::Fields;
using api::Json;

http::Response say(std::string_view sentence) {
  return http::Response::json(200, api::ObjectText().text("msg", sentence).take());
}

// Of all that stands in the way of a call, 409 is for what somebody else has already.
http::Response refuse(const Error& error) {
  const Error shown = api::shown(error);
  const bool taken = shown.code == Code::user_exists || shown.code == Code::already_assigned;
  int status = http_status(shown.code);
  if (status == 409 && !taken) status = 400;
  return error_answer(shown, status, api::ObjectText().text("msg", shown.message).take());
}

// The body's members, which `read` asks for; what the original does not know it leaves alone.
template <class Read>
Result<void> read_body(http::Request& request, Read&& read) {
  auto body = api::json_body(request);
  if (!body) return body.error();
  std::vector<FieldError> errors;
  Fields fields(*body, "", errors);
  read(fields, errors);
  if (!errors.empty()) return api::invalid(std::move(errors));
  return {};
}

struct Credentials {
  std::string username;
  std::string password;
};

Result<Credentials> credentials_of(http::Request& request, bool for_new_account) {
  Credentials given;
  auto good = read_body(request, [&](Fields& fields, std::vector<FieldError>& errors) {
    const auto username = fields.text("username", 1, 128, true);
    const auto password = fields.text("password", 0, 1024, true);
    if (for_new_account) api::check_account(username, password, errors);
    given = {username.value_or(""), password.value_or("")};
  });
  if (!good) return good.error();
  return given;
}

http::Response sign_up(api::Service& service, http::Request& request) {
  const auto given = credentials_of(request, true);
  if (!given) return refuse(given.error());
  if (auto made = api::sign_up(service, given->username, given->password); !made) return refuse(made.error());
  return say(given->username + " sign up");
}

http::Response log_in(api::Service& service, http::Request& request) {
  const auto given = credentials_of(request, false);
  if (!given) return refuse(given.error());
  const auto user = api::check_sign_in(service, request.remote_address, given->username, given->password);
  if (!user) return refuse(user.error());
  const std::string token = service.tokens.make({.subject = user->login, .role = user->role});
  return http::Response::json(200, api::ObjectText().text("access_token", token).take());
}

http::Response test_token(api::Service&, http::Request& request) {
  return http::Response::json(200, api::ObjectText().text("logged_in_as", request.identity->subject).take());
}

http::Response create(api::Service& service, http::Request& request) {
  std::int64_t count = 0;
  auto read = read_body(request, [&](Fields& fields, std::vector<FieldError>&) {
    count = fields.integer("create_count", 1, max_total, true).value_or(0);
  });
  if (!read) return refuse(read.error());
  const auto campaign = api::campaign_of(*service.ledger.catalog(), kakaopay_campaign);
  if (!campaign) return refuse(campaign.error());
  const Generate command{.campaign = (*campaign)->number, .count = count};
  if (auto outcome = api::carry_out(service, command, api::actor_of(request)); !outcome) {
    return refuse(outcome.error());
  }
  return say(std::to_string(count) + " Coupon Created.");
}

Result<CouponRef> coupon_of(api::Service& service, std::string_view code) {
  const auto catalog = service.ledger.catalog();
  const auto campaign = api::campaign_of(*catalog, kakaopay_campaign);
  if (!campaign) return campaign.error();
  auto coupon = coupon_ref(*catalog, code);
  if (coupon) coupon->campaign = (*campaign)->number;
  return coupon;
}

// Carries out what `make` makes of the coupon, and says so of its code.
template <class Make>
http::Response change(api::Service& service, const http::Request& request, std::string_view code, Make&& make,
                      const std::string& done) {
  auto coupon = coupon_of(service, code);
  if (!coupon) return refuse(coupon.error());
  const auto outcome = api::carry_out(service, make(std::move(*coupon)), api::actor_of(request));
  if (!outcome) return refuse(outcome.error());
  return say(outcome->claim.code + done);
}

http::Response bind(api::Service& service, http::Request& request) {
  std::string code;
  std::string user_id;
  auto read = read_body(request, [&](Fields& fields, std::vector<FieldError>&) {
    code = fields.text("coupon_code", 1, 128, true).value_or("");
    const auto user = fields.text("user_id", 1, 128, true);
    if (user && !is_user_id(*user)) fields.refuse("user_id", "must be text without control characters");
    user_id = user.value_or("");
  });
  if (!read) return refuse(read.error());
  const auto make = [&](CouponRef coupon) {
    return Assign{.coupon = std::move(coupon), .user_id = user_id, .subject = std::nullopt};
  };
  return change(service, request, code, make, " is successfully bind to " + user_id);
}

http::Response use(api::Service& service, http::Request& request) {
  std::string code;
  auto read = read_body(request, [&](Fields& fields, std::vector<FieldError>&) {
    code = fields.text("coupon_code", 1, 128, true).value_or("");
  });
  if (!read) return refuse(read.error());
  const auto make = [](CouponRef coupon) { return Redeem{.coupon = std::move(coupon), .order = std::nullopt}; };
  return change(service, request, code, make, " is successfully used");
}

http::Response cancel(api::Service& service, http::Request& request) {
  const auto make = [](CouponRef coupon) { return Cancel{.coupon = std::move(coupon)}; };
  return change(service, request, request.capture("code"), make, "'s status is successfully canceled");
}

template <Result<http::Response> (*list)(api::Service&, const http::Request&)>
http::Response listed(api::Service& service, http::Request& request) {
  auto answer = list(service, request);
  return answer ? std::move(*answer) : refuse(answer.error());
}

}  // namespace

void add_kakaopay(http::Router& router, api::Service& service) {
  using enum http::Method;
  using http::Access;
  const auto add = [&](http::Method method, const char* path, Access access,
                       http::Response (*handler)(api::Service&, http::Request&), bool claim = false) {
    router.add({.method = method,
                .pattern = path,
                .access = access,
                .handler = [&service, handler](http::Request& request) { return handler(service, request); },
                .claim = claim,
                .on_loop = claim,
                .refuse = refuse});
  };
  add(post, "/user/signup", Access::everyone, sign_up);
  add(post, "/user/login", Access::everyone, log_in);
  add(get, "/user/jwt_test", Access::any_token, test_token);
  add(post, "/coupon", Access::operator_only, create);
  add(put, "/coupon", Access::operator_only, bind, true);
  add(get, "/coupon", Access::operator_only, listed<list_codes>);
  add(get, "/coupon/bind_list", Access::any_token, listed<list_bound>);
  add(post, "/coupon/use", Access::any_token, use, true);
  add(post, "/coupon/cancel/{code}", Access::any_token, cancel, true);
  add(get, "/coupon/expired-today", Access::operator_only, listed<list_expired_today>);
}

}  // namespace scrip::compat
