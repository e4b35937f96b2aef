// Many claims in one call: POST /api/v1/campaigns/{id}/issue/batch.
#include "api/api.h"
#include "api/body.h"
#include "api/call.h"
#include "api/json_text.h"
#include "api/show.h"
#include "coupon/coupon.h"

namespace scrip::api {
namespace {

constexpr std::size_t max_coupons = 10'000;

http::Response issue_batch(Service& service, http::Request& request) {
  auto campaign = campaign_of(*service.ledger.catalog(), request.capture("id"));
  if (!campaign) return problem(campaign.error());
  auto body = json_body(request);
  if (!body) return problem(body.error());
  std::vector<FieldError> errors;
  Fields fields(*body, "", errors);
  IssueMany command{.campaign = (*campaign)->number, .items = {}};
  const Json* items = fields.any("items");
  if (!items || !items->is_array() || items->empty() || items->size() > max_coupons) {
    fields.refuse("items", "must be a list of 1 to " + std::to_string(max_coupons) + " items");
  } else {
    command.items.reserve(items->size());
    for (std::size_t i = 0; i < items->size() && errors.size() < 100; ++i) {
      Fields item((*items)[i], "items[" + std::to_string(i) + "]", errors);
      Issue issue;
      issue.user_id = item.text("user_id", 1, 128, true);
      if (issue.user_id && !is_user_id(*issue.user_id)) item.refuse("user_id", "must have no control characters");
      if (!item.is_null("subject")) issue.subject = item.text("subject", 1, 128);
      if (issue.subject && !is_subject(*issue.subject)) item.refuse("subject", "must have no control characters");
      item.finish();
      command.items.push_back(std::move(issue));
    }
  }
  fields.finish();
  if (!errors.empty()) return problem(invalid(std::move(errors)));

  Submission submission{.command = std::move(command), .actor = actor_of(request)};
  service.ledger.execute(submission);
  if (submission.outcome.error) return problem(*submission.outcome.error);
  const Micros now = service.clock.now();
  ListText results;
  for (const ClaimOutcome& claim : submission.outcome.claims) {
    ObjectText result;
    if (claim.error) {
      result.number("status", http_status(claim.error->code))
          .text("code", claim.error->public_code())
          .text("detail", claim.error->message);
    } else {
      result.number("status", 201).json("coupon", show_coupon(claim.coupon, claim.code, claim.campaign_id, now));
    }
    results.add(result.take());
  }
  return http::Response::json(200, ObjectText().json("results", results.take()).take());
}

}  // namespace

void add_issue_batch(http::Router& router, Service& service) {
  router.add({.method = http::Method::post,
              .pattern = "/api/v1/campaigns/{id}/issue/batch",
              .access = http::Access::service,
              .handler = [&](http::Request& request) { return issue_batch(service, request); },
              .claim = true});
}

}  // namespace scrip::api
