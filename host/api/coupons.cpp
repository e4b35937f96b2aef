// One coupon: issue, look at, assign, validate, redeem, cancel.
#include "api/api.h"
#include "api/body.h"
#include "api/call.h"
#include "api/order_body.h"
#include "api/show.h"
#include "coupon/coupon.h"
#include "ledger/claim_facts.h"
#include "ledger/pool.h"
#include "ledger/validate.h"

namespace scrip::api {
namespace {

// user_id and subject as issue, its batch and assign take them.
struct Recipient {
  std::optional<std::string> user_id;
  std::optional<std::string> subject;
};

Recipient read_recipient(Fields& fields) {
  Recipient to{.user_id = fields.text("user_id", 1, 128), .subject = std::nullopt};
  if (to.user_id && !is_user_id(*to.user_id)) fields.refuse("user_id", "must be text without control characters");
  if (!fields.is_null("subject")) to.subject = fields.text("subject", 1, 128);
  if (to.subject && !is_subject(*to.subject)) fields.refuse("subject", "must be text without control characters");
  return to;
}

// The coupon of the path, as a command that is made of it.
template <class Make>
Result<Command> about_coupon(Service& service, http::Request& request, Make&& make) {
  auto coupon = coupon_ref(*service.ledger.catalog(), request.capture("code"));
  if (!coupon) return coupon.error();
  return Command(make(std::move(*coupon)));
}

Result<Command> issue_for(Service& service, http::Request& request, const Actor& actor, Recipient to) {
  auto campaign = campaign_of(*service.ledger.catalog(), request.capture("id"));
  if (!campaign) return campaign.error();
  if (actor.role == Role::user) {
    if (to.user_id && *to.user_id != actor.subject) {
      return {Code::forbidden, "You can only claim coupons for yourself."};
    }
    to.user_id = actor.subject;
  }
  return Command(
      Issue{.campaign = (*campaign)->number, .user_id = std::move(to.user_id), .subject = std::move(to.subject)});
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

// The body of validate and redeem.
Result<std::optional<Order>> order_of(http::Request& request, bool required) {
  auto body = json_body(request, required ? EmptyBody::refused : EmptyBody::is_empty_object);
  if (!body) return body.error();
  std::vector<FieldError> errors;
  Fields fields(*body, "", errors);
  std::optional<Order> order;
  if (const Json* json = fields.any("order")) {
    order = read_order(*json, "order", errors);
  } else if (required) {
    fields.refuse("order", "is required");
  }
  fields.finish();
  if (!errors.empty()) return invalid(std::move(errors));
  return order;
}

http::Response redeem(Service& service, http::Request& request) {
  auto order = order_of(request, false);
  if (!order) return problem(order.error());
  const auto make = [&](CouponRef coupon) { return Redeem{.coupon = std::move(coupon), .order = std::move(*order)}; };
  return claim(service, request, about_coupon(service, request, make), 200);
}

http::Response cancel(Service& service, http::Request& request) {
  auto body = json_body(request, EmptyBody::is_empty_object);
  if (!body) return problem(body.error());
  std::vector<FieldError> errors;
  Fields(*body, "", errors).finish();
  if (!errors.empty()) return problem(invalid(std::move(errors)));
  const auto make = [](CouponRef coupon) { return Cancel{.coupon = std::move(coupon)}; };
  return claim(service, request, about_coupon(service, request, make), 200);
}

http::Response validate(Service& service, http::Request& request) {
  auto order = order_of(request, true);
  if (!order) return problem(order.error());
  const auto catalog = service.ledger.catalog();
  const auto ref = coupon_ref(*catalog, request.capture("code"));
  if (!ref) return problem(ref.error());
  const auto active = service.ledger.policies();
  if (!active) return problem({.code = Code::policy_error, .message = "No policies are active."});
  auto reader = service.store.reader();
  if (!reader) return problem(reader.error());
  const auto coupon = read_coupon(**reader, *catalog, request.capture("code"));
  if (!coupon) return problem(coupon.error());
  const Actor actor = actor_of(request);
  auto validation =
      scrip::validate(**reader, *catalog, service.judges, active, actor, coupon->key, *order, service.clock.now());
  if (!validation) return problem(validation.error());
  Json body{{"valid", !validation->objection.has_value()}};
  if (validation->objection) {
    body["code"] = validation->objection->public_code();
    body["detail"] = validation->objection->message;
  }
  if (validation->discount) {
    body["discount"] = {{"amount", validation->discount->amount}, {"currency", validation->discount->currency}};
  }
  if (actor.role != Role::user && !validation->trace.empty()) body["trace"] = Json::parse(validation->trace);
  return http::Response::json(200, body.dump());
}

http::Response show(Service& service, http::Request& request) {
  const auto catalog = service.ledger.catalog();
  // A code that nobody can have takes no connection to the store.
  if (auto ref = coupon_ref(*catalog, request.capture("code")); !ref) return problem(ref.error());
  auto reader = service.store.reader();
  if (!reader) return problem(reader.error());
  const auto coupon = read_coupon(**reader, *catalog, request.capture("code"));
  if (!coupon) return problem(coupon.error());
  if (!may_see(actor_of(request), *coupon)) return problem(coupon_not_found());
  return http::Response::json(200, show_coupon(*coupon, code_of(catalog->book(), *coupon),
                                               catalog->campaign(coupon->key.campaign)->id, service.clock.now()));
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
  add(get, "/api/v1/coupons/{code}", Access::any_token, {}, show);
  add(post, "/api/v1/coupons/{code}/assign", Access::service, decided, assign);
  add(post, "/api/v1/coupons/{code}/validate", Access::any_token, {.claim = true}, validate);
  add(post, "/api/v1/coupons/{code}/redeem", Access::any_token, decided, redeem);
  add(post, "/api/v1/coupons/{code}/cancel", Access::any_token, decided, cancel);
}

}  // namespace scrip::api
