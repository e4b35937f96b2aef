// Works: what an event shows and gives coupons for.
#include <charconv>

#include "api/api.h"
#include "api/body.h"
#include "api/call.h"
#include "api/json_text.h"
#include "api/page.h"
#include "api/show.h"

namespace scrip::api {
namespace {

Result<std::string> title_of(http::Request& request) {
  auto body = json_body(request);
  if (!body) return body.error();
  std::vector<FieldError> errors;
  Fields fields(*body, "", errors);
  const auto title = fields.text("title", 0, 800, true);
  if (title && !is_work_title(*title)) {
    fields.refuse("title", "must be 1 to 200 characters without control characters");
  }
  fields.finish();
  if (!errors.empty()) return invalid(std::move(errors));
  return *title;
}

// The number in the path. A text that is none names no work.
Result<std::int64_t> id_of(const http::Request& request) {
  const std::string& text = request.capture("id");
  std::int64_t id = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
  if (error != std::errc() || end != text.data() + text.size()) {
    return Error{.code = Code::work_not_found, .message = "There is no such work."};
  }
  return id;
}

http::Response list_works(Service& service, http::Request& request) {
  if (auto known = only_query(request, {"limit", "cursor"}); !known) return problem(known.error());
  auto page = page_of(request, 1);
  if (!page) return problem(page.error());
  auto reader = service.store.reader();
  if (!reader) return problem(reader.error());
  auto works = (*reader)->works(page->cursor.empty() ? 0 : page->cursor.front(), page->limit + 1);
  if (!works) return problem(works.error());
  const auto next = cut(*works, *page, &Work::id);
  ListText data;
  for (const Work& work : *works) data.add(show_work(work));
  return list_response(data.take(), next);
}

http::Response add(Service& service, http::Request& request) {
  auto title = title_of(request);
  if (!title) return problem(title.error());
  const auto outcome = carry_out(service, AddWork{.title = std::move(*title)}, actor_of(request));
  if (!outcome) return problem(outcome.error());
  return http::Response::json(201, show_work(outcome->work));
}

http::Response edit(Service& service, http::Request& request) {
  const auto id = id_of(request);
  if (!id) return problem(id.error());
  auto title = title_of(request);
  if (!title) return problem(title.error());
  const auto outcome = carry_out(service, EditWork{.id = *id, .title = std::move(*title)}, actor_of(request));
  if (!outcome) return problem(outcome.error());
  return http::Response::json(200, show_work(outcome->work));
}

http::Response drop(Service& service, http::Request& request) {
  const auto id = id_of(request);
  if (!id) return problem(id.error());
  const auto outcome = carry_out(service, DropWork{.id = *id}, actor_of(request));
  if (!outcome) return problem(outcome.error());
  return {.status = 204};
}

}  // namespace

void add_works(http::Router& router, Service& service) {
  using enum http::Method;
  using http::Access;
  const auto route = [&](http::Method method, std::string pattern, Access access,
                         http::Response (*handler)(Service&, http::Request&)) {
    router.add({.method = method,
                .pattern = std::move(pattern),
                .access = access,
                .handler = [&service, handler](http::Request& request) { return handler(service, request); }});
  };
  route(get, "/api/v1/works", Access::any_token, list_works);
  route(post, "/api/v1/works", Access::operator_only, add);
  route(patch, "/api/v1/works/{id}", Access::operator_only, edit);
  route(delete_, "/api/v1/works/{id}", Access::operator_only, drop);
}

}  // namespace scrip::api
