// Toodat's event (Django): a session cookie, paths that end in a slash, Korean sentences under
// "result", and Django REST framework's form for everything else that is refused.
#include <charconv>

#include "api/accounts.h"
#include "api/body.h"
#include "api/call.h"
#include "api/json_text.h"
#include "api/show.h"
#include "api/sign_in.h"
#include "compat/wires.h"
#include "http/same_origin.h"
#include "http/session_cookie.h"

namespace scrip::compat {
namespace {

using api::Fields;
using api::Json;

std::string result(std::string_view sentence) {
  return api::ObjectText().text("result", sentence).take();
}

// {"field":["what is wrong with it",...],...}
std::string complaints(const std::vector<FieldError>& fields) {
  Json body = Json::object();
  for (const FieldError& field : fields) body[field.field].push_back(field.message);
  return body.dump();
}

std::string body_of(const Error& error) {
  const std::string_view code = error.public_code();
  if (code == "already_issued") return result("이미 쿠폰을 받았습니다");
  if (code == "sold_out" || code == "window_sold_out") return result("쿠폰이 모두 소진되었습니다");
  if (http_status(error.code) == 409) return result(error.message);
  if (!error.fields.empty()) return complaints(error.fields);
  return api::ObjectText().text("detail", error.message).take();
}

// Who is not signed in is forbidden, and nothing is a conflict.
http::Response refuse(const Error& error) {
  const Error shown = api::shown(error);
  int status = http_status(shown.code);
  if (status == 401) status = 403;
  if (status == 409) status = 400;
  return error_answer(shown, status, body_of(shown));
}

Error unknown(std::string field, const std::string& key) {
  return invalid_field(std::move(field), "Invalid pk \"" + key + "\" - object does not exist.");
}

// ---- accounts -----------------------------------------------------------------------------------

// Something before the one '@', and behind it a name with a dot. More is only known by sending mail.
bool is_email(std::string_view text) {
  const std::size_t at = text.find('@');
  if (at == 0 || at == std::string_view::npos || text.find_first_of(" @\"<>,;:\\", at + 1) != std::string_view::npos) {
    return false;
  }
  if (text.substr(0, at).find_first_of(" \"<>,;:\\") != std::string_view::npos) return false;
  const std::string_view domain = text.substr(at + 1);
  const std::size_t dot = domain.rfind('.');
  return dot != std::string_view::npos && dot > 0 && dot + 1 < domain.size() && domain.front() != '.' &&
         domain.find("..") == std::string_view::npos;
}

http::Response sign_up(api::Service& service, http::Request& request) {
  auto body = api::json_body(request);
  if (!body) return refuse(body.error());
  std::vector<FieldError> errors;
  Fields fields(*body, "", errors);
  const auto email = fields.text("email", 1, 128, true);
  const auto password = fields.text("password", 0, 1024, true);
  const auto again = fields.text("confirm_password", 0, 1024, true);
  if (email && !is_email(*email)) fields.refuse("email", "must be an e-mail address");
  if (password && again && *password != *again) fields.refuse("confirm_password", "must be the same as the password");
  std::vector<FieldError> unfit;
  api::check_account(email, password, unfit);
  for (FieldError& error : unfit) {
    errors.push_back({error.field == "login" ? "email" : error.field, std::move(error.message)});
  }
  if (!errors.empty()) return refuse(api::invalid(std::move(errors)));
  if (auto made = api::sign_up(service, *email, *password); !made) {
    if (made.error().code == Code::user_exists) return refuse(invalid_field("email", made.error().message));
    return refuse(made.error());
  }
  return http::Response::json(201, api::ObjectText().text("email", *email).take());
}

http::Response log_in(api::Service& service, http::Request& request) {
  // There is no cookie yet by which a foreign form could be told.
  if (!http::is_same_origin(request)) {
    return refuse({.code = Code::forbidden, .message = "This request comes from another site."});
  }
  auto body = api::json_body(request);
  if (!body) return refuse(body.error());
  std::vector<FieldError> errors;
  Fields fields(*body, "", errors);
  const auto email = fields.text("email", 1, 128, true);
  const auto password = fields.text("password", 0, 1024, true);
  if (!errors.empty()) return refuse(api::invalid(std::move(errors)));
  const auto user = api::check_sign_in(service, request.remote_address, *email, *password);
  if (!user && user.error().code == Code::unauthenticated) {
    return http::Response::json(400, result("이메일 혹은 비밀번호가 올바르지 않습니다"));
  }
  if (!user) return refuse(user.error());
  const std::string token = service.tokens.make({.subject = user->login, .role = user->role});
  return http::Response::json(200, result("로그인 성공"))
      .with("Set-Cookie", http::begin_session(request, token, http::Tokens::default_ttl));
}

http::Response log_out(api::Service&, http::Request& request) {
  return http::Response::json(200, result("로그아웃 성공")).with("Set-Cookie", http::end_session(request));
}

// ---- works and coupons --------------------------------------------------------------------------

http::Response list_works(api::Service& service, http::Request&) {
  constexpr int at_once = 1'000;
  api::ListText list;
  for (std::int64_t after = 0;;) {
    auto reader = service.store.reader();
    if (!reader) return refuse(reader.error());
    const auto works = (*reader)->works(after, at_once);
    if (!works) return refuse(works.error());
    for (const Work& work : *works) list.add(api::show_work(work));
    if (std::ssize(*works) < at_once) return http::Response::json(200, list.take());
    after = works->back().id;
  }
}

std::optional<std::int64_t> parse_number(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// A key as Django takes it, a number or its digits, as text. nullopt when it was refused.
std::optional<std::string> key_of(Fields& fields, const char* name) {
  const Json* value = fields.any(name);
  if (!value) {
    fields.refuse(name, "This field is required.");
  } else if (value->is_number_integer()) {
    return value->dump();
  } else if (value->is_string() && value->get_ref<const std::string&>().size() <= 64) {
    return value->get<std::string>();
  } else {
    fields.refuse(name, "Incorrect type. Expected pk value.");
  }
  return std::nullopt;
}

// The campaign that has this id, or else this number.
Result<std::shared_ptr<const Campaign>> campaign_of(api::Service& service, const std::string& key) {
  const auto catalog = service.ledger.catalog();
  auto campaign = catalog->campaign(std::string_view(key));
  const auto number = parse_number(key);
  if (!campaign && number) campaign = catalog->campaign(*number);
  if (!campaign) return unknown("coupon", key);
  return campaign;
}

Result<Work> work_of(api::Service& service, const std::string& key) {
  const auto id = parse_number(key);
  if (!id) return unknown("work", key);
  auto reader = service.store.reader();
  if (!reader) return reader.error();
  auto work = (*reader)->work(*id);
  if (!work) return work.error();
  if (!*work) return unknown("work", key);
  return std::move(**work);
}

http::Response claim(api::Service& service, http::Request& request) {
  auto body = api::json_body(request);
  if (!body) return refuse(body.error());
  std::vector<FieldError> errors;
  Fields fields(*body, "", errors);
  const auto coupon_key = key_of(fields, "coupon");
  const auto work_key = key_of(fields, "work");
  if (!errors.empty()) return refuse(api::invalid(std::move(errors)));
  const auto campaign = campaign_of(service, *coupon_key);
  if (!campaign) return refuse(campaign.error());
  const auto work = work_of(service, *work_key);
  if (!work) return refuse(work.error());

  const Actor actor = api::actor_of(request);
  Issue command{.campaign = (*campaign)->number, .user_id = actor.subject, .subject = work_subject(work->id)};
  const auto outcome = api::carry_out(service, std::move(command), actor);
  if (!outcome) return refuse(outcome.error());
  const ClaimOutcome& given = outcome->claim;
  api::ObjectText answer;
  answer.number("id", given.decision)
      .text("code", given.code)
      .boolean("is_used", false)
      .instant("created_at", given.coupon.issued_at)
      .instant("updated_at", given.coupon.issued_at)
      .number("coupon", (*campaign)->number)
      .text("user", actor.subject)
      .number("work", work->id);
  return http::Response::json(201, answer.take());
}

}  // namespace

void add_toodat(http::Router& router, api::Service& service) {
  using enum http::Method;
  using http::Access;
  const auto add = [&](http::Method method, const char* path, Access access,
                       http::Response (*handler)(api::Service&, http::Request&), bool claim = false) {
    router.add({.method = method,
                .pattern = path,
                .access = access,
                .handler = [&service, handler](http::Request& request) { return handler(service, request); },
                .claim = claim,
                .refuse = refuse});
  };
  add(post, "/account/signup/", Access::everyone, sign_up);
  add(post, "/account/login/", Access::everyone, log_in);
  add(post, "/account/logout/", Access::any_token, log_out);
  add(get, "/work/", Access::any_token, list_works);
  add(post, "/couponuser/", Access::any_token, claim, true);
}

}  // namespace scrip::compat
