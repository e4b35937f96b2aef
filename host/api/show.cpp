#include "api/show.h"

#include "api/json_text.h"
#include "http/request.h"

namespace scrip::api {

using Json = nlohmann::json;

Json show_instant(const std::optional<Micros>& instant) {
  return instant ? Json(format_instant(*instant)) : Json();
}

std::string show_hold(const Hold& hold, ShowKey key) {
  ObjectText shown;
  if (key == ShowKey::yes) shown.text("key", hold.key);
  shown.instant("expires_at", hold.expires_at);
  if (hold.order_id) shown.text("order_id", *hold.order_id);
  return shown.take();
}

std::string show_coupon(const Coupon& coupon, const std::string& code, const std::string& campaign_id, Micros now,
                        std::string_view hold) {
  const bool given = coupon.state != CouponState::available;
  ObjectText shown;
  shown.text("code", code)
      .text("campaign_id", campaign_id)
      .text("state", name(coupon.state))
      .text("user_id", coupon.user_id)
      .text("subject", coupon.subject)
      .instant("issued_at", given ? std::optional(coupon.issued_at) : std::nullopt)
      .instant("expires_at", coupon.expires_at)
      .instant("redeemed_at", coupon.redeemed_at)
      .boolean("expired", coupon.expired_at(now));
  if (coupon.discount) {
    ObjectText discount;
    discount.number("amount", coupon.discount->amount).text("currency", coupon.discount->currency);
    shown.json("discount", discount.take());
  }
  if (!hold.empty()) shown.json("hold", hold);
  if (coupon.decision != 0) shown.text("decision_id", std::to_string(coupon.decision));
  return shown.take();
}

std::string show_work(const Work& work) {
  ObjectText shown;
  shown.number("id", work.id)
      .text("title", work.title)
      .instant("created_at", work.created_at)
      .instant("updated_at", work.updated_at);
  return shown.take();
}

Json show_import(const ImportJob& job, const Catalog& catalog) {
  const auto campaign = catalog.campaign(job.campaign);
  const auto progress = job.progress();
  return {{"id", job.id},
          {"campaign_id", campaign ? Json(campaign->id) : Json()},
          {"state", name(job.state)},
          {"rows", job.rows},
          {"imported", job.imported},
          {"rejected", job.rejected},
          {"progress", progress ? Json(*progress) : Json()},
          {"started_at", format_instant(job.started_at)},
          {"ended_at", show_instant(job.ended_at)},
          {"why", job.why.empty() ? Json() : Json(job.why)}};
}

Json show_import(const ImportJob& job, const std::vector<ImportError>& errors, const Catalog& catalog) {
  Json shown = show_import(job, catalog);
  shown["errors"] = Json::array();
  for (const ImportError& error : errors) shown["errors"].push_back({{"line", error.line}, {"message", error.message}});
  return shown;
}

Json show_campaign(const Campaign& campaign, const CampaignTally& tally, const std::string& revision, Micros now,
                   Audience audience) {
  const auto remaining = tally.remaining(campaign);
  Json shown{{"id", campaign.id},
             {"name", campaign.name},
             {"starts_at", show_instant(campaign.starts_at)},
             {"ends_at", show_instant(campaign.ends_at)},
             {"remaining", remaining ? Json(*remaining) : Json()}};
  if (audience == Audience::user) return shown;
  // A campaign whose period is over is ended, whether or not somebody has said so.
  const bool over = campaign.ends_at && now >= *campaign.ends_at;
  shown["number"] = campaign.number;
  shown["policy"] = campaign.policy;
  shown["params"] = Json::parse(campaign.params);
  shown["total"] = campaign.total ? Json(*campaign.total) : Json();
  shown["issued"] = tally.issued;
  shown["redeemed"] = tally.redeemed;
  shown["status"] = name(over ? CampaignStatus::ended : campaign.status);
  shown["timezone"] = campaign.timezone;
  shown["code"] = {{"pattern", campaign.pattern}, {"alphabet", name(campaign.alphabet)}};
  shown["metadata"] = Json::parse(campaign.metadata);
  shown["created_at"] = format_instant(campaign.created_at);
  shown["policy_revision"] = revision;
  return shown;
}

Json show_errors(const std::vector<PolicyError>& errors) {
  Json shown = Json::array();
  for (const PolicyError& error : errors) {
    shown.push_back({{"file", error.file}, {"line", error.line}, {"message", error.message}});
  }
  return shown;
}

http::Response invalid_policy(const std::string& what, const std::vector<PolicyError>& errors) {
  const std::size_t count = errors.size();
  http::Response refused = http::Response::problem(
      {.code = Code::invalid_policy, .message = what + std::to_string(count) + (count == 1 ? " error." : " errors.")});
  Json body = Json::parse(refused.body);
  body["errors"] = show_errors(errors);
  refused.body = body.dump();
  return refused;
}

KeptAnswer show_claim(const Outcome& outcome, int status, Micros now) {
  if (outcome.error) {
    const http::Response problem = http::Response::problem(*outcome.error);
    return {.status = problem.status, .body = problem.body};
  }
  const ClaimOutcome& claim = outcome.claim;
  const std::string hold = claim.hold ? show_hold(*claim.hold, ShowKey::yes) : std::string();
  return {.status = status, .body = show_coupon(claim.coupon, claim.code, claim.campaign_id, now, hold)};
}

}  // namespace scrip::api
