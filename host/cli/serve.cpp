#include <csignal>

#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "cli/arguments.h"
#include "cli/commands.h"
#include "cli/events.h"
#include "cli/node.h"
#include "cli/notice.h"
#include "cli/output.h"
#include "ops/log.h"

namespace scrip::cli {
namespace {

// As they are written on the command line.
struct ServeArguments {
  NodeOptions node;
  PolicyFolders folders;
  std::string clock;
  std::string secret_file;
  std::string log_level = "info";
  std::chrono::microseconds policy_time{};
  std::chrono::microseconds head_time{};
  std::chrono::microseconds progress_time{};
  std::chrono::microseconds idle_time{};
  std::chrono::microseconds sign_in_interval{};
  std::string webhook_url;
  std::string webhook_secret_file;
  std::vector<std::string> webhook_events;
  std::chrono::microseconds webhook_time{};
};

// Its own description would stand beside every option.
const CLI::Validator count = CLI::Validator(CLI::PositiveNumber).description("");

std::string check_instant(const std::string& text) {
  if (parse_instant(text)) return {};
  return "'" + text + "' is no instant; write for example 2026-11-21T10:00:00+09:00";
}

std::string check_zone(const std::string& text) {
  return is_zone(text) ? std::string() : "'" + text + "' is no IANA time zone such as Asia/Seoul";
}

std::string check_log_level(const std::string& text) {
  return parse_log_level(text) ? std::string() : "'" + text + "' is none of debug, info, warn, error, off";
}

void add_what(CLI::App& command, ServeArguments& given) {
  add_data(command, given.node.data)->required()->default_str("");
  command.add_option("--listen", given.node.listen, "Port 0 picks one")->type_name("HOST:PORT")->capture_default_str();
  add_store(command, given.node.store);
  add_policy_folders(command, given.folders);
  command.add_flag("--watch", given.node.watch, "Reload the policies whenever a file of them changes");
  command.add_option("--clock", given.clock, "Start the coupons' clock at this instant")
      ->check(CLI::Validator(check_instant, ""))
      ->type_name("RFC3339");
  command.add_option("--timezone", given.node.timezone, "For campaigns that name none")
      ->check(CLI::Validator(check_zone, ""))
      ->type_name("ZONE")
      ->capture_default_str();
  add_keep_decisions(command, given.node.ledger.keep_decisions);
  command.add_option("--secret-file", given.secret_file, "The tokens' secret, instead of DIR/secret")
      ->type_name("FILE");
  command.add_option("--log-level", given.log_level, "Least important line to log")
      ->check(CLI::Validator(check_log_level, ""))
      ->type_name("LEVEL")
      ->capture_default_str();
  CLI::Option* const compat = command.add_flag(
      "--compat", given.node.compat, "The wires of the services that Scrip replaces, and a campaign for each");
  command.add_flag("--open-rpc", given.node.open_rpc, "With --compat: coupon-live and the RPCs need no token")
      ->needs(compat);
  command.set_config("--config", "", "Options from a TOML file; the command line comes first")->type_name("FILE.toml");
}

std::string check_webhook_url(const std::string& text) {
  return jobs::refuse_webhook_url(text).value_or(std::string());
}

std::string check_event_kind(const std::string& text) {
  if (parse_event_kind(text)) return {};
  std::string kinds;
  for (int i = 0; i < event_kind_count; ++i) {
    kinds += (i == 0 ? "" : ", ") + std::string(name(static_cast<EventKind>(i)));
  }
  return "'" + text + "' is none of " + kinds;
}

void add_webhook(CLI::App& command, ServeArguments& given) {
  given.webhook_time = jobs::WebhookOptions().time_out;
  CLI::Option* const url =
      command.add_option("--webhook-url", given.webhook_url, "POST events there, signed (README, Events)")
          ->check(CLI::Validator(check_webhook_url, ""))
          ->type_name("URL")
          ->group("Events");
  CLI::Option* const secret =
      command.add_option("--webhook-secret-file", given.webhook_secret_file, "What they are signed with")
          ->type_name("FILE")
          ->needs(url)
          ->group("Events");
  url->needs(secret);
  command
      .add_option("--webhook-events", given.webhook_events, "Only these kinds, such as coupon.issued,coupon.expiring")
      ->check(CLI::Validator(check_event_kind, ""))
      ->delimiter(',')
      ->type_name("KIND,...")
      ->needs(url)
      ->group("Events");
  add_time(command, "--webhook-time", given.webhook_time, "For the receiver to answer")->needs(url)->group("Events");
}

// The secret is what the file holds, without the end of its last line.
Result<jobs::WebhookOptions> webhook_of(const ServeArguments& given) {
  constexpr std::size_t shortest_secret = 16;
  jobs::WebhookOptions webhook{.url = given.webhook_url};
  std::ifstream file(given.webhook_secret_file, std::ios::binary);
  webhook.secret.assign(std::istreambuf_iterator<char>(file), {});
  if (!file) return {Code::invalid_request, given.webhook_secret_file + ": cannot be read"};
  while (webhook.secret.ends_with('\n') || webhook.secret.ends_with('\r')) webhook.secret.pop_back();
  if (webhook.secret.size() < shortest_secret) {
    return {Code::invalid_request, given.webhook_secret_file + ": a secret has at least 16 bytes"};
  }
  if (!given.webhook_events.empty()) webhook.kinds = {};
  for (const std::string& kind : given.webhook_events) webhook.kinds = webhook.kinds.with(*parse_event_kind(kind));
  webhook.time_out = std::chrono::duration_cast<std::chrono::milliseconds>(given.webhook_time);
  return webhook;
}

void add_policy_limits(CLI::App& command, ServeArguments& given) {
  given.policy_time = std::chrono::microseconds(given.node.policy.decision_us);
  add_time(command, "--policy-time", given.policy_time, "A policy's time for one decision")->group("Limits");
  add_size(command, "--policy-memory", given.node.policy.memory, "A policy's memory for one decision")->group("Limits");
}

void add_http_limits(CLI::App& command, ServeArguments& given) {
  http::ServerLimits& limits = given.node.http;
  given.head_time = limits.head_time;
  given.progress_time = limits.progress_time;
  given.idle_time = limits.idle_time;
  add_size(command, "--max-body", limits.body, "A request's body, imports excepted")->group("Limits");
  add_size(command, "--max-head", limits.head, "A request's head")->group("Limits");
  add_time(command, "--head-time", given.head_time, "To send a request's head")->group("Limits");
  add_time(command, "--progress-time", given.progress_time, "For a body or a reader to make progress")->group("Limits");
  add_time(command, "--idle-time", given.idle_time, "Before an idle connection is closed")->group("Limits");
  const auto add_count = [&command](const std::string& name, std::size_t& value, const std::string& help) {
    command.add_option(name, value, help)->check(count)->type_name("N")->capture_default_str()->group("Limits");
  };
  add_count("--max-connections", limits.connections, "Open connections");
  add_count("--max-in-flight", limits.in_flight, "Requests that are worked on at once");
  add_count("--max-queued", limits.queued, "Requests that wait for that");
}

void add_sign_in_limits(CLI::App& command, ServeArguments& given) {
  given.sign_in_interval = given.node.sign_in_interval;
  command
      .add_option("--sign-ins-at-once", given.node.sign_ins_at_once,
                  "Sign-ins of one login at once; ten times as many of one address")
      ->check(count)
      ->type_name("N")
      ->capture_default_str()
      ->group("Limits");
  add_time(command, "--sign-in-interval", given.sign_in_interval, "Then one in this time")->group("Limits");
  command.add_option("--password-cost", given.node.password_cost, "bcrypt's cost")
      ->check(CLI::Range(4, 31).description(""))
      ->type_name("N")
      ->capture_default_str()
      ->group("Limits");
}

NodeOptions to_options(const ServeArguments& given) {
  const auto ms = [](std::chrono::microseconds time) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(time);
  };
  NodeOptions options = given.node;
  options.scripts = given.folders.scripts;
  options.plugins = given.folders.plugins;
  if (!given.secret_file.empty()) options.secret_file = given.secret_file;
  if (!given.clock.empty()) options.clock_shift = *parse_instant(given.clock) - real_time();
  options.policy.decision_us = given.policy_time.count();
  options.http.head_time = ms(given.head_time);
  options.http.progress_time = ms(given.progress_time);
  options.http.idle_time = ms(given.idle_time);
  options.sign_in_interval = ms(given.sign_in_interval);
  return options;
}

// Blocked in every thread, since threads inherit it from this one; the main thread waits for them.
sigset_t block_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGHUP);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  return signals;
}

void serve_until_told(Node& node, const sigset_t& signals) {
  int signal = 0;
  while (sigwait(&signals, &signal) == 0 && signal == SIGHUP) {
    log_reload(node.reload().from_disk({.by = "SIGHUP", .origin = PolicyOrigin::signal}));
  }
  log(LogLevel::info, "stopping", {{"signal", signal == SIGINT ? "SIGINT" : "SIGTERM"}});
  // Who presses Ctrl-C again wants to wait no longer. Nothing that was answered is lost by it.
  sigset_t interrupt;
  sigemptyset(&interrupt);
  sigaddset(&interrupt, SIGINT);
  pthread_sigmask(SIG_UNBLOCK, &interrupt, nullptr);
  node.stop();
}

}  // namespace

int serve(int argc, char** argv) {
  CLI::App command("Serve coupons over HTTP", "scrip serve");
  ServeArguments given;
  add_what(command, given);
  add_webhook(command, given);
  add_policy_limits(command, given);
  add_http_limits(command, given);
  add_sign_in_limits(command, given);
  if (const auto status = parse(command, argc, argv)) return *status;

  set_log_level(*parse_log_level(given.log_level));
  const sigset_t signals = block_signals();
  NodeOptions options = to_options(given);
  options.notice = [output = std::make_shared<NoticeOutput>()](const std::string& line) { output->write(line); };
  if (!given.webhook_url.empty()) {
    auto webhook = webhook_of(given);
    if (!webhook) return fail(webhook.error());
    options.webhook = std::move(*webhook);
  }
  auto node = Node::start(std::move(options));
  if (!node) return fail(node.error());
  const int printed = print("listening on " + (*node)->url() + "\n");
  // Notices go to stdout as well, and the address is its first line.
  (*node)->start_jobs();
  serve_until_told(**node, signals);
  return printed;
}

}  // namespace scrip::cli
