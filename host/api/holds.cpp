// A coupon held for a checkout, and released again.
#include "coupon/hold.h"

#include "api/api.h"
#include "api/body.h"
#include "api/call.h"
#include "api/order_body.h"
#include "api/random_id.h"

namespace scrip::api {
namespace {

http::Response hold(Service& service, http::Request& request) {
  auto body = json_body(request, EmptyBody::is_empty_object);
  if (!body) return problem(body.error());
  std::vector<FieldError> errors;
  Fields fields(*body, "", errors);
  HoldCoupon command{.key = random_id("hold")};
  if (const Json* json = fields.any("order")) command.order = read_order(*json, "order", errors);
  command.ttl =
      second * fields.integer("ttl", shortest_hold / second, longest_hold / second).value_or(usual_hold / second);
  fields.finish();
  if (!errors.empty()) return problem(invalid(std::move(errors)));
  const auto make = [&](CouponRef coupon) {
    command.coupon = std::move(coupon);
    return std::move(command);
  };
  return claim(service, request, about_coupon(service, request, make), 200);
}

http::Response release(Service& service, http::Request& request) {
  auto body = json_body(request, EmptyBody::is_empty_object);
  if (!body) return problem(body.error());
  std::vector<FieldError> errors;
  Fields fields(*body, "", errors);
  Release command;
  command.hold = fields.text("hold", 1, longest_hold_key, actor_of(request).role != Role::operator_);
  fields.finish();
  if (!errors.empty()) return problem(invalid(std::move(errors)));
  const auto make = [&](CouponRef coupon) {
    command.coupon = std::move(coupon);
    return std::move(command);
  };
  return claim(service, request, about_coupon(service, request, make), 200);
}

}  // namespace

void add_holds(http::Router& router, Service& service) {
  const auto add = [&](std::string pattern, http::Response (*handler)(Service&, http::Request&)) {
    router.add({.method = http::Method::post,
                .pattern = std::move(pattern),
                .access = http::Access::any_token,
                .handler = [&service, handler](http::Request& request) { return handler(service, request); },
                .claim = true,
                .on_loop = true});
  };
  add("/api/v1/coupons/{code}/hold", hold);
  add("/api/v1/coupons/{code}/release", release);
}

}  // namespace scrip::api
