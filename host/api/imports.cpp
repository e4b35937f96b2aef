// Imports: a file of codes goes up as one body and is stored as it comes; who wants to know how far
// it is asks for its job.
#include "jobs/import.h"

#include <algorithm>
#include <cstdlib>
#include <vector>

#include "api/api.h"
#include "api/body.h"
#include "api/call.h"
#include "api/json_text.h"
#include "api/page.h"
#include "api/random_id.h"
#include "api/show.h"

namespace scrip::api {
namespace {

constexpr std::size_t piece = 64 * 1024;

Error import_not_found() {
  return Error{.code = Code::import_not_found, .message = "There is no such import."};
}

bool is_csv(const http::Request& request) {
  std::string_view type = request.header("Content-Type").value_or("");
  type = type.substr(0, type.find(';'));
  while (type.ends_with(' ')) type.remove_suffix(1);
  constexpr std::string_view wanted = "text/csv";
  return std::equal(type.begin(), type.end(), wanted.begin(), wanted.end(),
                    [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a - 'A' + 'a' : a) == b; });
}

std::optional<std::int64_t> length_of(const http::Request& request) {
  const auto header = request.header("Content-Length");
  return header ? std::optional<std::int64_t>(std::atoll(std::string(*header).c_str())) : std::nullopt;
}

Result<StartImport> job_of(Service& service, const http::Request& request) {
  if (auto known = only_query(request, {"id"}); !known) return known.error();
  if (!is_csv(request)) return Error{.code = Code::unsupported_media_type, .message = "The body must be text/csv."};
  const auto id = request.query_value("id");
  if (id && !is_import_id(*id)) {
    return invalid_field("id", "must be 1 to 64 of a-z, 0-9, '_' and '-', and begin with a letter or a digit");
  }
  const auto campaign = campaign_of(*service.ledger.catalog(), request.capture("id"));
  if (!campaign) return campaign.error();
  return StartImport{.campaign = (*campaign)->number,
                     .id = id ? std::string(*id) : random_id("import"),
                     .bytes_total = length_of(request)};
}

Result<ImportJob> take_in(jobs::Import& import, http::BodySource& body) {
  std::vector<char> bytes(piece);
  for (;;) {
    const auto count = body.read(bytes.data(), bytes.size());
    if (!count) {
      import.fail("The upload broke off");
      return count.error();
    }
    if (*count == 0) break;
    if (auto read = import.read({bytes.data(), *count}); !read) {
      import.fail("The import could not go on");
      return read.error();
    }
  }
  auto job = import.finish();
  if (!job) import.fail("The import could not go on");
  return job;
}

http::Response start(Service& service, http::Request& request) {
  auto job = job_of(service, request);
  if (!job) return problem(job.error());
  jobs::Import import(service.ledger, actor_of(request), std::move(*job));
  const auto done = take_in(import, request.body_source());
  if (!done) return problem(done.error());
  ObjectText shown;
  shown.text("id", done->id).text("state", name(done->state));
  return http::Response::json(202, shown.take()).with("Location", "/api/v1/imports/" + done->id);
}

http::Response one_import(Service& service, http::Request& request) {
  auto reader = service.store.reader();
  if (!reader) return problem(reader.error());
  const auto job = (*reader)->import_job(request.capture("id"));
  if (!job) return problem(job.error());
  if (!*job) return problem(import_not_found());
  const auto errors = (*reader)->import_errors((*job)->number);
  if (!errors) return problem(errors.error());
  return http::Response::json(200, show_import(**job, *errors, *service.ledger.catalog()).dump());
}

http::Response list_imports(Service& service, http::Request& request) {
  if (auto known = only_query(request, {"limit", "cursor"}); !known) return problem(known.error());
  const auto page = page_of(request, 1);
  if (!page) return problem(page.error());
  auto reader = service.store.reader();
  if (!reader) return problem(reader.error());
  auto found = (*reader)->import_jobs(page->cursor.empty() ? 0 : page->cursor.front(), page->limit + 1);
  if (!found) return problem(found.error());
  const auto next = cut(*found, *page, &ImportJob::number);
  const auto catalog = service.ledger.catalog();
  Json data = Json::array();
  for (const ImportJob& job : *found) data.push_back(show_import(job, *catalog));
  return list_response(data.dump(), next);
}

}  // namespace

void add_imports(http::Router& router, Service& service) {
  using enum http::Method;
  const auto add = [&](http::Method method, std::string pattern, http::Response (*handler)(Service&, http::Request&),
                       bool streams) {
    router.add({.method = method,
                .pattern = std::move(pattern),
                .access = http::Access::operator_only,
                .handler = [&service, handler](http::Request& request) { return handler(service, request); },
                .streams = streams});
  };
  add(post, "/api/v1/campaigns/{id}/imports", start, true);
  add(get, "/api/v1/imports", list_imports, false);
  add(get, "/api/v1/imports/{id}", one_import, false);
}

}  // namespace scrip::api
