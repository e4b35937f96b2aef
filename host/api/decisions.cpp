#include <charconv>
#include <map>
#include <nlohmann/json.hpp>

#include "api/api.h"
#include "api/call.h"
#include "api/page.h"
#include "api/show.h"
#include "coupon/coupon.h"
#include "ledger/pool.h"
#include "policy/decision_record.h"

namespace scrip::api {
namespace {

using Json = nlohmann::json;

Result<Reader::DecisionFilter> filter_of(Reader& reader, const Catalog& catalog, const http::Request& request) {
  Reader::DecisionFilter filter;
  if (const auto user = request.query_value("user_id")) {
    if (!is_user_id(*user)) return invalid_field("user_id", "must be 1 to 128 bytes of text");
    filter.user_id = std::string(*user);
  }
  if (const auto id = request.query_value("campaign")) {
    auto campaign = campaign_of(catalog, *id);
    if (!campaign) return campaign.error();
    filter.campaign = (*campaign)->number;
  }
  if (const auto code = request.query_value("coupon")) {
    const auto coupon = read_coupon(reader, catalog, *code);
    if (!coupon) return coupon.error();
    filter.coupon = coupon->key;
  }
  return filter;
}

Json show(const DecisionRow& row, const Catalog& catalog, const std::string& revision) {
  const auto campaign = catalog.campaign(row.campaign);
  Json shown{{"id", std::to_string(row.id)},
             {"at", format_instant(row.at)},
             {"campaign_id", campaign ? Json(campaign->id) : Json()},
             {"user_id", row.user_id ? Json(*row.user_id) : Json()},
             {"coupon", nullptr},
             {"code", row.code.empty() ? Json("allowed") : Json(row.code)},
             {"allowed", row.code.empty()},
             {"revision", revision.empty() ? Json() : Json(revision)}};
  auto decision = decode_decision(row.record);
  if (row.serial && *row.serial >= 0) shown["coupon"] = catalog.book().code({row.campaign, *row.serial});
  if (!decision) {
    shown["unreadable"] = decision.error().message;
    return shown;
  }
  if (row.serial && *row.serial < 0 && decision->facts.coupon) shown["coupon"] = decision->facts.coupon->code;
  // The definition may have been edited since: its members are shown only when they are the ones
  // that were in force.
  if (campaign && campaign->version == decision->campaign_version) decision->facts.campaign = campaign;
  Json verdict = Json::parse(verdict_json(decision->verdict));
  shown["hook"] = name(decision->hook);
  shown["campaign_version"] = decision->campaign_version;
  shown["facts"] = Json::parse(facts_json(decision->facts));
  shown["trace"] = Json::parse(trace_json(decision->verdict.trace));
  verdict.erase("trace");
  shown["verdict"] = std::move(verdict);
  return shown;
}

http::Response list(Service& service, http::Request& request) {
  auto known = only_query(request, {"limit", "cursor", "user_id", "campaign", "coupon"});
  if (!known) return problem(known.error());
  auto page = page_of(request, 1);
  if (!page) return problem(page.error());
  auto reader = service.store.reader();
  if (!reader) return problem(reader.error());
  auto filter = filter_of(**reader, *service.ledger.catalog(), request);
  if (!filter) return problem(filter.error());
  auto rows = (*reader)->decisions(*filter, page->cursor.empty() ? 0 : page->cursor.front(), page->limit + 1);
  if (!rows) return problem(rows.error());
  // After the rows, so that it knows every batch that they speak of.
  const auto catalog = service.ledger.catalog();

  std::optional<std::vector<std::int64_t>> next;
  if (rows->size() > static_cast<std::size_t>(page->limit)) {
    rows->resize(static_cast<std::size_t>(page->limit));
    next = std::vector{rows->back().id};
  }
  std::map<std::int64_t, std::string> revisions;
  Json data = Json::array();
  for (const DecisionRow& row : *rows) {
    auto [revision, unseen] = revisions.try_emplace(row.revision);
    if (unseen && row.revision != 0) {
      auto found = (*reader)->revision(row.revision);
      if (!found) return problem(found.error());
      if (*found) revision->second = (**found).revision;
    }
    data.push_back(show(row, *catalog, revision->second));
  }
  return list_response(data.dump(), next);
}

}  // namespace

void add_decisions(http::Router& router, Service& service) {
  router.add({.method = http::Method::get,
              .pattern = "/api/v1/decisions",
              .access = http::Access::operator_only,
              .handler = [&](http::Request& request) { return list(service, request); }});
}

}  // namespace scrip::api
