// scrip decisions: what was decided, a line each.
#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>
#include <optional>
#include <thread>

#include "cli/arguments.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "cli/policy_answer.h"
#include "cli/remote.h"

namespace scrip::cli {
namespace {

using Json = nlohmann::json;

struct DecisionArguments {
  RemoteArguments remote;
  std::string user;
  std::string campaign;
  std::string coupon;
  std::string code;
  std::string hook;
  std::string since;
  std::string until;
  int limit = 50;
  bool follow = false;
  bool json = false;
};

std::string check_moment(const std::string& text) {
  if (parse_instant(text) || parse_duration(text)) return {};
  return "'" + text + "' is neither an instant such as 2026-11-21T10:00:00+09:00 nor a time such as 7d";
}

// An instant as it is given, or so long before the server's clock of coupons.
Result<std::string> instant_of(http::Client& client, const std::string& text) {
  if (parse_instant(text)) return text;
  const auto health = object_of(client.get("/healthz"));
  if (!health) return health.error();
  const auto now = parse_instant(text_member(*health, "now"));
  if (!now) return {Code::internal, "the server does not say what time it is"};
  return format_instant(std::max(*now - parse_duration(text)->count(), earliest_instant));
}

Result<std::string> query_of(http::Client& client, const DecisionArguments& given) {
  std::string query;
  const auto add = [&query](const char* parameter, const std::string& value) {
    if (!value.empty()) query += std::string("&") + parameter + "=" + http::percent_encode(value);
  };
  add("user_id", given.user);
  add("campaign", given.campaign);
  add("coupon", given.coupon);
  add("code", given.code);
  add("hook", given.hook);
  for (const auto& [parameter, text] : {std::pair{"since", given.since}, {"until", given.until}}) {
    if (text.empty()) continue;
    const auto instant = instant_of(client, text);
    if (!instant) return instant;
    add(parameter, *instant);
  }
  return query;
}

// Newest first: until there are `limit`, or `is_enough` says that the rest is known.
template <class IsEnough>
Result<std::vector<Json>> read(http::Client& client, const std::string& query, std::size_t limit,
                               const IsEnough& is_enough) {
  std::vector<Json> decisions;
  std::string cursor;
  for (;;) {
    const std::size_t wanted = std::min<std::size_t>(limit - decisions.size(), 1'000);
    const auto page = object_of(client.get("/api/v1/decisions?limit=" + std::to_string(wanted) + query +
                                           (cursor.empty() ? "" : "&cursor=" + http::percent_encode(cursor))));
    if (!page) return page.error();
    const auto data = page->find("data");
    if (data == page->end() || !data->is_array()) return {Code::internal, "the server's answer is no list"};
    for (const Json& decision : *data) {
      if (is_enough(decision)) return decisions;
      decisions.push_back(decision);
    }
    cursor = text_member(*page, "next_cursor");
    if (cursor.empty() || decisions.size() >= limit) return decisions;
  }
}

// "per_user_limit: You already have this coupon.", "expiry, discount"
std::string reason_of(const Json& decision) {
  std::string effects;
  const auto trace = decision.find("trace");
  if (trace == decision.end() || !trace->is_array()) return text_member(decision, "unreadable");
  for (const Json& entry : *trace) {
    const std::string rule = text_member(entry, "rule");
    const std::string result = text_member(entry, "result");
    if (result == "denied") return rule + ": " + text_member(entry, "sentence");
    if (result == "failed") return rule + ": " + text_member(entry, "error");
    if (result == "effect") effects += (effects.empty() ? "" : ", ") + rule;
  }
  return effects;
}

// "17  2026-11-21T10:00:00Z  summer  minji  7K2M-9QXD  issue already_issued  per_user_limit: You already ..."
std::string line_of(const Json& decision) {
  const auto or_dash = [&](const char* member) {
    const std::string text = text_member(decision, member);
    return text.empty() ? std::string("-") : text;
  };
  return or_dash("id") + "\t" + or_dash("at") + "\t" + or_dash("campaign_id") + "\t" + or_dash("user_id") + "\t" +
         or_dash("coupon") + "\t" + hook_text(decision) + " " + or_dash("code") + "\t" + reason_of(decision);
}

int print_all(const std::vector<Json>& decisions, bool json) {
  std::string text;
  for (const Json& decision : decisions) text += (json ? decision.dump() : line_of(decision)) + "\n";
  return text.empty() ? done : print(text);
}

// The latest, then what comes, oldest first; until it is ended by a signal, or standard output is closed.
int follow(http::Client& client, const std::string& query, const DecisionArguments& given) {
  std::int64_t last = 0;
  const auto id_of = [](const Json& decision) { return std::stoll(text_member(decision, "id")); };
  for (std::size_t limit = static_cast<std::size_t>(given.limit);; limit = 100'000) {
    auto news = read(client, query, limit, [&](const Json& decision) { return id_of(decision) <= last; });
    if (!news) return fail(news.error());
    if (!news->empty()) last = id_of(news->front());
    std::reverse(news->begin(), news->end());
    if (const int printed = print_all(*news, given.json); printed != done) return printed;
    std::this_thread::sleep_for(std::chrono::seconds(1));
  }
}

}  // namespace

int decisions(int argc, char** argv) {
  CLI::App command("Show what was decided and why, the latest first", "scrip decisions");
  DecisionArguments given;
  add_remote(command, given.remote);
  command.add_option("--user", given.user, "Only this user's")->type_name("USER");
  command.add_option("--campaign", given.campaign, "Only of this campaign")->type_name("CAMPAIGN");
  command.add_option("--coupon", given.coupon, "Only about the coupon with this code")->type_name("COUPON");
  command.add_option("--code", given.code, "Only refusals with this code, such as already_issued, or allowed")
      ->type_name("CODE");
  command.add_option("--hook", given.hook, "Only these: " + std::string(hook_list))->type_name("HOOK");
  for (const auto& [name, value, help] :
       {std::tuple{"--since", &given.since, "Only from then on: an instant, or so long ago, such as 7d"},
        {"--until", &given.until, "Only before then, likewise"}}) {
    command.add_option(name, *value, help)->check(CLI::Validator(check_moment, ""))->type_name("WHEN");
  }
  command.add_option("--limit", given.limit, "How many")
      ->check(CLI::Range(1, 100'000).description(""))
      ->type_name("N")
      ->capture_default_str();
  command.add_flag("--follow", given.follow, "Show the latest with the oldest first, and go on with what comes");
  add_json(command, given.json);
  if (const auto status = parse(command, argc, argv)) return *status;

  auto client = connect(given.remote);
  if (!client) return fail(client.error());
  const auto query = query_of(*client, given);
  if (!query) return fail(query.error());
  if (given.follow) return follow(*client, *query, given);
  const auto found = read(*client, *query, static_cast<std::size_t>(given.limit), [](const Json&) { return false; });
  if (!found) return fail(found.error());
  return print_all(*found, given.json);
}

}  // namespace scrip::cli
