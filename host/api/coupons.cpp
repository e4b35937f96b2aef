// One coupon: issue, look at, assign, redeem, cancel.
#include "api/api.h"
#include "api/coupon_call.h"
#include "api/order_body.h"
#include "api/recipient.h"
#include "api/show.h"
#include "coupon/coupon.h"
#include "ledger/claim_facts.h"
#include "ledger/coupon_code.h"
#include "ledger/pool.h"

namespace scrip::api {
namespace {

Result<Command> issue_for(Service& service, http::Request& request, const Actor& actor, Recipient to) {
  auto campaign = campaign_of(*service.ledger.catalog(), request.capture("id"));
  if (!campaign) return campaign.error();
  auto claiming = claimant(actor, std::move(to));
  if (!claiming) return claiming.error();
  return Command(Issue{.campaign = (*campaign)->number,
                       .user_id = std::move(claiming->user_id),
                       .subject = std::move(claiming->subject)});
}

http::Response issue(Service& service, http::Request& request) {
  auto body = json_body(request, EmptyBody::is_empty_object);
  if (!body) return problem(body.error());
  std::vector<FieldError> errors;
  Fields fields(*body, "", errors);
  Recipient to = read_recipient(fields);
  const Actor actor = actor_of(request);
  if (actor.role != Role::user && !fields.has("user_id")) fields.refuse("user_id", "is required");
  fields.finish();
  if (!errors.empty()) return problem(invalid(std::move(errors)));
  return claim(service, request, issue_for(service, request, actor, std::move(to)), 201);
}

http::Response assign(Service& service, http::Request& request) {
  auto body = json_body(request);
  if (!body) return problem(body.error());
  std::vector<FieldError> errors;
  Fields fields(*body, "", errors);
  const Recipient to = read_recipient(fields);
  if (!fields.has("user_id")) fields.refuse("user_id", "is required");
  fields.finish();
  if (!errors.empty()) return problem(invalid(std::move(errors)));
  const auto make = [&](CouponRef coupon) {
    return Assign{.coupon = std::move(coupon), .user_id = *to.user_id, .subject = to.subject};
  };
  return claim(service, request, about_coupon(service, request, make), 200);
}

http::Response redeem(Service& service, http::Request& request) {
  return call_coupon(service, request, Redeem{}, [](Fields& fields, Redeem& command, std::vector<FieldError>& errors) {
    if (const Json* json = fields.any("order")) command.order = read_order(*json, "order", errors);
    command.hold = fields.text("hold", 1, longest_hold_key);
  });
}

http::Response cancel(Service& service, http::Request& request) {
  return call_coupon(service, request, Cancel{}, [](Fields&, Cancel&, std::vector<FieldError>&) {});
}

http::Response one_coupon(Service& service, http::Request& request) {
  const auto catalog = service.ledger.catalog();
  // A code that nobody can have takes no connection to the store.
  if (auto ref = coupon_ref(*catalog, request.capture("code")); !ref) return problem(ref.error());
  auto reader = service.store.reader();
  if (!reader) return problem(reader.error());
  const auto coupon = read_coupon(**reader, *catalog, request.capture("code"));
  if (!coupon) return problem(coupon.error());
  const Actor actor = actor_of(request);
  if (!may_see(actor, *coupon)) return problem(coupon_not_found());
  const Micros now = service.clock.now();
  std::string held;
  if (actor.role != Role::user && coupon->state == CouponState::issued) {
    const auto hold = (*reader)->hold(coupon->key);
    if (!hold) return problem(hold.error());
    if (*hold && (*hold)->in_force_at(now)) held = show_hold(**hold, ShowKey::no);
  }
  return http::Response::json(200, show_coupon(*coupon, code_of(catalog->book(), *coupon),
                                               catalog->campaign(coupon->key.campaign)->id, now, held));
}

}  // namespace

void add_coupons(http::Router& router, Service& service) {
  using enum http::Method;
  using http::Access;
  struct Kind {
    bool claim = false;
    bool on_loop = false;  // it waits for the ledger and for nothing else
  };
  constexpr Kind decided{.claim = true, .on_loop = true};
  const auto add = [&](http::Method method, std::string pattern, http::Access access, Kind kind,
                       http::Response (*handler)(Service&, http::Request&)) {
    router.add({.method = method,
                .pattern = std::move(pattern),
                .access = access,
                .handler = [&service, handler](http::Request& request) { return handler(service, request); },
                .claim = kind.claim,
                .on_loop = kind.on_loop});
  };
  add(post, "/api/v1/campaigns/{id}/issue", Access::any_token, decided, issue);
  add(get, "/api/v1/coupons/{code}", Access::any_token, {}, one_coupon);
  add(post, "/api/v1/coupons/{code}/assign", Access::service, decided, assign);
  add(post, "/api/v1/coupons/{code}/redeem", Access::any_token, decided, redeem);
  add(post, "/api/v1/coupons/{code}/cancel", Access::any_token, decided, cancel);
}

}  // namespace scrip::api
