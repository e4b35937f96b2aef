// Decisions as operators find them: listed, one by its id, and those that were only counted.
#include "api/api.h"
#include "api/call.h"
#include "api/json_text.h"
#include "api/named_revision.h"
#include "api/page.h"
#include "api/show_decision.h"
#include "coupon/coupon.h"
#include "ledger/coupon_code.h"
#include "policy/decision_record.h"

namespace scrip::api {
namespace {

Result<Reader::DecisionFilter> filter_of(Reader& reader, const Catalog& catalog, const http::Request& request) {
  auto query = decision_query(catalog, request);
  if (!query) return query.error();
  Reader::DecisionFilter filter{
      .campaign = query->campaign, .code = query->code, .since = query->since, .until = query->until};
  if (query->hook) {
    filter.matches = [hook = *query->hook](std::string_view record) { return hook_of(record) == hook; };
  }
  if (const auto user = request.query_value("user_id")) {
    if (!is_user_id(*user)) return invalid_field("user_id", "must be 1 to 128 bytes of text");
    filter.user_id = std::string(*user);
  }
  if (const auto code = request.query_value("coupon")) {
    const auto coupon = read_coupon(reader, catalog, *code);
    if (!coupon) return coupon.error();
    filter.coupon = coupon->key;
  }
  if (const auto digits = request.query_value("revision")) {
    const auto revision = named_revision(reader, std::string(*digits), "revision");
    if (!revision) return revision.error();
    filter.revision = revision->number;
  }
  return filter;
}

http::Response list_decisions(Service& service, http::Request& request) {
  auto known = only_query(
      request, {"limit", "cursor", "user_id", "campaign", "coupon", "code", "hook", "revision", "since", "until"});
  if (!known) return problem(known.error());
  auto page = page_of(request, 1);
  if (!page) return problem(page.error());
  auto reader = service.store.reader();
  if (!reader) return problem(reader.error());
  auto filter = filter_of(**reader, *service.ledger.catalog(), request);
  if (!filter) return problem(filter.error());
  auto found = (*reader)->decisions(*filter, page->cursor.empty() ? 0 : page->cursor.front(), page->limit);
  if (!found) return problem(found.error());
  // After the rows, so that it knows every batch that they speak of.
  const auto catalog = service.ledger.catalog();
  RevisionNames revisions(**reader);
  ListText data;
  for (const DecisionRow& row : found->rows) {
    const auto revision = revisions.name(row.revision);
    if (!revision) return problem(revision.error());
    data.add(show_decision(row, *catalog, *revision).dump());
  }
  return list_response(data.take(), found->next == 0 ? std::nullopt : std::optional(std::vector{found->next}));
}

http::Response one_decision(Service& service, http::Request& request) {
  auto reader = service.store.reader();
  if (!reader) return problem(reader.error());
  const auto row = decision_of(**reader, request.capture("id"));
  if (!row) return problem(row.error());
  const auto catalog = service.ledger.catalog();
  const auto revision = RevisionNames(**reader).name(row->revision);
  if (!revision) return problem(revision.error());
  return http::Response::json(200, show_decision(*row, *catalog, *revision).dump());
}

http::Response list_refusals(Service& service, http::Request& request) {
  auto known = only_query(request, {"limit", "cursor", "campaign", "code", "hook", "since", "until"});
  if (!known) return problem(known.error());
  const auto page = page_of(request, 1);
  if (!page) return problem(page.error());
  const auto query = decision_query(*service.ledger.catalog(), request);
  if (!query) return problem(query.error());
  Reader::RefusalFilter filter{
      .campaign = query->campaign, .code = query->code, .since = query->since, .until = query->until};
  if (query->hook) filter.hook = name(*query->hook);
  // Should it fail, those that are stored are shown.
  static_cast<void>(carry_out(service, StoreCounted{}, actor_of(request)));
  auto reader = service.store.reader();
  if (!reader) return problem(reader.error());
  auto rows = (*reader)->refusals(filter, page->cursor.empty() ? 0 : page->cursor.front(), page->limit + 1);
  if (!rows) return problem(rows.error());
  const auto next = cut(*rows, *page, &RefusalCount::id);
  const auto catalog = service.ledger.catalog();
  RevisionNames revisions(**reader);
  ListText data;
  for (const RefusalCount& row : *rows) {
    const auto revision = revisions.name(row.revision);
    if (!revision) return problem(revision.error());
    const auto campaign = catalog->campaign(row.campaign);
    ObjectText shown;
    shown.instant("minute", row.minute)
        .text("campaign_id", campaign ? std::optional(campaign->id) : std::nullopt)
        .text("hook", row.hook)
        .text("code", row.code)
        .text("revision", revision->empty() ? std::optional<std::string>() : *revision)
        .number("count", row.count);
    data.add(shown.take());
  }
  return list_response(data.take(), next);
}

}  // namespace

void add_decisions(http::Router& router, Service& service) {
  const auto add = [&](std::string pattern, http::Response (*handler)(Service&, http::Request&)) {
    router.add({.method = http::Method::get,
                .pattern = std::move(pattern),
                .access = http::Access::operator_only,
                .handler = [&service, handler](http::Request& request) { return handler(service, request); }});
  };
  add("/api/v1/decisions", list_decisions);
  add("/api/v1/decisions/refusals", list_refusals);
  add("/api/v1/decisions/{id}", one_decision);
}

}  // namespace scrip::api
