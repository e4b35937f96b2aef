// What redeem and issue would say, with nothing written: now, or as the shop supposes.
#include "ledger/validate.h"
#include "api/api.h"
#include "api/body.h"
#include "api/call.h"
#include "api/order_body.h"
#include "api/recipient.h"
#include "api/supposition_body.h"
#include "ledger/coupon_code.h"

namespace scrip::api {
namespace {

// A user who could ask about other counts and instants would learn what the rules are made of.
std::optional<Error> may_suppose(const Actor& actor, const Fields& fields) {
  if (actor.role != Role::user || (!fields.has("now") && !fields.has("facts"))) return std::nullopt;
  return Error{.code = Code::forbidden,
               .message = "Only a service or an operator can ask about another instant or made-up facts."};
}

// The body as far as it was understood, or what is wrong with it.
struct Asked {
  Recipient to;
  std::optional<Order> order;
  std::optional<std::string> hold;
  Supposition supposition;
};

template <class Read>
Result<Asked> read_body(http::Request& request, const Actor& actor, EmptyBody empty, const Read& read) {
  auto body = json_body(request, empty);
  if (!body) return body.error();
  std::vector<FieldError> errors;
  Fields fields(*body, "", errors);
  if (auto refusal = may_suppose(actor, fields)) return std::move(*refusal);
  Asked asked;
  read(fields, asked, errors);
  asked.supposition = read_supposition(fields, errors);
  fields.finish();
  if (!errors.empty()) return invalid(std::move(errors));
  return asked;
}

// Asks with a reader and the policies in force.
template <class Ask>
http::Response answer(Service& service, const Actor& actor, Supposition supposition, const Ask& ask) {
  const auto active = service.ledger.policies();
  if (!active) return problem({.code = Code::policy_error, .message = "No policies are active."});
  auto reader = service.store.reader();
  if (!reader) return problem(reader.error());
  const auto catalog = service.ledger.catalog();
  const bool supposed = !supposition.empty();
  const Inquiry inquiry{.reader = **reader,
                        .catalog = *catalog,
                        .judges = service.judges,
                        .active = active,
                        .now = service.clock.now(),
                        .supposition = std::move(supposition)};
  const Result<Validation> validation = ask(inquiry);
  if (!validation) return problem(validation.error());
  Json body{{"valid", !validation->objection.has_value()}};
  if (validation->objection) {
    body["code"] = validation->objection->public_code();
    body["detail"] = validation->objection->message;
  }
  if (validation->discount) {
    body["discount"] = {{"amount", validation->discount->amount}, {"currency", validation->discount->currency}};
  }
  if (validation->expires_at) body["expires_at"] = format_instant(*validation->expires_at);
  if (actor.role != Role::user) {
    body["trace"] = Json::parse(validation->trace);
    if (supposed) body["facts"] = Json::parse(validation->facts);
  }
  return http::Response::json(200, body.dump());
}

http::Response redeem(Service& service, http::Request& request) {
  const Actor actor = actor_of(request);
  auto asked = read_body(request, actor, EmptyBody::refused, [](Fields& fields, Asked& into, auto& errors) {
    into.hold = fields.text("hold", 1, longest_hold_key);
    if (const Json* json = fields.any("order")) {
      into.order = read_order(*json, "order", errors);
    } else if (!into.hold) {
      fields.refuse("order", "is required");
    }
  });
  if (!asked) return problem(asked.error());
  // A code that nobody can have takes no connection to the store.
  const std::string& code = request.capture("code");
  if (auto ref = coupon_ref(*service.ledger.catalog(), code); !ref) return problem(ref.error());
  return answer(service, actor, std::move(asked->supposition), [&](const Inquiry& inquiry) -> Result<Validation> {
    const auto coupon = read_coupon(inquiry.reader, inquiry.catalog, code);
    if (!coupon) return coupon.error();
    return validate_redeem(inquiry, actor, coupon->key, asked->order, asked->hold);
  });
}

http::Response issue(Service& service, http::Request& request) {
  const Actor actor = actor_of(request);
  auto asked = read_body(request, actor, EmptyBody::is_empty_object,
                         [](Fields& fields, Asked& into, auto&) { into.to = read_recipient(fields); });
  if (!asked) return problem(asked.error());
  auto campaign = campaign_of(*service.ledger.catalog(), request.capture("id"));
  if (!campaign) return problem(campaign.error());
  auto recipient = claimant(actor, std::move(asked->to));
  if (!recipient) return problem(recipient.error());
  const Issue issue{.campaign = (*campaign)->number,
                    .user_id = std::move(recipient->user_id),
                    .subject = std::move(recipient->subject)};
  return answer(service, actor, std::move(asked->supposition),
                [&](const Inquiry& inquiry) { return validate_issue(inquiry, issue); });
}

}  // namespace

void add_validate(http::Router& router, Service& service) {
  const auto add = [&](std::string pattern, http::Response (*handler)(Service&, http::Request&)) {
    router.add({.method = http::Method::post,
                .pattern = std::move(pattern),
                .access = http::Access::any_token,
                .handler = [&service, handler](http::Request& request) { return handler(service, request); },
                .claim = true});
  };
  add("/api/v1/coupons/{code}/validate", redeem);
  add("/api/v1/campaigns/{id}/issue/validate", issue);
}

}  // namespace scrip::api
