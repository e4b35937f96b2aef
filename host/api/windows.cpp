// When a campaign's coupons can be claimed: for pages that count down to it.
#include <charconv>

#include "api/api.h"
#include "api/body.h"
#include "api/call.h"
#include "api/page.h"
#include "api/show.h"
#include "ledger/windows.h"

namespace scrip::api {
namespace {

constexpr int default_limit = 10;
constexpr int max_limit = 100;

Result<int> limit_of(const http::Request& request) {
  const auto text = request.query_value("limit");
  if (!text) return default_limit;
  int limit = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), limit);
  if (error != std::errc() || end != text->data() + text->size() || limit < 1 || limit > max_limit) {
    return invalid_field("limit", "must be 1 to " + std::to_string(max_limit));
  }
  return limit;
}

http::Response list_windows(Service& service, http::Request& request) {
  if (auto known = only_query(request, {"from", "limit"}); !known) return problem(known.error());
  auto limit = limit_of(request);
  if (!limit) return problem(limit.error());
  const Micros now = service.clock.now();
  Micros from = now;
  if (const auto text = request.query_value("from")) {
    const auto instant = parse_instant(*text);
    // Later than that rules cannot count.
    if (!instant || *instant > max_exact) {
      return problem(invalid_field("from", "must be an RFC 3339 date and time with an offset, before the year 2255"));
    }
    from = *instant;
  }
  auto campaign = campaign_of(*service.ledger.catalog(), request.capture("id"));
  if (!campaign) return problem(campaign.error());
  auto windows = windows_of(service.judges, service.ledger.policies(), *campaign, from, *limit);
  if (!windows) return problem(windows.error());
  Json data = Json::array();
  for (const Window& window : *windows) {
    data.push_back(
        {{"opens_at", format_instant(window.opens, (**campaign).timezone)},
         {"closes_at", window.closes ? Json(format_instant(*window.closes, (**campaign).timezone)) : Json()}});
  }
  const bool over = (**campaign).ends_at && now >= *(**campaign).ends_at;
  return http::Response::json(200, Json{{"now", format_instant(now)},
                                        {"timezone", (**campaign).timezone},
                                        {"status", name(over ? CampaignStatus::ended : (**campaign).status)},
                                        {"data", std::move(data)}}
                                       .dump());
}

}  // namespace

void add_windows(http::Router& router, Service& service) {
  router.add({.method = http::Method::get,
              .pattern = "/api/v1/campaigns/{id}/windows",
              .access = http::Access::any_token,
              .handler = [&](http::Request& request) { return list_windows(service, request); }});
}

}  // namespace scrip::api
