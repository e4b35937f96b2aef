// Every set of policies that was ever accepted: listed, shown with its files, compared, and put in
// force again.
#include <algorithm>

#include "api/api.h"
#include "api/body.h"
#include "api/call.h"
#include "api/named_revision.h"
#include "api/page.h"
#include "api/policy_notes.h"
#include "api/show.h"
#include "policy/policy_diff.h"
#include "policy/policy_file_edit.h"
#include "policy/sha256.h"

namespace scrip::api {
namespace {

constexpr int listed_activations = 10;
constexpr int shown_activations = 100;

// The revision that a text names, with its files.
Result<RevisionRow> find_whole(Reader& reader, const std::string& text, const std::string& field) {
  const auto found = named_revision(reader, text, field);
  if (!found) return found.error();
  auto whole = reader.revision(found->number);
  if (!whole) return whole.error();
  if (!*whole) return {Code::internal, "revision " + found->revision + " is gone"};
  return std::move(**whole);
}

Json show(const PolicyActivation& activation) {
  return {{"at", format_instant(activation.at)},
          {"until", show_instant(activation.until)},
          {"by", activation.by},
          {"origin", name(activation.origin)},
          {"notes", activation.notes}};
}

Result<Json> show(Reader& reader, const RevisionRow& row, std::int64_t active, int activations) {
  auto times = reader.activations(row.number, activations);
  if (!times) return times.error();
  Json list = Json::array();
  for (const PolicyActivation& each : *times) list.push_back(show(each));
  return Json{{"revision", row.revision},
              {"accepted_at", format_instant(row.accepted_at)},
              {"accepted_by", row.accepted_by},
              {"active", row.number == active},
              {"activations", std::move(list)}};
}

http::Response list_revisions(Service& service, http::Request& request) {
  if (auto known = only_query(request, {"limit", "cursor"}); !known) return problem(known.error());
  auto page = page_of(request, 1);
  if (!page) return problem(page.error());
  auto reader = service.store.reader();
  if (!reader) return problem(reader.error());
  const auto active = (*reader)->active_revision();
  if (!active) return problem(active.error());
  auto rows = (*reader)->revisions(page->cursor.empty() ? 0 : page->cursor.front(), page->limit + 1);
  if (!rows) return problem(rows.error());
  const auto next = cut(*rows, *page, &RevisionRow::number);
  Json data = Json::array();
  for (const RevisionRow& row : *rows) {
    auto shown = show(**reader, row, *active, listed_activations);
    if (!shown) return problem(shown.error());
    data.push_back(std::move(*shown));
  }
  return list_response(data.dump(), next);
}

http::Response one_revision(Service& service, http::Request& request) {
  auto reader = service.store.reader();
  if (!reader) return problem(reader.error());
  const auto row = find_whole(**reader, request.capture("revision"), "revision");
  if (!row) return problem(row.error());
  const auto active = (*reader)->active_revision();
  if (!active) return problem(active.error());
  auto shown = show(**reader, *row, *active, shown_activations);
  if (!shown) return problem(shown.error());
  Json files = Json::array();
  for (const auto& [name, text] : row->files) {
    files.push_back({{"name", name}, {"bytes", text.size()}, {"sha256", sha256_of(text)}, {"text", text}});
  }
  (*shown)["files"] = std::move(files);
  return http::Response::json(200, shown->dump());
}

http::Response diff(Service& service, http::Request& request) {
  auto reader = service.store.reader();
  if (!reader) return problem(reader.error());
  const auto from = find_whole(**reader, request.capture("from"), "from");
  if (!from) return problem(from.error());
  const auto to = find_whole(**reader, request.capture("to"), "to");
  if (!to) return problem(to.error());
  Json files = Json::array();
  for (const FileDiff& file : diff_policies(from->files, to->files)) {
    files.push_back({{"name", file.name}, {"change", name(file.change)}, {"diff", file.text}});
  }
  return http::Response::json(200,
                              Json{{"from", from->revision}, {"to", to->revision}, {"files", std::move(files)}}.dump());
}

http::Response roll_back(Service& service, http::Request& request) {
  auto body = json_body(request);
  if (!body) return problem(body.error());
  std::vector<FieldError> errors;
  Fields fields(*body, "", errors);
  const auto wanted = fields.text("revision", shortest_revision, whole_revision, true);
  const Reload::Act act{.by = request.identity->subject, .origin = PolicyOrigin::rollback, .notes = notes_of(fields)};
  fields.finish();
  if (!errors.empty()) return problem(invalid(std::move(errors)));
  auto reader = service.store.reader();
  if (!reader) return problem(reader.error());
  const auto row = find_whole(**reader, *wanted, "revision");
  if (!row) return problem(row.error());
  reader->reset();

  auto attempt = service.reload.roll_back(*row, act);
  if (!attempt) return problem(attempt.error());
  if (!attempt->ok) return invalid_policy("Revision " + row->revision + " was not put in force: ", attempt->errors);
  const auto aside = service.reload.set_aside();
  return http::Response::json(200, Json{{"revision", attempt->revision},
                                        {"previous", attempt->previous.empty() ? Json() : Json(attempt->previous)},
                                        {"set_aside", aside ? Json(aside->revision) : Json()}}
                                       .dump());
}

}  // namespace

void add_revisions(http::Router& router, Service& service) {
  using enum http::Method;
  const auto add = [&](http::Method method, std::string pattern, http::Response (*handler)(Service&, http::Request&)) {
    router.add({.method = method,
                .pattern = std::move(pattern),
                .access = http::Access::operator_only,
                .handler = [&service, handler](http::Request& request) { return handler(service, request); }});
  };
  add(get, "/api/v1/policies/revisions", list_revisions);
  add(get, "/api/v1/policies/revisions/{revision}", one_revision);
  add(get, "/api/v1/policies/revisions/{from}/diff/{to}", diff);
  add(post, "/api/v1/policies/rollback", roll_back);
}

}  // namespace scrip::api
