#include "compat/campaign_rpc.h"

#include <campaign_rpc.pb.h>
#include <google/protobuf/stubs/logging.h>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "api/call.h"
#include "compat/connect.h"
#include "coupon/time.h"
#include "ledger/pool.h"

namespace scrip::compat {
namespace {

constexpr std::size_t max_shown_codes = 10'000;

// The clients of the service compare these texts.
constexpr const char* exists_already = "campaign already exists";
constexpr const char* does_not_exist = "campaign is not exists";
constexpr const char* not_at_this_time = "campaign not valid at this time";
constexpr const char* no_more = "no more available coupon";

// What of an error is an answer of the business rather than an error of the call; else null.
const char* business_refusal(Code code) {
  switch (code) {
    case Code::campaign_exists:
      return exists_already;
    case Code::campaign_not_found:
      return does_not_exist;
    case Code::campaign_not_active:
    case Code::outside_event_window:
      return not_at_this_time;
    case Code::sold_out:
    case Code::window_sold_out:
      return no_more;
    default:
      return nullptr;
  }
}

template <class Res>
Result<Res> refused(const Error& error) {
  const char* const message = business_refusal(error.code);
  if (!message) return error;
  Res response;
  response.mutable_result()->set_success(false);
  response.mutable_result()->set_message(message);
  return response;
}

// Whoever is let in acts for the shop: coupons are issued to nobody.
Actor actor_of(const ConnectCall& call) {
  const auto& identity = call.http.identity;
  return {.subject = identity ? identity->subject : "campaign-rpc", .role = Role::service};
}

Outcome execute(api::Service& service, const ConnectCall& call, Command command) {
  Submission submission{.command = std::move(command), .actor = actor_of(call), .deadline = call.deadline};
  service.ledger.execute(submission);
  return std::move(submission.outcome);
}

// ---- CreateCampaign -----------------------------------------------------------------------------

Result<Interval> day_of(const std::string& zone, const std::string& field, const std::string& date) {
  const auto day = local_day(zone, date);
  if (!day) return invalid_field(field, "must be a date as YYYY-MM-DD");
  return *day;
}

// Whole days, from the first one's beginning to the last one's end.
Result<Interval> period_of(const std::string& zone, const v1::CreateCampaignReq& request) {
  const auto first = day_of(zone, "startDate", request.startdate());
  if (!first) return first.error();
  const auto last = day_of(zone, "expiredDate", request.expireddate());
  if (!last) return last.error();
  if (last->last <= first->first) return invalid_field("expiredDate", "must not be before startDate");
  return Interval{.first = first->first, .last = last->last};
}

Result<Campaign> campaign_of(const api::Service& service, const v1::CreateCampaignReq& request) {
  if (!is_campaign_id(request.campaignid())) {
    return invalid_field("campaignId", "must be [a-z0-9][a-z0-9_-]{0,63}");
  }
  if (request.maxcoupon() < 0 || request.maxcoupon() > max_total) {
    return invalid_field("maxCoupon", "must be 0 to " + std::to_string(max_total));
  }
  const auto period = period_of(service.default_timezone, request);
  if (!period) return period.error();
  Campaign campaign;
  campaign.id = request.campaignid();
  campaign.name = request.campaignid();
  campaign.policy = "campaign_rpc";
  campaign.total = request.maxcoupon();
  campaign.pattern = "####-####-####-####";
  campaign.starts_at = period->first;
  campaign.ends_at = period->last;
  campaign.timezone = service.default_timezone;
  return campaign;
}

bool names_policy(const Error& error) {
  return !error.fields.empty() && error.fields.front().field.starts_with("policy");
}

Result<v1::CreateCampaignRes> create_campaign(api::Service& service, const ConnectCall& call,
                                              const v1::CreateCampaignReq& request) {
  auto campaign = campaign_of(service, request);
  if (!campaign) return campaign.error();
  Outcome outcome = execute(service, call, CreateCampaign{std::move(*campaign)});
  // The policy is none of the client's arguments.
  if (outcome.error && names_policy(*outcome.error)) outcome.error->code = Code::invalid_policy;
  if (outcome.error) return refused<v1::CreateCampaignRes>(*outcome.error);
  v1::CreateCampaignRes response;
  response.mutable_result()->set_success(true);
  return response;
}

// ---- GetCampaign --------------------------------------------------------------------------------

std::string date_text(const LocalTime& time) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02d-%02d", time.year, time.month, time.day);
  return text.data();
}

std::string time_text(const LocalTime& time) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), " %02d:%02d:%02d", time.hour, time.minute, time.second);
  return date_text(time) + text.data();
}

// A day whose first hour the zone's clocks skipped is said to begin at midnight, as all do.
std::string show_start(const std::string& zone, Micros instant) {
  const LocalTime time = local_time(zone, instant);
  return local_day(zone, instant).first == instant ? date_text(time) + " 00:00:00" : time_text(time);
}

// The last second of the period.
std::string show_end(const std::string& zone, Micros instant) {
  return time_text(local_time(zone, instant - 1));
}

// Rows of coupons that were given to somebody, from a serial up to another, as many as are still to
// be shown. Imported coupons have rows before that, so the rows that are looked at are counted too.
Result<void> read_given(Reader& reader, std::int64_t campaign, std::int64_t from, std::int64_t to,
                        std::vector<Coupon>& given) {
  constexpr int at_once = 1'000;
  constexpr int most_rows = 50'000;
  for (int looked_at = 0; looked_at < most_rows && given.size() < max_shown_codes; looked_at += at_once) {
    auto rows = reader.coupons(campaign, from, at_once);
    if (!rows) return rows.error();
    for (Coupon& row : *rows) {
      from = row.key.serial + 1;
      if (row.key.serial >= to || given.size() == max_shown_codes) return {};
      if (row.state != CouponState::available) given.push_back(std::move(row));
    }
    if (rows->size() < static_cast<std::size_t>(at_once)) return {};
  }
  return {};
}

Result<std::vector<Coupon>> given_coupons(api::Service& service, std::int64_t campaign) {
  auto reader = service.store.reader();
  if (!reader) return reader.error();
  std::vector<Coupon> given;
  // Computed coupons first: where there are imported ones, most of them may be nobody's.
  if (auto read = read_given(**reader, campaign, 0, INT64_MAX, given); !read) return read.error();
  if (auto read = read_given(**reader, campaign, INT64_MIN, 0, given); !read) return read.error();
  return given;
}

Result<v1::GetCampaignRes> get_campaign(api::Service& service, const ConnectCall&, const v1::GetCampaignReq& request) {
  const auto campaign = service.ledger.catalog()->campaign(request.campaignid());
  if (!campaign) return {Code::campaign_not_found, does_not_exist};
  const auto given = given_coupons(service, campaign->number);
  if (!given) return given.error();
  v1::GetCampaignRes response;
  response.mutable_result()->set_success(true);
  v1::CampaignInfo& info = *response.mutable_info();
  info.set_campaignid(campaign->id);
  if (campaign->starts_at) info.set_startdate(show_start(campaign->timezone, *campaign->starts_at));
  if (campaign->ends_at) info.set_expireddate(show_end(campaign->timezone, *campaign->ends_at));
  // The catalog after the rows, so that it knows every batch that they speak of.
  const auto catalog = service.ledger.catalog();
  info.mutable_allcouponids()->Reserve(static_cast<int>(given->size()));
  for (const Coupon& coupon : *given) info.add_allcouponids(code_of(catalog->book(), coupon));
  return response;
}

// ---- IssueCoupon --------------------------------------------------------------------------------

Result<v1::IssueCouponRes> issue_coupon(api::Service& service, const ConnectCall& call,
                                        const v1::IssueCouponReq& request) {
  const auto campaign = service.ledger.catalog()->campaign(request.campaignid());
  if (!campaign) return refused<v1::IssueCouponRes>({.code = Code::campaign_not_found});
  Outcome outcome = execute(service, call, Issue{.campaign = campaign->number, .user_id = {}, .subject = {}});
  if (outcome.error) return refused<v1::IssueCouponRes>(*outcome.error);
  v1::IssueCouponRes response;
  response.mutable_result()->set_success(true);
  response.set_couponcode(std::move(outcome.claim.code));
  return response;
}

}  // namespace

void add_campaign_rpc(http::Router& router, api::Service& service, bool open) {
  // The library would write to stderr what is wrong with a client's message.
  google::protobuf::SetLogHandler(nullptr);
  const http::Access access = open ? http::Access::everyone : http::Access::service;
  const auto add = [&]<class Req, class Res>(http::Route route,
                                             Result<Res> (*method)(api::Service&, const ConnectCall&, const Req&)) {
    route.access = access;
    add_connect_method<Req, Res>(router, std::move(route), [&service, method](const ConnectCall& call, const Req& req) {
      return method(service, call, req);
    });
  };
  add({.pattern = "/v1.CampaignService/CreateCampaign"}, create_campaign);
  add({.pattern = "/v1.CampaignService/GetCampaign"}, get_campaign);
  add({.pattern = "/v1.CouponService/IssueCoupon", .claim = true, .on_loop = true}, issue_coupon);
  add_connect_service(router, "/v1.CampaignService");
  add_connect_service(router, "/v1.CouponService");
}

}  // namespace scrip::compat
