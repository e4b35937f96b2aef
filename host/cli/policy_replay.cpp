// scrip policy replay: what the files of a folder would have said to the recorded decisions.
#include <chrono>
#include <memory>
#include <nlohmann/json.hpp>
#include <thread>

#include "cli/database.h"
#include "cli/output.h"
#include "cli/policy_commands.h"
#include "cli/progress_line.h"
#include "cli/remote.h"
#include "cli/replay_text.h"
#include "ops/background.h"
#include "policy/policy_files.h"
#include "replay/replay.h"
#include "replay/replay_range.h"
#include "replay/report_json.h"

namespace scrip::cli {
namespace {

using Json = nlohmann::ordered_json;

struct ReplayArguments {
  PolicyFolders folders;
  RemoteArguments remote;
  std::string campaign;
  std::chrono::microseconds since{0};
  std::size_t threads = 0;
  std::size_t samples = 3;
  ReplayLimits limits;
  bool json = false;
};

// What both ways come to.
struct Replayed {
  Json report;
  std::vector<std::string> misfits;
};

std::optional<Micros> beginning(const ReplayArguments& given, const std::optional<Micros>& latest) {
  if (given.since.count() == 0 || !latest) return std::nullopt;
  return *latest - given.since.count();
}

Result<Replayed> by_itself(const ReplayArguments& given, const std::shared_ptr<const PolicySet>& set) {
  const auto data = DataDirectory::open(given.remote.data);
  if (!data) return data.error();
  auto database = Database::open(*data);
  if (!database) return database.error();
  Store& store = database->store();
  ReplayOptions options{.threads = given.threads, .samples = given.samples};
  if (!given.campaign.empty()) {
    const auto campaign = database->campaign(given.campaign);
    if (!campaign) return campaign.error();
    options.campaign = campaign->number;
  }
  auto reader = store.reader();
  if (!reader) return reader.error();
  const auto latest = latest_decision_at(**reader);
  if (!latest) return latest.error();
  options.since = beginning(given, *latest);
  const auto range = replay_range(**reader, options.since, std::nullopt);
  if (!range) return range.error();
  options.after = range->after;
  options.last = range->last;

  run_in_background();
  ProgressLine line("decisions");
  const auto report =
      replay(store, set, options, [&](std::int64_t done, std::int64_t total) { line.show(done, total); });
  if (!report) return report.error();
  const auto unfit = misfits(*set, store);
  if (!unfit) return unfit.error();
  Replayed replayed{.report = Json::parse(report_json(*report)), .misfits = {}};
  for (const PolicyError& error : *unfit) replayed.misfits.push_back(to_string(error));
  return replayed;
}

Result<Json> ask(const Result<http::Answer>& answer) {
  auto object = object_of(answer);
  if (!object) return object.error();
  return Json(std::move(*object));
}

Result<std::optional<Micros>> latest_of(http::Client& client) {
  const auto decisions = ask(client.get("/api/v1/decisions?limit=1"));
  if (!decisions) return decisions.error();
  const Json data = decisions->value("data", Json::array());
  return data.empty() ? std::nullopt : parse_instant(data.front().value("at", std::string()));
}

Result<Replayed> by_server(const ReplayArguments& given, const std::vector<PolicyFile>& files) {
  auto client = connect(given.remote);
  if (!client) return client.error();
  Json body{{"base", "none"}, {"files", Json::array()}, {"samples", given.samples}};
  for (const PolicyFile& file : files) body["files"].push_back({{"name", file.name}, {"text", file.text}});
  if (!given.campaign.empty()) body["campaign"] = given.campaign;
  if (given.since.count() > 0) {
    const auto latest = latest_of(*client);
    if (!latest) return latest.error();
    if (const auto since = beginning(given, *latest)) body["since"] = format_instant(*since);
  }
  auto job = ask(client->post("/api/v1/policies/replay", body.dump()));
  if (!job) return job.error();
  const std::string path = "/api/v1/policies/replays/" + http::percent_encode(job->value("id", std::string()));
  ProgressLine line("decisions");
  for (;;) {
    const std::string state = job->value("state", std::string());
    line.show(job->value("done", std::int64_t{0}), job->value("total", std::int64_t{0}));
    if (state == "done") break;
    if (state != "waiting" && state != "running") {
      return {Code::internal, "the replay " + state + ": " + job->value("why", std::string("no reason is given"))};
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    job = ask(client->get(path));
    if (!job) return job.error();
  }
  Replayed replayed{.report = job->value("report", Json::object()), .misfits = {}};
  for (const Json& error : job->value("misfits", Json::array())) {
    replayed.misfits.push_back(error.value("message", std::string()));
  }
  return replayed;
}

Result<Replayed> carry_out(const ReplayArguments& given, std::vector<PolicyError>& errors) {
  // Not its tests: what is being tried may well be what they do not expect yet.
  const TestedSet compiled = compile_folders(given.folders, {.run = false});
  errors = compiled.errors;
  if (!compiled.set) return {Code::invalid_policy, "the policies cannot be replayed"};
  return given.remote.server.empty() ? by_itself(given, compiled.set) : by_server(given, compiled.set->files());
}

int replay(const ReplayArguments& given) {
  std::vector<PolicyError> errors;
  const auto replayed = carry_out(given, errors);
  if (!errors.empty()) return refuse(errors, given.json);
  if (!replayed) return fail(replayed.error());
  int status = print(given.json ? replayed->report.dump() + "\n" : replay_text(replayed->report));
  for (const std::string& misfit : replayed->misfits) status = fail(misfit);
  for (const std::string& passed : passed_limits(replayed->report, given.limits)) status = fail(passed);
  return status;
}

}  // namespace

PolicyCommand add_policy_replay(CLI::App& policy) {
  const auto given = std::make_shared<ReplayArguments>();
  CLI::App& command =
      *policy.add_subcommand("replay", "What the files would have said to the recorded decisions, in their order");
  add_policy_folders(command, given->folders);
  add_remote(command, given->remote);
  add_time(command, "--since", given->since, "How far before the latest decision to begin; default: at the first one");
  command.add_option("--campaign", given->campaign, "Only the decisions of this campaign")->type_name("ID");
  command.add_option("--threads", given->threads, "Workers; default: one a core")
      ->check(CLI::Range(1, 1024))
      ->type_name("N");
  command.add_option("--samples", given->samples, "Decisions shown of each kind and rule")
      ->check(CLI::Range(0, 100))
      ->type_name("N")
      ->capture_default_str();
  const auto limit = [&](const char* name, std::optional<std::int64_t>& value, const char* help) {
    command.add_option(name, value, help)->check(CLI::NonNegativeNumber)->type_name("N");
  };
  limit("--max-flips", given->limits.flips, "Fail when more decisions than that would come out otherwise");
  limit("--max-refused", given->limits.refused, "Fail when more would be newly refused");
  limit("--max-allowed", given->limits.allowed, "Fail when more would be newly allowed");
  limit("--max-cost", given->limits.cost, "Fail when more discount would be given, in minor units of any currency");
  limit("--max-unable", given->limits.unable, "Fail when more could not be made again");
  add_json(command, given->json);
  command.footer(
      "With --data this process reads the database itself, also beside a running server; with --server that\n"
      "one does the work. Limits and counters are counted again from what the files would have decided. Exits 1 when "
      "the files\n"
      "do not compile, a campaign does not fit them, or a --max is passed.");
  return {&command, [given] { return replay(*given); }};
}

}  // namespace scrip::cli
