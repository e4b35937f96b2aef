// A campaign's coupons as a file.
#include "jobs/export.h"

#include <stdexcept>

#include "api/api.h"
#include "api/call.h"
#include "api/page.h"

namespace scrip::api {
namespace {

http::Response coupons_csv(Service& service, http::Request& request) {
  if (auto known = only_query(request, {"state"}); !known) return problem(known.error());
  CouponFilter filter = CouponFilter::stored;
  if (const auto state = request.query_value("state")) {
    const auto known = parse_coupon_filter(*state);
    if (!known) return problem(invalid_field("state", "must be available, issued, redeemed or expired"));
    filter = *known;
  }
  const auto campaign = campaign_of(*service.ledger.catalog(), request.capture("id"));
  if (!campaign) return problem(campaign.error());
  http::Response response;
  response.content_type = "text/csv; charset=utf-8";
  response.stream = [&service, number = (*campaign)->number, filter](http::Sink& sink) {
    const jobs::ExportSource source{.reader = [&] { return service.store.reader(); },
                                    .catalog = [&] { return service.ledger.catalog(); },
                                    .now = service.clock.now()};
    const auto written =
        export_coupons(source, number, filter, [&](std::string_view text) { return sink.write(text); });
    // The status is out; the client sees by the cut that the file is not whole.
    if (!written) throw std::runtime_error(written.error().message);
  };
  return std::move(response).with("Content-Disposition", "attachment; filename=\"" + (*campaign)->id + ".csv\"");
}

}  // namespace

void add_export(http::Router& router, Service& service) {
  router.add({.method = http::Method::get,
              .pattern = "/api/v1/campaigns/{id}/coupons.csv",
              .access = http::Access::operator_only,
              .handler = [&service](http::Request& request) { return coupons_csv(service, request); }});
}

}  // namespace scrip::api
