// coupon-live (Spring): one call, a claim by numbers.
#include <array>

#include "api/body.h"
#include "api/call.h"
#include "api/json_text.h"
#include "compat/wires.h"

namespace scrip::compat {
namespace {

// By the code that a rule or the host refuses with, the original's.
constexpr std::array<std::pair<std::string_view, std::string_view>, 9> words{{
    {"campaign_not_found", "COUPON_NOT_FOUND"},
    {"already_issued", "COUPON_ALREADY_ISSUED_TO_USER"},
    {"sold_out", "REMAINING_QUANTITY_EXCEEDED"},
    {"window_sold_out", "REMAINING_QUANTITY_EXCEEDED"},
    {"daily_cap_reached", "REMAINING_QUANTITY_EXCEEDED"},
    {"quota_reached", "REMAINING_QUANTITY_EXCEEDED"},
    {"outside_event_window", "COUPON_EXPIRED"},
    {"campaign_not_active", "COUPON_EXPIRED"},  // before its start, after its end, paused, ended
    {"coupon_expired", "COUPON_EXPIRED"},
}};

// What the original had no word for keeps its own, in the original's spelling.
std::string code_of(const Error& error) {
  for (const auto& [ours, theirs] : words) {
    if (error.public_code() == ours) return std::string(theirs);
  }
  std::string code(error.public_code());
  for (char& c : code) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return code;
}

http::Response refuse(const Error& error) {
  const Error shown = api::shown(error);
  const int status = http_status(shown.code);
  const bool refused = status == 404 || status == 409;
  return error_answer(shown, refused ? 400 : status,
                      api::ObjectText().text("code", code_of(shown)).text("message", shown.message).take());
}

http::Response issue(api::Service& service, http::Request& request) {
  auto body = api::json_body(request);
  if (!body) return refuse(body.error());
  std::vector<FieldError> errors;
  api::Fields fields(*body, "", errors);
  const auto user_id = fields.integer("userId", 1, INT64_MAX, true);
  const auto number = fields.integer("couponId", 1, INT64_MAX, true);
  if (!errors.empty()) return refuse(api::invalid(std::move(errors)));
  // Without a token it is the shop's back end that calls, as it always was.
  const Actor actor = request.identity ? api::actor_of(request) : Actor{"coupon-live", Role::service};
  Issue command{.campaign = *number, .user_id = std::to_string(*user_id), .subject = std::nullopt};
  if (auto outcome = api::carry_out(service, std::move(command), actor); !outcome) return refuse(outcome.error());
  http::Response response{.status = 200, .content_type = "text/plain; charset=utf-8", .body = "쿠폰이 발급되었습니다."};
  return response;
}

}  // namespace

void add_coupon_live(http::Router& router, api::Service& service, bool open) {
  router.add({.method = http::Method::post,
              .pattern = "/v1/coupons/issue",
              .access = open ? http::Access::everyone : http::Access::service,
              .handler = [&service](http::Request& request) { return issue(service, request); },
              .claim = true,
              .on_loop = true,
              .refuse = refuse});
}

}  // namespace scrip::compat
