// The audit log, as operators read and follow it.
#include "api/api.h"
#include "api/call.h"
#include "api/json_text.h"
#include "api/page.h"

namespace scrip::api {
namespace {

std::string show(const AuditEntry& entry) {
  ObjectText shown;
  shown.text("id", std::to_string(entry.id))
      .instant("at", entry.at)
      .text("subject", entry.subject)
      .text("role", entry.role)
      .text("action", name(entry.action))
      .text("target", entry.target)
      .json("old", entry.old_value.empty() ? "null" : entry.old_value)
      .json("new", entry.new_value.empty() ? "null" : entry.new_value);
  return shown.take();
}

Result<Reader::AuditFilter> filter_of(const http::Request& request) {
  Reader::AuditFilter filter;
  if (const auto wanted = request.query_value("action")) {
    filter.action = parse_audit_action(*wanted);
    if (!filter.action) return invalid_field("action", "is no action of the audit log, such as campaign.edited");
  }
  if (const auto wanted = request.query_value("subject")) filter.subject = *wanted;
  if (const auto wanted = request.query_value("target")) filter.target = *wanted;
  if (const auto wanted = request.query_value("since")) {
    filter.since = parse_instant(*wanted);
    if (!filter.since) return invalid_field("since", "must be an RFC 3339 instant with an offset");
  }
  return filter;
}

std::string show(const std::vector<AuditEntry>& entries) {
  ListText data;
  for (const AuditEntry& entry : entries) data.add(show(entry));
  return data.take();
}

// Where to go on is said also when there is no more yet, so that the log can be followed.
http::Response oldest_first(Reader& reader, const Reader::AuditFilter& filter, const Page& page) {
  const std::int64_t after = page.cursor.empty() ? 0 : page.cursor.front();
  auto entries = reader.audit_after(filter, after, page.limit + 1);
  if (!entries) return problem(entries.error());
  const bool more = entries->size() > static_cast<std::size_t>(page.limit);
  if (more) entries->pop_back();
  ObjectText body;
  body.json("data", show(*entries))
      .boolean("has_more", more)
      .text("next_cursor", std::to_string(entries->empty() ? after : entries->back().id));
  return http::Response::json(200, body.take());
}

http::Response newest_first(Reader& reader, const Reader::AuditFilter& filter, const Page& page) {
  auto entries = reader.audit(filter, page.cursor.empty() ? 0 : page.cursor.front(), page.limit + 1);
  if (!entries) return problem(entries.error());
  std::optional<std::vector<std::int64_t>> next;
  if (entries->size() > static_cast<std::size_t>(page.limit)) {
    entries->pop_back();
    next = std::vector{entries->back().id};
  }
  return list_response(show(*entries), next);
}

http::Response list_entries(Service& service, http::Request& request) {
  if (auto known = only_query(request, {"limit", "cursor", "action", "subject", "target", "since", "order"}); !known) {
    return problem(known.error());
  }
  const auto page = page_of(request, 1);
  if (!page) return problem(page.error());
  const auto filter = filter_of(request);
  if (!filter) return problem(filter.error());
  const std::string_view order = request.query_value("order").value_or("newest");
  if (order != "newest" && order != "oldest") return problem(invalid_field("order", "must be newest or oldest"));
  auto reader = service.store.reader();
  if (!reader) return problem(reader.error());
  return order == "oldest" ? oldest_first(**reader, *filter, *page) : newest_first(**reader, *filter, *page);
}

}  // namespace

void add_audit(http::Router& router, Service& service) {
  router.add({.method = http::Method::get,
              .pattern = "/api/v1/audit",
              .access = http::Access::operator_only,
              .handler = [&](http::Request& request) { return list_entries(service, request); }});
}

}  // namespace scrip::api
