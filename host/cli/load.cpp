#include <csignal>

#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "cli/arguments.h"
#include "cli/commands.h"
#include "cli/data_directory.h"
#include "cli/load_run.h"
#include "cli/output.h"
#include "cli/progress_line.h"
#include "coupon/time.h"
#include "http/tokens.h"

namespace scrip::cli {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr std::int64_t most_users = 1'000'000;
constexpr std::int64_t most_campaigns = 10'000;

struct LoadArguments {
  LoadPlan plan;
  std::filesystem::path data;
  std::string protocol = "connect";
  std::string think = "100ms-300ms";
  std::string first_day, last_day;
  std::chrono::microseconds time = std::chrono::seconds(60);
  bool json = false;
};

struct Think {
  std::chrono::microseconds from{}, to{};
};

// "100ms-300ms", "200ms", "0".
std::optional<Think> parse_think(const std::string& text) {
  const std::size_t dash = text.find('-');
  const auto from = parse_duration(text.substr(0, dash));
  const auto to = dash == std::string::npos ? from : parse_duration(text.substr(dash + 1));
  if (!from || !to || *from > *to) return std::nullopt;
  return Think{*from, *to};
}

std::string check_think(const std::string& text) {
  return parse_think(text) ? "" : "'" + text + "' is no time to think; write for example 100ms-300ms, 1s or 0";
}

std::string check_day(const std::string& text) {
  return local_day("UTC", text) ? "" : "'" + text + "' is no date as YYYY-MM-DD";
}

void add_options(CLI::App& command, LoadArguments& given) {
  LoadPlan& plan = given.plan;
  command.add_option("--server", plan.target.url, "The server; without it the one that serves --data")
      ->type_name("URL");
  CLI::Option* const data = add_data(command, given.data)->default_str("");
  data->description("Make the token, an operator's, from this data directory");
  command.add_option("--token", plan.target.token, "The token instead; without both $SCRIP_TOKEN, if it is set")
      ->type_name("TOKEN")
      ->excludes(data);
  command.add_option("--protocol", given.protocol, "connect: the Campaign RPC; rest: /api/v1")
      ->check(CLI::IsMember({"connect", "rest"}).description(""))
      ->type_name("connect|rest")
      ->capture_default_str();
  command.add_option("--users", plan.users, "Who claim and look, each on its own")
      ->check(CLI::Range(std::int64_t{2}, most_users).description(""))
      ->type_name("N")
      ->capture_default_str();
  command.add_option("--campaigns", plan.campaigns, "Each is made with coupons for three quarters of the users")
      ->check(CLI::Range(std::int64_t{1}, most_campaigns).description(""))
      ->type_name("N")
      ->capture_default_str();
  add_time(command, "--time", given.time, "At most");
  command.add_option("--think", given.think, "A user's pause between two calls; 0: none")
      ->check(CLI::Validator(check_think, ""))
      ->type_name("TIME[-TIME]")
      ->capture_default_str();
  command.add_option("--start-date", given.first_day, "The campaigns' first day")
      ->check(CLI::Validator(check_day, ""))
      ->type_name("YYYY-MM-DD");
  command.add_option("--end-date", given.last_day, "Their last")
      ->check(CLI::Validator(check_day, ""))
      ->type_name("YYYY-MM-DD");
  add_json(command, given.json);
}

// As an operator of the server on a data directory.
Result<std::string> token_of(const ServerAddress& server) {
  auto secret = http::Tokens::load_or_make_secret(server.secret_file);
  if (!secret) return secret.error();
  return http::Tokens(std::move(*secret)).make({.subject = "load", .role = Role::operator_}, std::chrono::hours(24));
}

Result<void> find_target(const CLI::App& command, const LoadArguments& given, LoadTarget& target) {
  const bool by_data = command.count("--data") > 0 || target.url.empty();
  if (by_data) {
    const auto data = DataDirectory::open(given.data);
    if (!data) return data.error();
    const auto server = data->server();
    if (!server) return server.error();
    if (!*server) return {Code::internal, "no server is running on " + given.data.string()};
    if (target.url.empty()) target.url = (**server).url;
    if (!target.token.empty()) return {};
    auto token = token_of(**server);
    if (!token) return token.error();
    target.token = std::move(*token);
  } else if (const char* const token = std::getenv("SCRIP_TOKEN"); token && target.token.empty()) {
    target.token = token;
  }
  return {};
}

LoadPlan plan_of(const LoadArguments& given) {
  LoadPlan plan = given.plan;
  plan.target.protocol = given.protocol == "rest" ? LoadProtocol::rest : LoadProtocol::connect;
  const Think think = *parse_think(given.think);
  plan.think_from = think.from;
  plan.think_to = think.to;
  if (!given.first_day.empty()) plan.first_day = given.first_day;
  if (!given.last_day.empty()) plan.last_day = given.last_day;
  return plan;
}

// Blocked in every thread; the main thread asks for them.
sigset_t block_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  return signals;
}

std::string progress_text(const LoadProgress& progress, double seconds, std::size_t campaigns) {
  std::array<char, 160> text{};
  std::snprintf(text.data(), text.size(),
                "%.1f s, %" PRId64 " requests (%.0f a second), %" PRId64 " of %" PRId64 " coupons, %" PRId64
                " of %zu campaigns exhausted",
                seconds, progress.requests, static_cast<double>(progress.requests) / std::max(seconds, 0.001),
                progress.issued, progress.allowed, progress.exhausted, campaigns);
  return text.data();
}

// Why it ended.
std::string watch(const LoadRun& run, const LoadArguments& given, const sigset_t& signals) {
  ProgressLine line("load");
  const auto began = SteadyClock::now();
  for (;;) {
    if (run.exhausted()) return "all campaigns are exhausted";
    const auto passed = SteadyClock::now() - began;
    if (passed >= given.time) return "the time is up";
    line.show(progress_text(run.progress(), std::chrono::duration<double>(passed).count(),
                            static_cast<std::size_t>(given.plan.campaigns)));
    const timespec moment{.tv_sec = 0, .tv_nsec = 20'000'000};
    if (sigtimedwait(&signals, nullptr, &moment) > 0) return "interrupted";
  }
}

int finish(LoadReport report, bool json) {
  const int printed = print(json ? as_json(report) + "\n" : as_text(report));
  if (!report.reached()) return fail("the server did not answer");
  if (report.over_issued()) return fail("more was issued than allowed");
  if (!report.counted()) return fail("the server did not say how much was issued");
  return printed;
}

}  // namespace

int load(int argc, char** argv) {
  CLI::App command("Put a server under load: users claim coupons and look at campaigns, in turn", "scrip load");
  LoadArguments given;
  add_options(command, given);
  if (const auto status = parse(command, argc, argv)) return *status;
  if (auto found = find_target(command, given, given.plan.target); !found) return fail(found.error());

  const sigset_t signals = block_signals();
  auto run = LoadRun::start(plan_of(given));
  if (!run) return fail(run.error());
  std::string ended = watch(*run, given, signals);
  // Who presses Ctrl-C again wants to wait no longer.
  pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
  LoadReport report = run->finish();
  report.ended = std::move(ended);
  return finish(std::move(report), given.json);
}

}  // namespace scrip::cli
