// scrip policy record: decisions of a running server as golden ones, for scrip policy test --golden.
#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/output.h"
#include "cli/policy_commands.h"
#include "cli/remote.h"

namespace scrip::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr int page = 1000;

struct RecordArguments {
  std::string campaign;
  int limit = page;
  RemoteArguments remote;
};

Result<Json> get(http::Client& client, const std::string& path) {
  const auto answer = client.get(path);
  if (!answer) return answer.error();
  if (!answer->ok()) return answer->error();
  Json body = Json::parse(answer->body, nullptr, false);
  if (!body.is_object()) return {Code::internal, "the server's answer is no JSON object"};
  return body;
}

// Whether a decision can be asked again: it is whole, it was the policy's and not the host's own, and
// it was made under the campaign as it is now, whose parameters are the ones that are known.
bool repeatable(const Json& decision) {
  if (!decision.is_object() || !decision.contains("facts") || !decision.contains("verdict")) return false;
  const Json& facts = decision["facts"];
  if (!facts.contains("campaign") || !facts["campaign"].contains("id")) return false;
  const Json trace = decision.value("trace", Json::array());
  return std::none_of(trace.begin(), trace.end(),
                      [](const Json& entry) { return entry.is_object() && entry.value("rule", "") == "host"; });
}

int record(const RecordArguments& given) {
  auto client = connect(given.remote);
  if (!client) return fail(client.error());
  const std::string id = http::percent_encode(given.campaign);
  const auto campaign = get(*client, "/api/v1/campaigns/" + id);
  if (!campaign) return fail(campaign.error());
  if (!campaign->contains("policy")) return fail("the server's answer names no policy");
  int recorded = 0;
  int passed_over = 0;
  std::string cursor;
  do {
    const int size = std::min(page, given.limit - recorded);
    auto decisions = get(*client, "/api/v1/decisions?campaign=" + id + "&limit=" + std::to_string(size) +
                                      (cursor.empty() ? "" : "&cursor=" + http::percent_encode(cursor)));
    if (!decisions) return fail(decisions.error());
    for (const Json& decision : decisions->value("data", Json::array())) {
      if (!repeatable(decision)) {
        ++passed_over;
        continue;
      }
      const Json line{{"name", "decision " + decision.value("id", std::string("?"))},
                      {"hook", decision.value("hook", "")},
                      {"policy", (*campaign)["policy"]},
                      {"params", campaign->value("params", Json::object())},
                      {"facts", decision["facts"]},
                      {"verdict", decision["verdict"]}};
      if (const int status = print(line.dump() + "\n"); status != done) return status;
      ++recorded;
    }
    const auto next = decisions->find("next_cursor");
    cursor = next != decisions->end() && next->is_string() ? next->get<std::string>() : "";
  } while (!cursor.empty() && recorded < given.limit);
  if (passed_over > 0) {
    complain(std::to_string(passed_over) +
             " passed over: made under an earlier version of the campaign, or refused by the host itself");
  }
  return done;
}

}  // namespace

PolicyCommand add_policy_record(CLI::App& policy) {
  const auto given = std::make_shared<RecordArguments>();
  CLI::App& command = *policy.add_subcommand("record", "Print a campaign's latest decisions as golden ones");
  command.add_option("CAMPAIGN", given->campaign, "The campaign")->required();
  command.add_option("--limit", given->limit, "So many, the latest first")
      ->check(CLI::Range(1, 1'000'000))
      ->type_name("N")
      ->capture_default_str();
  add_remote(command, given->remote);
  return {&command, [given] { return record(*given); }};
}

}  // namespace scrip::cli
