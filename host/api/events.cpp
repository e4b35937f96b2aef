// The outbox, as an operator sees it: what happened, and whether whoever listens has been told.
#include "api/api.h"
#include "api/call.h"
#include "api/json_text.h"
#include "api/page.h"

namespace scrip::api {
namespace {

std::string show(const Event& event, const Catalog& catalog) {
  const auto campaign = event.campaign ? catalog.campaign(*event.campaign) : nullptr;
  ObjectText shown;
  shown.text("id", event.public_id());
  shown.text("type", name(event.kind));
  shown.instant("created_at", event.at);
  shown.text("campaign_id", campaign ? std::optional(campaign->id) : std::nullopt);
  shown.json("data", event.data);
  shown.text("state", name(event.state));
  shown.number("failed_attempts", event.attempts);
  shown.instant("next_attempt_at",
                event.state == EventState::pending ? std::optional(event.next_attempt_at) : std::nullopt);
  shown.instant("settled_at", event.settled_at);
  shown.text("last_error", event.last_error.empty() ? std::nullopt : std::optional(event.last_error));
  return shown.take();
}

http::Response list_events(Service& service, http::Request& request) {
  if (auto known = only_query(request, {"limit", "cursor", "state"}); !known) return problem(known.error());
  auto page = page_of(request, 1);
  if (!page) return problem(page.error());
  std::optional<EventState> state;
  if (const auto wanted = request.query_value("state")) {
    state = parse_event_state(*wanted);
    if (!state) return problem(invalid_field("state", "must be pending, delivered, failed or obsolete"));
  }
  auto reader = service.store.reader();
  if (!reader) return problem(reader.error());
  auto events = (*reader)->events(state, page->cursor.empty() ? 0 : page->cursor.front(), page->limit + 1);
  if (!events) return problem(events.error());
  const auto next = cut(*events, *page, &Event::id);
  const auto catalog = service.ledger.catalog();
  ListText data;
  for (const Event& event : *events) data.add(show(event, *catalog));
  return list_response(data.take(), next);
}

}  // namespace

void add_events(http::Router& router, Service& service) {
  router.add({.method = http::Method::get,
              .pattern = "/api/v1/events",
              .access = http::Access::operator_only,
              .handler = [&](http::Request& request) { return list_events(service, request); }});
}

}  // namespace scrip::api
