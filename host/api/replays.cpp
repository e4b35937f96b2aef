// Replays: what a candidate set would have said to the recorded decisions. Each runs behind the
// server's own work; who asked for it asks again how far it is. Nothing is written or activated.
#include <algorithm>
#include <thread>

#include "api/api.h"
#include "api/body.h"
#include "api/call.h"
#include "api/given_files.h"
#include "api/page.h"
#include "api/random_id.h"
#include "api/show.h"
#include "jobs/replays.h"
#include "ledger/fitting.h"
#include "replay/replay_range.h"
#include "replay/report_json.h"

namespace scrip::api {
namespace {

constexpr std::int64_t most_samples = 100;

Error replay_not_found() {
  return Error{.code = Code::not_found,
               .message = "There is no such replay; a server keeps its latest twenty until it ends."};
}

struct Wish {
  GivenSet set;
  std::optional<std::string> campaign;
  std::optional<Micros> since;
  std::optional<Micros> until;
  std::size_t samples = 5;
};

Result<Wish> read_wish(http::Request& request) {
  auto body = json_body(request, EmptyBody::is_empty_object);
  if (!body) return body.error();
  std::vector<FieldError> errors;
  Fields fields(*body, "", errors);
  Wish wish;
  wish.set = read_given_set(fields, errors);
  wish.campaign = fields.text("campaign", 1, 64);
  wish.since = fields.instant("since");
  wish.until = fields.instant("until");
  if (const auto samples = fields.integer("samples", 0, most_samples))
    wish.samples = static_cast<std::size_t>(*samples);
  if (wish.since && wish.until && *wish.until <= *wish.since) fields.refuse("until", "must be later than since");
  fields.finish();
  if (!errors.empty()) return invalid(std::move(errors));
  return wish;
}

Json show(const jobs::ReplayJob& job, bool whole) {
  Json shown{{"id", job.id},
             {"state", name(job.state)},
             {"by", job.by},
             {"campaign_id", job.campaign_id.empty() ? Json() : Json(job.campaign_id)},
             {"revision", job.revision},
             {"done", job.done},
             {"total", job.total},
             {"asked_at", format_instant(job.asked_at)},
             {"ended_at", job.ended_at ? Json(format_instant(*job.ended_at)) : Json()},
             {"misfits", show_errors(job.misfits)}};
  if (!job.why.empty()) shown["why"] = job.why;
  if (job.report && whole) shown["report"] = Json::parse(report_json(*job.report));
  return shown;
}

http::Response start(Service& service, http::Request& request) {
  auto wish = read_wish(request);
  if (!wish) return problem(wish.error());
  // One core is left to the server.
  ReplayOptions options{.threads = std::max(2U, std::thread::hardware_concurrency()) - 1, .samples = wish->samples};
  const auto catalog = service.ledger.catalog();
  if (wish->campaign) {
    const auto campaign = campaign_of(*catalog, *wish->campaign);
    if (!campaign) return problem(campaign.error());
    options.campaign = (*campaign)->number;
  }
  const CompiledSet compiled = compile(service, wish->set);
  if (!compiled.set) return invalid_policy("The policies cannot be replayed: ", compiled.errors);

  auto reader = service.store.reader();
  if (!reader) return problem(reader.error());
  const auto range = replay_range(**reader, wish->since, wish->until);
  if (!range) return problem(range.error());
  options.after = range->after;
  options.last = range->last;
  options.since = wish->since;
  options.until = wish->until;
  jobs::ReplayJob job{.id = random_id("replay"),
                      .by = actor_of(request).subject,
                      .campaign_id = wish->campaign.value_or(""),
                      .misfits = campaigns_that_do_not_fit(*compiled.set, *catalog)};
  const auto started = service.replays.start(std::move(job), compiled.set, options);
  if (!started) return problem(started.error());
  return http::Response::json(202, show(*started, true).dump())
      .with("Location", "/api/v1/policies/replays/" + started->id);
}

http::Response one_replay(Service& service, http::Request& request) {
  const auto job = service.replays.find(request.capture("id"));
  return job ? http::Response::json(200, show(*job, true).dump()) : problem(replay_not_found());
}

http::Response list_replays(Service& service, http::Request& request) {
  if (auto known = only_query(request, {}); !known) return problem(known.error());
  Json data = Json::array();
  for (const jobs::ReplayJob& job : service.replays.list()) data.push_back(show(job, false));
  return list_response(data.dump(), std::optional<std::string>());
}

http::Response cancel(Service& service, http::Request& request) {
  const std::string id = request.capture("id");
  if (!service.replays.find(id)) return problem(replay_not_found());
  service.replays.cancel(id);  // one that is over stays as it is
  const auto job = service.replays.find(id);
  return job ? http::Response::json(200, show(*job, true).dump()) : problem(replay_not_found());
}

}  // namespace

void add_replays(http::Router& router, Service& service) {
  using enum http::Method;
  const auto add = [&](http::Method method, std::string pattern, http::Response (*handler)(Service&, http::Request&),
                       std::size_t limit) {
    router.add({.method = method,
                .pattern = std::move(pattern),
                .access = http::Access::operator_only,
                .handler = [&service, handler](http::Request& request) { return handler(service, request); },
                .body_limit = limit});
  };
  add(post, "/api/v1/policies/replay", start, given_files_limit);
  add(get, "/api/v1/policies/replays", list_replays, 0);
  add(get, "/api/v1/policies/replays/{id}", one_replay, 0);
  add(delete_, "/api/v1/policies/replays/{id}", cancel, 0);
}

}  // namespace scrip::api
