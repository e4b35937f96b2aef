#include <algorithm>

#include "api/api.h"
#include "api/body.h"
#include "api/call.h"
#include "api/page.h"
#include "api/show.h"

namespace scrip::api {
namespace {

constexpr std::size_t max_params = 64 * 1024;
constexpr std::size_t max_metadata = 16 * 1024;

// The members that creating and editing have in common; nullopt where absent.
struct Common {
  std::optional<std::string> name, policy, params, metadata;
  std::optional<std::optional<std::int64_t>> total;
  std::optional<std::optional<Micros>> starts_at, ends_at;
};

std::optional<std::optional<Micros>> instant_or_null(Fields& fields, std::string_view name) {
  if (fields.is_null(name)) return std::optional<Micros>();
  if (const auto instant = fields.instant(name)) return std::optional<std::optional<Micros>>(std::in_place, *instant);
  return std::nullopt;
}

Common read_common(Fields& fields) {
  Common common;
  common.name = fields.text("name", 1, 200);
  common.policy = fields.text("policy", 1, 64);
  common.params = fields.object("params", max_params);
  common.metadata = fields.object("metadata", max_metadata);
  if (fields.is_null("total")) {
    common.total.emplace();
  } else if (const auto total = fields.integer("total", 0, max_total)) {
    common.total.emplace(*total);
  }
  common.starts_at = instant_or_null(fields, "starts_at");
  common.ends_at = instant_or_null(fields, "ends_at");
  return common;
}

void read_code(Fields& fields, Campaign& campaign, std::vector<FieldError>& errors) {
  campaign.pattern = "####-####-####-####";
  const Json* code = fields.any("code");
  if (!code) return;
  const std::size_t before = errors.size();
  Fields members(*code, "code", errors);
  if (auto pattern = members.text("pattern", 1, 64)) campaign.pattern = *pattern;
  if (const auto alphabet = members.text("alphabet", 1, 16)) {
    if (const auto known = parse_alphabet(*alphabet)) {
      campaign.alphabet = *known;
    } else {
      members.refuse("alphabet", "must be base32, alnum or digits");
    }
  }
  members.finish();
  if (errors.size() != before) return;
  if (auto good = check_pattern(campaign.pattern, campaign.alphabet); !good) {
    errors.insert(errors.end(), good.error().fields.begin(), good.error().fields.end());
  }
}

std::string revision_of(Service& service) {
  const auto active = service.ledger.policies();
  return active ? active->set->revision() : std::string();
}

http::Response answer(Service& service, int status, const CampaignOutcome& outcome) {
  return http::Response::json(status, show_campaign(*outcome.campaign, outcome.tally, revision_of(service),
                                                    service.clock.now(), Audience::staff)
                                          .dump());
}

http::Response create(Service& service, http::Request& request) {
  auto body = json_body(request);
  if (!body) return problem(body.error());
  std::vector<FieldError> errors;
  Fields fields(*body, "", errors);
  Campaign campaign;
  if (const auto id = fields.text("id", 1, 64, true)) {
    campaign.id = *id;
    if (!is_campaign_id(*id)) fields.refuse("id", "must be [a-z0-9][a-z0-9_-]{0,63}");
  }
  const Common common = read_common(fields);
  if (!fields.has("policy")) fields.refuse("policy", "is required");
  if (!fields.has("total")) fields.refuse("total", "is required; null means no limit");
  read_code(fields, campaign, errors);
  campaign.timezone = fields.text("timezone", 1, 64).value_or(service.default_timezone);
  if (!is_zone(campaign.timezone)) fields.refuse("timezone", "must be an IANA time zone such as Asia/Seoul");
  fields.finish();
  if (!errors.empty()) return problem(invalid(std::move(errors)));

  campaign.name = common.name.value_or(campaign.id);
  campaign.policy = *common.policy;
  campaign.params = common.params.value_or("{}");
  campaign.metadata = common.metadata.value_or("{}");
  campaign.total = *common.total;
  campaign.starts_at = common.starts_at.value_or(std::nullopt);
  campaign.ends_at = common.ends_at.value_or(std::nullopt);
  Submission submission{.command = CreateCampaign{std::move(campaign)}, .actor = actor_of(request)};
  service.ledger.execute(submission);
  if (submission.outcome.error) return problem(*submission.outcome.error);
  return answer(service, 201, submission.outcome.campaign);
}

http::Response edit(Service& service, http::Request& request) {
  auto campaign = campaign_of(*service.ledger.catalog(), request.capture("id"));
  if (!campaign) return problem(campaign.error());
  auto body = json_body(request);
  if (!body) return problem(body.error());
  std::vector<FieldError> errors;
  Fields fields(*body, "", errors);
  const Common common = read_common(fields);
  EditCampaign command{.campaign = (*campaign)->number,
                       .name = common.name,
                       .policy = common.policy,
                       .params = common.params,
                       .total = common.total,
                       .starts_at = common.starts_at,
                       .ends_at = common.ends_at,
                       .metadata = common.metadata};
  if (const auto status = fields.text("status", 1, 16)) {
    command.status = parse_campaign_status(*status);
    if (!command.status) fields.refuse("status", "must be active, paused or ended");
  }
  fields.finish();
  if (!errors.empty()) return problem(invalid(std::move(errors)));
  Submission submission{.command = std::move(command), .actor = actor_of(request)};
  service.ledger.execute(submission);
  if (submission.outcome.error) return problem(*submission.outcome.error);
  return answer(service, 200, submission.outcome.campaign);
}

http::Response generate(Service& service, http::Request& request) {
  auto campaign = campaign_of(*service.ledger.catalog(), request.capture("id"));
  if (!campaign) return problem(campaign.error());
  auto body = json_body(request);
  if (!body) return problem(body.error());
  std::vector<FieldError> errors;
  Fields fields(*body, "", errors);
  const auto count = fields.integer("count", 1, max_total, true);
  fields.finish();
  if (!errors.empty()) return problem(invalid(std::move(errors)));
  Submission submission{.command = Generate{.campaign = (*campaign)->number, .count = *count},
                        .actor = actor_of(request)};
  service.ledger.execute(submission);
  if (submission.outcome.error) return problem(*submission.outcome.error);
  const auto& total = submission.outcome.campaign.campaign->total;
  return http::Response::json(201, Json{{"count", *count}, {"total", total ? Json(*total) : Json()}}.dump());
}

Audience audience_of(const http::Request& request) {
  return request.identity->role == Role::user ? Audience::user : Audience::staff;
}

http::Response one_campaign(Service& service, http::Request& request) {
  auto campaign = campaign_of(*service.ledger.catalog(), request.capture("id"));
  if (!campaign) return problem(campaign.error());
  auto reader = service.store.reader();
  if (!reader) return problem(reader.error());
  auto tally = (*reader)->tally((*campaign)->number);
  if (!tally) return problem(tally.error());
  return http::Response::json(
      200, show_campaign(**campaign, *tally, revision_of(service), service.clock.now(), audience_of(request)).dump());
}

http::Response list_campaigns(Service& service, http::Request& request) {
  if (auto known = only_query(request, {"limit", "cursor"}); !known) return problem(known.error());
  auto page = page_of(request, 1);
  if (!page) return problem(page.error());
  auto reader = service.store.reader();
  if (!reader) return problem(reader.error());
  auto tallies = (*reader)->tallies();
  if (!tallies) return problem(tallies.error());
  const auto catalog = service.ledger.catalog();
  const std::string revision = revision_of(service);
  Json data = Json::array();
  auto campaign = catalog->campaigns().upper_bound(page->cursor.empty() ? 0 : page->cursor.front());
  std::int64_t last = 0;
  for (; campaign != catalog->campaigns().end() && data.size() < static_cast<std::size_t>(page->limit); ++campaign) {
    last = campaign->first;
    const auto tally = std::lower_bound(tallies->begin(), tallies->end(), last,
                                        [](const auto& entry, std::int64_t number) { return entry.first < number; });
    const bool has_tally = tally != tallies->end() && tally->first == last;
    data.push_back(show_campaign(*campaign->second, has_tally ? tally->second : CampaignTally{}, revision,
                                 service.clock.now(), audience_of(request)));
  }
  std::optional<std::vector<std::int64_t>> next;
  if (campaign != catalog->campaigns().end()) next = std::vector{last};
  return list_response(data.dump(), next);
}

}  // namespace

void add_campaigns(http::Router& router, Service& service) {
  using enum http::Method;
  using http::Access;
  const auto add = [&](http::Method method, std::string pattern, http::Access access,
                       http::Response (*handler)(Service&, http::Request&)) {
    router.add({.method = method,
                .pattern = std::move(pattern),
                .access = access,
                .handler = [&service, handler](http::Request& request) { return handler(service, request); }});
  };
  add(get, "/api/v1/campaigns", Access::any_token, list_campaigns);
  add(post, "/api/v1/campaigns", Access::operator_only, create);
  add(get, "/api/v1/campaigns/{id}", Access::any_token, one_campaign);
  add(patch, "/api/v1/campaigns/{id}", Access::operator_only, edit);
  add(post, "/api/v1/campaigns/{id}/coupons", Access::operator_only, generate);
}

}  // namespace scrip::api
