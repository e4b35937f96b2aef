#include <chrono>
#include <nlohmann/json.hpp>
#include <optional>
#include <thread>

#include "cli/arguments.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "cli/remote.h"
#include "ops/clock.h"

namespace scrip::cli {
namespace {

using Json = nlohmann::ordered_json;

struct AuditArguments {
  RemoteArguments remote;
  std::chrono::microseconds since = std::chrono::hours(7 * 24);
  std::string action;
  std::string subject;
  std::string target;
  bool follow = false;
  bool json = false;
};

// The log from a given instant on, oldest first, a page a call.
class Log {
 public:
  explicit Log(const AuditArguments& given) : given_(given) {
    const Micros since = real_time() - given.since.count();
    query_ = "/api/v1/audit?order=oldest&limit=1000&since=" + http::percent_encode(format_instant(since));
    for (const auto& [name, value] :
         {std::pair{"action", given.action}, {"subject", given.subject}, {"target", given.target}}) {
      if (!value.empty()) query_ += std::string("&") + name + "=" + http::percent_encode(value);
    }
  }

  // What came since the last call, and whether there is more to be had at once.
  struct Page {
    std::vector<Json> entries;
    bool more = false;
  };
  Result<Page> next() {
    if (!client_) {
      auto connected = connect(given_.remote);
      if (!connected) return connected.error();
      client_.emplace(std::move(*connected));
    }
    const auto answer = client_->get(query_ + (cursor_.empty() ? "" : "&cursor=" + http::percent_encode(cursor_)));
    // The next call connects anew: the server may have been started again, and tokens end.
    if (!answer || !answer->ok()) client_.reset();
    if (!answer) return answer.error();
    if (!answer->ok()) return answer->error();
    const Json body = Json::parse(answer->body, nullptr, false);
    if (!body.is_object() || !body.contains("data") || !body["data"].is_array()) {
      return {Code::internal, "the server's answer is no list"};
    }
    cursor_ = body.value("next_cursor", cursor_);
    return Page{.entries = {body["data"].begin(), body["data"].end()}, .more = body.value("has_more", false)};
  }

 private:
  const AuditArguments& given_;
  std::string query_;
  std::string cursor_;
  std::optional<http::Client> client_;
};

// "2026-11-21T10:00:00Z  ann (operator)  campaign.edited  campaign/summer  {"total":10} -> {"total":20}"
std::string line_of(const Json& entry) {
  const auto text = [&](const char* name) { return entry.value(name, std::string()); };
  std::string line =
      text("at") + "\t" + text("subject") + " (" + text("role") + ")\t" + text("action") + "\t" + text("target") + "\t";
  const Json before = entry.value("old", Json());
  const Json after = entry.value("new", Json());
  if (!before.is_null()) line += before.dump() + " -> ";
  return line + (after.is_null() ? "gone" : after.dump());
}

int print_page(const Log::Page& page, bool json) {
  std::string text;
  for (const Json& entry : page.entries) text += (json ? entry.dump() : line_of(entry)) + "\n";
  return text.empty() ? done : print(text);
}

// Until it is ended by a signal, or standard output is closed. A server that is started again meanwhile is
// waited for.
int follow(Log& log, bool json) {
  constexpr auto between = std::chrono::seconds(1);
  constexpr auto patience = std::chrono::minutes(1);
  std::optional<std::chrono::steady_clock::time_point> answered;
  for (;;) {
    const auto page = log.next();
    if (page) {
      answered = std::chrono::steady_clock::now();
      if (const int printed = print_page(*page, json); printed != done) return printed;
      if (page->more) continue;
    } else if (!answered || std::chrono::steady_clock::now() - *answered > patience) {
      return fail(page.error());
    }
    std::this_thread::sleep_for(between);
  }
}

int show(Log& log, bool json) {
  for (;;) {
    const auto page = log.next();
    if (!page) return fail(page.error());
    if (const int printed = print_page(*page, json); printed != done || !page->more) return printed;
  }
}

}  // namespace

int audit(int argc, char** argv) {
  CLI::App command("Show what operators did, the oldest first", "scrip audit");
  AuditArguments given;
  add_remote(command, given.remote);
  add_time(command, "--since", given.since, "How far back to begin");
  command.add_option("--action", given.action, "Only this, such as campaign.edited")->type_name("ACTION");
  command.add_option("--subject", given.subject, "Only what this one did")->type_name("NAME");
  command.add_option("--target", given.target, "Only what was done to this, such as campaign/summer")
      ->type_name("TARGET");
  command.add_flag("--follow", given.follow, "Go on with what comes");
  command.add_flag("--json", given.json, "Print a JSON object a line");
  if (const auto status = parse(command, argc, argv)) return *status;
  Log log(given);
  return given.follow ? follow(log, given.json) : show(log, given.json);
}

}  // namespace scrip::cli
