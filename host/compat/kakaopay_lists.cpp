#include "compat/kakaopay_lists.h"

#include <algorithm>
#include <cstdio>
#include <stdexcept>

#include "api/call.h"
#include "api/json_text.h"
#include "api/page.h"
#include "compat/wires.h"
#include "ledger/pool.h"

namespace scrip::compat {
namespace {

constexpr int at_once = 1'000;

using CampaignPtr = std::shared_ptr<const Campaign>;

// Adds the next coupons to a list; false: that was all.
using More = std::function<Result<bool>(api::ListText& list)>;

// The rest of a list of which `begun` is written: "{"member":[" and what came first.
void write_rest(http::Sink& sink, const std::string& begun, const More& more) {
  bool open = sink.write(begun);
  bool first = begun.ends_with('[');
  for (bool goes_on = true; open && goes_on;) {
    api::ListText list;
    const auto added = more(list);
    // The status is out; by an exception the client sees that the list is not whole.
    if (!added) throw std::runtime_error(added.error().message);
    goes_on = *added;
    std::string items = list.take();  // "[a,b]"
    if (items == "[]") continue;
    items.pop_back();
    if (!first) items.front() = ',';
    open = sink.write(std::string_view(items).substr(first ? 1 : 0));
    first = false;
  }
  if (open) sink.write("]}");
}

// {"member":[...]}. A list that is not read at once is written as it is read.
Result<http::Response> whole_list(const std::string& member, More more) {
  api::ListText list;
  const auto goes_on = more(list);
  if (!goes_on) return goes_on.error();
  const std::string whole = api::ObjectText().json(member, list.take()).take();
  if (!*goes_on) return http::Response::json(200, whole);
  http::Response response;
  response.stream = [begun = whole.substr(0, whole.size() - 2), more = std::move(more)](http::Sink& sink) {
    write_rest(sink, begun, more);
  };
  return response;
}

// YYYYMMDD, as the campaign's clocks show it.
std::optional<std::string> date_of(const Campaign& campaign, const std::optional<Micros>& instant) {
  if (!instant) return std::nullopt;
  const LocalTime local = local_time(campaign.timezone, *instant);
  char text[16];
  std::snprintf(text, sizeof text, "%04d%02d%02d", local.year, local.month, local.day);
  return text;
}

std::string show_bound(const Campaign& campaign, const Coupon& coupon, const std::string& code) {
  return api::ObjectText()
      .text("coupon_code", code)
      .text("bind_user_id", coupon.user_id)
      .text("expire_date", date_of(campaign, coupon.expires_at))
      .take();
}

std::string show_expired(const Coupon& coupon, const std::string& code) {
  return api::ObjectText()
      .text("coupon_code", code)
      .text("coupon_status", std::string_view(coupon.state == CouponState::redeemed ? "USED" : "CREATED"))
      .text("bind_user_id", coupon.user_id)
      .take();
}

More bound_to(api::Service& service, const CampaignPtr& campaign, const std::string& user_id) {
  return [&service, campaign, user_id,
          after = std::optional<Reader::ByExpiry>()](api::ListText& list) mutable -> Result<bool> {
    auto reader = service.store.reader();
    if (!reader) return reader.error();
    const auto coupons = (*reader)->coupons_of(user_id, after, at_once);
    if (!coupons) return coupons.error();
    // After the rows, so that it knows all of their batches.
    const auto catalog = service.ledger.catalog();
    for (const Coupon& coupon : *coupons) {
      after = Reader::ByExpiry{.expires_at = coupon.expires_at.value_or(latest_instant + 1), .key = coupon.key};
      if (coupon.key.campaign != campaign->number) continue;
      list.add(show_bound(*campaign, coupon, code_of(catalog->book(), coupon)));
    }
    return std::ssize(*coupons) == at_once;
  };
}

struct Place {
  Micros expires_at = 0;
  std::int64_t serial = 0;
};

// Where the bound coupons stand in the list. Of the coupons themselves there may be too many.
Result<std::vector<Place>> places_of_bound(api::Service& service, const Campaign& campaign) {
  std::vector<Place> places;
  for (std::int64_t from = INT64_MIN;;) {
    auto reader = service.store.reader();
    if (!reader) return reader.error();
    const auto coupons = (*reader)->coupons(campaign.number, from, at_once);
    if (!coupons) return coupons.error();
    for (const Coupon& coupon : *coupons) {
      if (!coupon.user_id) continue;
      places.push_back({.expires_at = coupon.expires_at.value_or(latest_instant + 1), .serial = coupon.key.serial});
    }
    if (std::ssize(*coupons) < at_once) break;
    from = coupons->back().key.serial + 1;
  }
  std::sort(places.begin(), places.end(), [](const Place& a, const Place& b) {
    return a.expires_at != b.expires_at ? a.expires_at > b.expires_at : a.serial < b.serial;
  });
  return places;
}

More bound_at(api::Service& service, const CampaignPtr& campaign, std::vector<Place> places) {
  const auto shared = std::make_shared<const std::vector<Place>>(std::move(places));
  return [&service, campaign, shared, at = std::size_t{0}](api::ListText& list) mutable -> Result<bool> {
    auto reader = service.store.reader();
    if (!reader) return reader.error();
    const std::size_t end = std::min(shared->size(), at + at_once);
    for (; at < end; ++at) {
      const auto coupon = (*reader)->coupon({campaign->number, (*shared)[at].serial});
      if (!coupon) return coupon.error();
      if (!*coupon) continue;
      list.add(show_bound(*campaign, **coupon, code_of(service.ledger.catalog()->book(), **coupon)));
    }
    return at < shared->size();
  };
}

}  // namespace

Result<http::Response> list_codes(api::Service& service, const http::Request& request) {
  const auto page = api::page_of(request, 1);
  if (!page) return page.error();
  const auto catalog = service.ledger.catalog();
  const auto campaign = api::campaign_of(*catalog, kakaopay_campaign);
  if (!campaign) return campaign.error();
  auto reader = service.store.reader();
  if (!reader) return reader.error();
  const std::int64_t from = page->cursor.empty() ? INT64_MIN : page->cursor.front();
  const auto found =
      list_pool(**reader, catalog->book(), **campaign, CouponFilter::all, from, at_once, service.clock.now());
  if (!found) return found.error();
  api::ListText codes;
  for (const auto& [coupon, code] : found->coupons) {
    std::string quoted;
    api::append_json_string(quoted, code);
    codes.add(quoted);
  }
  api::ObjectText body;
  body.json("coupon_list", codes.take());
  if (found->next) body.text("next_cursor", std::to_string(*found->next));
  return http::Response::json(200, body.take());
}

Result<http::Response> list_bound(api::Service& service, const http::Request& request) {
  const auto campaign = api::campaign_of(*service.ledger.catalog(), kakaopay_campaign);
  if (!campaign) return campaign.error();
  if (request.identity->role != Role::operator_) {
    return whole_list("bind_coupon_list", bound_to(service, *campaign, request.identity->subject));
  }
  auto places = places_of_bound(service, **campaign);
  if (!places) return places.error();
  return whole_list("bind_coupon_list", bound_at(service, *campaign, std::move(*places)));
}

Result<http::Response> list_expired_today(api::Service& service, const http::Request&) {
  const auto campaign = api::campaign_of(*service.ledger.catalog(), kakaopay_campaign);
  if (!campaign) return campaign.error();
  const Micros now = service.clock.now();
  const Micros first = local_day((*campaign)->timezone, now).first;
  return whole_list("result",
                    [&service, campaign = *campaign, first, now,
                     after = std::optional<Reader::ByExpiry>()](api::ListText& list) mutable -> Result<bool> {
                      auto reader = service.store.reader();
                      if (!reader) return reader.error();
                      const auto coupons = (*reader)->expiring(first, now + 1, after, at_once);
                      if (!coupons) return coupons.error();
                      const auto catalog = service.ledger.catalog();
                      for (const Coupon& coupon : *coupons) {
                        after = Reader::ByExpiry{.expires_at = *coupon.expires_at, .key = coupon.key};
                        if (coupon.key.campaign != campaign->number) continue;
                        list.add(show_expired(coupon, code_of(catalog->book(), coupon)));
                      }
                      return std::ssize(*coupons) == at_once;
                    });
}

}  // namespace scrip::compat
