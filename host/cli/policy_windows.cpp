// scrip policy windows: when a campaign gives coupons out, with the changes of its clocks.
#include <array>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/database.h"
#include "cli/output.h"
#include "cli/policy_commands.h"
#include "cli/remote.h"
#include "coupon/zone_change.h"
#include "ledger/windows.h"
#include "ops/clock.h"

namespace scrip::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr int page = 100;  // the route's most
constexpr std::size_t most_windows = 100'000;

struct WindowsArguments {
  std::string campaign;
  int days = 7;
  std::string from;
  RemoteArguments remote;
  PolicyFolders folders;
  bool json = false;
};

// What there is to show.
struct Calendar {
  std::string zone;
  Micros from = 0;
  Micros to = 0;
  std::vector<Window> windows;
};

// So many days of the zone's calendar later.
Micros days_later(const std::string& zone, Micros from, int days) {
  LocalTime local = local_time(zone, from);
  local.day += days;
  return instant_of(zone, local);
}

// The windows from an instant on, at most a page of them.
using Page = std::function<Result<std::vector<Window>>(Micros from)>;

// Page by page, until one opens at `to` or later, or stays open.
Result<void> fill(Calendar& calendar, const Page& next) {
  Micros at = calendar.from;
  while (calendar.windows.size() < most_windows) {
    auto windows = next(at);
    if (!windows) return windows.error();
    for (const Window& window : *windows) {
      if (window.opens >= calendar.to) return {};
      calendar.windows.push_back(window);
      if (!window.closes || *window.closes >= calendar.to) return {};
      at = *window.closes;
    }
    if (windows->size() < page) return {};
  }
  return {Code::internal, "there are more than " + std::to_string(most_windows) + " windows; ask for fewer days"};
}

std::optional<Micros> instant_member(const Json& object, const char* member) {
  const auto found = object.find(member);
  return found != object.end() && found->is_string() ? parse_instant(found->get_ref<const std::string&>())
                                                     : std::nullopt;
}

Result<Json> ask_server(http::Client& client, const std::string& campaign, const std::string& query) {
  const auto answer = client.get("/api/v1/campaigns/" + http::percent_encode(campaign) + "/windows" + query);
  if (!answer) return answer.error();
  if (!answer->ok()) return answer->error();
  Json body = Json::parse(answer->body, nullptr, false);
  const bool whole = body.is_object() && body.contains("data") && body["data"].is_array() &&
                     body.contains("timezone") && body["timezone"].is_string() && instant_member(body, "now");
  if (!whole || !is_zone(body["timezone"].get_ref<const std::string&>())) {
    return {Code::internal, "the server's answer is not about windows"};
  }
  return body;
}

Result<Calendar> by_server(http::Client& client, const WindowsArguments& given, std::optional<Micros> from) {
  const auto first = ask_server(client, given.campaign, "?limit=1");
  if (!first) return first.error();
  Calendar calendar{.zone = (*first)["timezone"], .from = from.value_or(*instant_member(*first, "now"))};
  calendar.to = days_later(calendar.zone, calendar.from, given.days);
  const auto filled = fill(calendar, [&](Micros at) -> Result<std::vector<Window>> {
    const auto body = ask_server(
        client, given.campaign, "?limit=" + std::to_string(page) + "&from=" + http::percent_encode(format_instant(at)));
    if (!body) return body.error();
    std::vector<Window> windows;
    for (const Json& each : (*body)["data"]) {
      const auto opens = each.is_object() ? instant_member(each, "opens_at") : std::nullopt;
      if (!opens) return {Code::internal, "the server's answer has a window without an opening"};
      windows.push_back({.opens = *opens, .closes = instant_member(each, "closes_at")});
    }
    return windows;
  });
  if (!filled) return filled.error();
  return calendar;
}

// Without a server: the campaign as it is stored, under the policies on disk.
Result<Calendar> by_itself(const WindowsArguments& given, std::optional<Micros> from) {
  const auto data = DataDirectory::open(given.remote.data);
  if (!data) return data.error();
  auto database = Database::open(*data);
  if (!database) return database.error();
  const auto found = database->campaign(given.campaign);
  if (!found) return found.error();
  const auto campaign = std::make_shared<const Campaign>(*found);
  TestedSet compiled = compile_folders(given.folders, {.run = false});
  if (!compiled.set) return {Code::invalid_policy, to_string(compiled.errors.front())};
  auto policies = std::make_shared<ActivePolicies>();
  policies->set = compiled.set;
  const std::shared_ptr<const ActivePolicies> active = policies;
  Judges judges;
  Calendar calendar{.zone = campaign->timezone, .from = from.value_or(SystemClock().now())};
  calendar.to = days_later(calendar.zone, calendar.from, given.days);
  const auto filled = fill(calendar, [&](Micros at) { return windows_of(judges, active, campaign, at, page); });
  if (!filled) return filled.error();
  return calendar;
}

std::string day_name(const LocalTime& local) {
  constexpr std::array names{"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
  return names[static_cast<std::size_t>(local.weekday - 1)];
}

// "Sun 2026-03-08T01:30:00-05:00"
std::string local_text(const std::string& zone, Micros instant) {
  return day_name(local_time(zone, instant)) + " " + format_instant(instant, zone);
}

std::string change_text(const ZoneChange& change) {
  const int by = change.after_s - change.before_s;
  const auto wall = [&](int offset) {
    // What the clocks show, as if it were UTC.
    return format_instant(change.at + offset * second).substr(11, 8);
  };
  return "  ~~ the clocks go " + std::string(by > 0 ? "forward" : "back") + " by " +
         format_duration(std::chrono::seconds(std::abs(by))) + " at " + format_instant(change.at) + ": " +
         wall(change.before_s) + " (" + format_offset(change.before_s) + ") becomes " + wall(change.after_s) + " (" +
         format_offset(change.after_s) + ")\n";
}

std::string as_lines(const Calendar& calendar, const std::string& campaign) {
  const auto& zone = calendar.zone;
  std::string text = campaign + ", " + zone + ", from " + local_text(zone, calendar.from) + " to " +
                     local_text(zone, calendar.to) + "\n";
  const auto changes = zone_changes(zone, calendar.from, calendar.to);
  auto change = changes.begin();
  for (const Window& window : calendar.windows) {
    for (; change != changes.end() && change->at <= window.opens; ++change) text += change_text(*change);
    text += local_text(zone, window.opens);
    if (window.closes) {
      text += " to " + local_text(zone, *window.closes) + " (" +
              format_duration(std::chrono::microseconds(*window.closes - window.opens)) + ")\n";
    } else {
      text += ", and stays open\n";
    }
  }
  for (; change != changes.end(); ++change) text += change_text(*change);
  if (calendar.windows.empty()) text += "no window\n";
  return text;
}

std::string as_json(const Calendar& calendar, const std::string& campaign) {
  const auto& zone = calendar.zone;
  Json windows = Json::array();
  for (const Window& window : calendar.windows) {
    windows.push_back({{"opens_at", format_instant(window.opens, zone)},
                       {"closes_at", window.closes ? Json(format_instant(*window.closes, zone)) : Json()}});
  }
  Json changes = Json::array();
  for (const ZoneChange& change : zone_changes(zone, calendar.from, calendar.to)) {
    changes.push_back({{"at", format_instant(change.at)},
                       {"before", format_offset(change.before_s)},
                       {"after", format_offset(change.after_s)}});
  }
  return Json{{"campaign", campaign},
              {"timezone", zone},
              {"from", format_instant(calendar.from, zone)},
              {"to", format_instant(calendar.to, zone)},
              {"windows", std::move(windows)},
              {"clock_changes", std::move(changes)}}
             .dump() +
         "\n";
}

int windows(const WindowsArguments& given) {
  std::optional<Micros> from;
  if (!given.from.empty()) {
    from = parse_instant(given.from);
    constexpr Micros room = 400 * day;
    if (!from || *from > max_exact - room) {
      return wrong_usage("--from '" + given.from +
                         "' is no instant before the year 2254 such as 2026-11-21T10:00:00+09:00");
    }
  }
  auto client = connect_if_running(given.remote);
  if (!client) return fail(client.error());
  const auto calendar = *client ? by_server(**client, given, from) : by_itself(given, from);
  if (!calendar) return fail(calendar.error());
  return print(given.json ? as_json(*calendar, given.campaign) : as_lines(*calendar, given.campaign));
}

}  // namespace

PolicyCommand add_policy_windows(CLI::App& policy) {
  const auto given = std::make_shared<WindowsArguments>();
  CLI::App& command =
      *policy.add_subcommand("windows", "Show when a campaign gives coupons out, and when its clocks change");
  command.add_option("CAMPAIGN", given->campaign, "The campaign")->required();
  command.add_option("--days", given->days, "So many days")
      ->check(CLI::Range(1, 366))
      ->type_name("N")
      ->capture_default_str();
  command.add_option("--from", given->from, "The first instant, RFC 3339; default: now")->type_name("INSTANT");
  add_remote(command, given->remote);
  add_policy_folders(command, given->folders);
  add_json(command, given->json);
  command.footer("Without a running server: the stored campaign under the policies of --scripts and --plugins.");
  return {&command, [given] { return windows(*given); }};
}

}  // namespace scrip::cli
