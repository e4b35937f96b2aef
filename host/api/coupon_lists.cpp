// Lists of coupons: a campaign's, a user's, those that expired on a day.
#include "api/api.h"
#include "api/call.h"
#include "api/json_text.h"
#include "api/page.h"
#include "api/show.h"
#include "coupon/coupon.h"
#include "ledger/pool.h"

namespace scrip::api {
namespace {

using ByExpiry = Reader::ByExpiry;

http::Response of_campaign(Service& service, http::Request& request) {
  if (auto known = only_query(request, {"limit", "cursor", "state"}); !known) return problem(known.error());
  auto page = page_of(request, 1);
  if (!page) return problem(page.error());
  CouponFilter filter = CouponFilter::all;
  if (const auto state = request.query_value("state")) {
    const auto known = parse_coupon_filter(*state);
    if (!known) return problem(invalid_field("state", "must be available, issued, redeemed or expired"));
    filter = *known;
  }
  const auto catalog = service.ledger.catalog();
  auto campaign = campaign_of(*catalog, request.capture("id"));
  if (!campaign) return problem(campaign.error());
  auto reader = service.store.reader();
  if (!reader) return problem(reader.error());
  const std::int64_t from = page->cursor.empty() ? INT64_MIN : page->cursor.front();
  const Micros now = service.clock.now();
  auto found = list_pool(**reader, catalog->book(), **campaign, filter, from, page->limit, now);
  if (!found) return problem(found.error());
  ListText data;
  for (const auto& [coupon, code] : found->coupons) data.add(show_coupon(coupon, code, (*campaign)->id, now));
  std::optional<std::vector<std::int64_t>> next;
  if (found->next) next = std::vector{*found->next};
  return list_response(data.take(), next);
}

// Shows one page of a list that is ordered by expiry, read with one coupon more than it shows.
http::Response expiry_page(Service& service, const Catalog& catalog, std::vector<Coupon> coupons, int limit) {
  std::optional<std::vector<std::int64_t>> next;
  if (coupons.size() > static_cast<std::size_t>(limit)) {
    coupons.resize(static_cast<std::size_t>(limit));
    const Coupon& last = coupons.back();
    next = std::vector{last.expires_at.value_or(latest_instant + 1), last.key.campaign, last.key.serial};
  }
  ListText data;
  for (const Coupon& coupon : coupons) {
    data.add(show_coupon(coupon, code_of(catalog.book(), coupon), catalog.campaign(coupon.key.campaign)->id,
                         service.clock.now()));
  }
  return list_response(data.take(), next);
}

std::optional<ByExpiry> after(const Page& page) {
  if (page.cursor.empty()) return std::nullopt;
  return ByExpiry{.expires_at = page.cursor[0], .key = {page.cursor[1], page.cursor[2]}};
}

http::Response of_user(Service& service, http::Request& request) {
  if (auto known = only_query(request, {"limit", "cursor", "user_id"}); !known) return problem(known.error());
  auto page = page_of(request, 3);
  if (!page) return problem(page.error());
  const Actor actor = actor_of(request);
  std::string user_id = actor.subject;
  if (const auto asked = request.query_value("user_id")) {
    if (!is_user_id(*asked)) return problem(invalid_field("user_id", "must be 1 to 128 bytes of text"));
    if (actor.role == Role::user && *asked != actor.subject) {
      return problem({.code = Code::forbidden, .message = "You can only see your own coupons."});
    }
    user_id = *asked;
  }
  auto reader = service.store.reader();
  if (!reader) return problem(reader.error());
  // The catalog after the rows, so that it knows every campaign and batch that they speak of.
  auto coupons = (*reader)->coupons_of(user_id, after(*page), page->limit + 1);
  if (!coupons) return problem(coupons.error());
  return expiry_page(service, *service.ledger.catalog(), std::move(*coupons), page->limit);
}

http::Response expired(Service& service, http::Request& request) {
  if (auto known = only_query(request, {"limit", "cursor", "date", "timezone"}); !known) return problem(known.error());
  auto page = page_of(request, 3);
  if (!page) return problem(page.error());
  const std::string zone(request.query_value("timezone").value_or("UTC"));
  if (!is_zone(zone)) return problem(invalid_field("timezone", "must be an IANA time zone such as Asia/Seoul"));
  const Micros now = service.clock.now();
  Interval day = local_day(zone, now);
  if (const auto date = request.query_value("date")) {
    const auto named = local_day(zone, *date);
    if (!named) return problem(invalid_field("date", "must be a date as YYYY-MM-DD"));
    day = *named;
  }
  auto reader = service.store.reader();
  if (!reader) return problem(reader.error());
  const Micros last = std::min(day.last, now + 1);
  if (last <= day.first) return list_response("[]", std::optional<std::string>());
  auto coupons = (*reader)->expiring(day.first, last, after(*page), page->limit + 1);
  if (!coupons) return problem(coupons.error());
  return expiry_page(service, *service.ledger.catalog(), std::move(*coupons), page->limit);
}

}  // namespace

void add_coupon_lists(http::Router& router, Service& service) {
  using enum http::Method;
  using http::Access;
  router.add({.method = get,
              .pattern = "/api/v1/campaigns/{id}/coupons",
              .access = Access::operator_only,
              .handler = [&](http::Request& request) { return of_campaign(service, request); }});
  router.add({.method = get,
              .pattern = "/api/v1/coupons",
              .access = Access::any_token,
              .handler = [&](http::Request& request) { return of_user(service, request); }});
  router.add({.method = get,
              .pattern = "/api/v1/coupons/expired",
              .access = Access::operator_only,
              .handler = [&](http::Request& request) { return expired(service, request); }});
}

}  // namespace scrip::api
