// Several coupons on one order: validate, redeem, cancel.
#include <algorithm>

#include "api/api.h"
#include "api/body.h"
#include "api/call.h"
#include "api/json_text.h"
#include "api/order_body.h"
#include "api/random_id.h"
#include "api/show.h"
#include "coupon/code_format.h"
#include "ledger/claim_facts.h"
#include "ledger/validate.h"
#include "policy/stack_plan.h"

namespace scrip::api {
namespace {

constexpr std::size_t longest_code = 128;

std::string code_field(std::size_t at) {
  return "codes[" + std::to_string(at) + "]";
}

struct Asked {
  std::vector<std::string> codes;
  Order order;
  std::optional<std::string> user_id;
};

std::vector<std::string> read_codes(Fields& fields, std::vector<FieldError>& errors) {
  std::vector<std::string> codes;
  const Json* json = fields.any("codes");
  if (!json) {
    fields.refuse("codes", "is required");
    return codes;
  }
  if (!json->is_array() || json->empty() || json->size() > most_stacked) {
    fields.refuse("codes", "must be a list of 1 to " + std::to_string(most_stacked) + " codes");
    return codes;
  }
  std::vector<std::string> seen;
  for (const Json& each : *json) {
    const std::string field = code_field(codes.size());
    codes.push_back(each.is_string() ? each.get<std::string>() : std::string());
    if (codes.back().empty() || codes.back().size() > longest_code) {
      errors.push_back({field, "must be a code"});
      continue;
    }
    std::string normalized = normalize_code(codes.back());
    if (std::find(seen.begin(), seen.end(), normalized) != seen.end()) errors.push_back({field, "is there twice"});
    seen.push_back(std::move(normalized));
  }
  return codes;
}

Result<Asked> read_body(http::Request& request) {
  auto body = json_body(request);
  if (!body) return body.error();
  std::vector<FieldError> errors;
  Fields fields(*body, "", errors);
  Asked asked;
  asked.codes = read_codes(fields, errors);
  if (const Json* json = fields.any("order")) {
    asked.order = read_order(*json, "order", errors).value_or(Order());
  } else {
    fields.refuse("order", "is required");
  }
  asked.user_id = fields.text("user_id", 1, 128);
  if (asked.user_id && !is_user_id(*asked.user_id)) fields.refuse("user_id", "must be text without control characters");
  fields.finish();
  if (!errors.empty()) return invalid(std::move(errors));
  return asked;
}

std::optional<Error> foreign(const Actor& actor, const Asked& asked) {
  if (actor.role != Role::user || !asked.user_id || *asked.user_id == actor.subject) return std::nullopt;
  return Error{.code = Code::forbidden, .message = "You can only use coupons of your own."};
}

// Each code by `find`; nullopt for one that nobody can have. Which those are is not said here: together with
// those of other people, so that the two look the same.
template <class Found, class Find>
Result<std::vector<std::optional<Found>>> find_each(const std::vector<std::string>& codes, const Find& find) {
  std::vector<std::optional<Found>> all;
  for (const std::string& code : codes) {
    auto found = find(code);
    if (!found && found.error().code != Code::coupon_not_found) return found.error();
    all.push_back(found ? std::optional<Found>(std::move(*found)) : std::nullopt);
  }
  return all;
}

Error none_found(std::size_t count) {
  Error error = coupon_not_found();
  for (std::size_t at = 0; at < count; ++at) error.fields.push_back({code_field(at), error.message});
  return error;
}

KeptAnswer show_order(const Outcome& outcome, Micros now) {
  if (outcome.error) {
    const http::Response problem = http::Response::problem(*outcome.error);
    return {.status = problem.status, .body = problem.body};
  }
  std::int64_t sum = 0;
  for (const StackedOrder::Part& part : outcome.order.parts) sum += part.discount;
  ListText coupons;
  bool redeemed = false;
  for (const ClaimOutcome& claim : outcome.claims) {
    redeemed = redeemed || claim.coupon.state == CouponState::redeemed;
    coupons.add(show_coupon(claim.coupon, claim.code, claim.campaign_id, now));
  }
  ObjectText shown;
  shown.text("order_id", outcome.order.id);
  if (redeemed) {
    ObjectText discount;
    discount.number("amount", sum).text("currency", outcome.order.currency);
    shown.json("discount", discount.take());
  }
  shown.json("coupons", coupons.take());
  return {.status = 200, .body = shown.take()};
}

ShowOutcome show_at(Service& service) {
  return [&service](const Outcome& outcome) { return show_order(outcome, service.clock.now()); };
}

http::Response redeem(Service& service, http::Request& request) {
  auto asked = read_body(request);
  if (!asked) return problem(asked.error());
  if (const auto refusal = foreign(actor_of(request), *asked)) return problem(*refusal);
  const auto catalog = service.ledger.catalog();
  const auto found = find_each<CouponRef>(asked->codes, [&](const auto& code) { return coupon_ref(*catalog, code); });
  if (!found) return problem(found.error());
  std::vector<CouponRef> coupons;
  for (const auto& each : *found) coupons.push_back(each.value_or(CouponRef()));
  if (std::none_of(found->begin(), found->end(), [](const auto& each) { return each.has_value(); })) {
    return claim(service, request, none_found(coupons.size()), show_at(service));
  }
  RedeemOrder command{.id = asked->order.id.value_or(random_id("order")),
                      .coupons = std::move(coupons),
                      .order = std::move(asked->order),
                      .user_id = std::move(asked->user_id)};
  return claim(service, request, Command(std::move(command)), show_at(service));
}

http::Response cancel(Service& service, http::Request& request) {
  auto body = json_body(request, EmptyBody::is_empty_object);
  if (!body) return problem(body.error());
  std::vector<FieldError> errors;
  Fields(*body, "", errors).finish();
  if (!errors.empty()) return problem(invalid(std::move(errors)));
  return claim(service, request, Command(CancelOrder{.id = request.capture("order_id")}), show_at(service));
}

void add_objection(Json& to, const std::optional<Error>& objection) {
  to["valid"] = !objection.has_value();
  if (!objection) return;
  to["code"] = objection->public_code();
  to["detail"] = objection->message;
}

Json show(const OrderValidation::Part& part, const OrderValidation& whole, const std::string& currency, bool traced) {
  const auto money = [&currency](std::int64_t amount) { return Json{{"amount", amount}, {"currency", currency}}; };
  Json shown{{"campaign_id", part.campaign_id}};
  add_objection(shown, part.objection);
  // Its code is the coupon's; why it is refused has another name here.
  if (part.objection) shown["refusal"] = std::exchange(shown["code"], Json());
  shown["code"] = part.code;
  if (!part.objection) shown["alone"] = money(part.alone);
  if (!whole.objection) shown["discount"] = money(part.discount);
  if (traced) shown["trace"] = Json::parse(part.trace);
  return shown;
}

http::Response validate(Service& service, http::Request& request) {
  const auto asked = read_body(request);
  if (!asked) return problem(asked.error());
  const Actor actor = actor_of(request);
  if (const auto refusal = foreign(actor, *asked)) return problem(*refusal);
  const auto active = service.ledger.policies();
  if (!active) return problem({.code = Code::policy_error, .message = "No policies are active."});
  auto reader = service.store.reader();
  if (!reader) return problem(reader.error());
  const auto catalog = service.ledger.catalog();
  const auto coupons =
      find_each<Coupon>(asked->codes, [&](const std::string& code) { return read_coupon(**reader, *catalog, code); });
  if (!coupons) return problem(coupons.error());
  std::vector<std::optional<CouponKey>> keys;
  for (const auto& coupon : *coupons) keys.push_back(coupon ? std::optional(coupon->key) : std::nullopt);
  const Inquiry inquiry{
      .reader = **reader, .catalog = *catalog, .judges = service.judges, .active = active, .now = service.clock.now()};
  const auto validation = validate_order(inquiry, actor, keys, asked->order, asked->user_id);
  if (!validation) return problem(validation.error());
  const bool traced = actor.role != Role::user;
  Json body;
  add_objection(body, validation->objection);
  if (!validation->objection) {
    body["discount"] = {{"amount", validation->discount}, {"currency", asked->order.currency}};
  }
  body["coupons"] = Json::array();
  for (const OrderValidation::Part& part : validation->parts) {
    body["coupons"].push_back(show(part, *validation, asked->order.currency, traced));
  }
  if (traced) body["trace"] = Json::parse(validation->trace);
  return http::Response::json(200, body.dump());
}

}  // namespace

void add_orders(http::Router& router, Service& service) {
  const auto add = [&](std::string pattern, bool on_loop, http::Response (*handler)(Service&, http::Request&)) {
    router.add({.method = http::Method::post,
                .pattern = std::move(pattern),
                .access = http::Access::any_token,
                .handler = [&service, handler](http::Request& request) { return handler(service, request); },
                .claim = true,
                .on_loop = on_loop});
  };
  add("/api/v1/orders/validate", false, validate);
  add("/api/v1/orders/redeem", true, redeem);
  add("/api/v1/orders/{order_id}/cancel", true, cancel);
}

}  // namespace scrip::api
