// A coupon held for a checkout, and released again.
#include "coupon/hold.h"

#include "api/api.h"
#include "api/coupon_call.h"
#include "api/order_body.h"
#include "api/random_id.h"

namespace scrip::api {
namespace {

http::Response hold(Service& service, http::Request& request) {
  return call_coupon(service, request, HoldCoupon{.key = random_id("hold")},
                     [](Fields& fields, HoldCoupon& command, std::vector<FieldError>& errors) {
                       if (const Json* json = fields.any("order")) command.order = read_order(*json, "order", errors);
                       const auto ttl = fields.integer("ttl", shortest_hold / second, longest_hold / second);
                       command.ttl = second * ttl.value_or(usual_hold / second);
                     });
}

http::Response release(Service& service, http::Request& request) {
  const bool needs_key = actor_of(request).role != Role::operator_;
  return call_coupon(service, request, Release{}, [&](Fields& fields, Release& command, std::vector<FieldError>&) {
    command.hold = fields.text("hold", 1, longest_hold_key, needs_key);
  });
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
