#include "cli/known_campaign.h"

#include "cli/database.h"

namespace scrip::cli {
namespace {

using Json = nlohmann::json;

constexpr const char* members_of_facts[] = {"id",        "total",   "issued",   "redeemed",
                                            "starts_at", "ends_at", "timezone", "metadata"};

Result<KnownCampaign> ask_server(http::Client& client, const std::string& id) {
  const auto campaign = object_of(client.get("/api/v1/campaigns/" + http::percent_encode(id)));
  if (!campaign) return campaign.error();
  const auto policy = campaign->find("policy");
  const auto params = campaign->find("params");
  if (policy == campaign->end() || !policy->is_string() || params == campaign->end() || !params->is_object()) {
    return {Code::internal, "the server's answer is not about a campaign"};
  }
  KnownCampaign known{.policy = *policy, .params = *params, .facts = Json::object()};
  for (const char* member : members_of_facts) {
    const auto found = campaign->find(member);
    if (found != campaign->end() && !found->is_null()) known.facts[member] = *found;
  }
  return known;
}

Result<KnownCampaign> look_up(const std::filesystem::path& path, const std::string& id) {
  const auto data = DataDirectory::open(path);
  if (!data) return data.error();
  auto database = Database::open(*data);
  if (!database) return database.error();
  const auto found = database->campaign(id);
  if (!found) return found.error();
  const auto reader = database->store().reader();
  if (!reader) return reader.error();
  const auto tally = (*reader)->tally(found->number);
  if (!tally) return tally.error();
  KnownCampaign known{.policy = found->policy,
                      .params = Json::parse(found->params),
                      .facts = {{"id", found->id},
                                {"issued", tally->issued},
                                {"redeemed", tally->redeemed},
                                {"timezone", found->timezone},
                                {"metadata", Json::parse(found->metadata)}}};
  if (found->total) known.facts["total"] = *found->total;
  if (found->starts_at) known.facts["starts_at"] = *found->starts_at;
  if (found->ends_at) known.facts["ends_at"] = *found->ends_at;
  return known;
}

}  // namespace

Result<KnownCampaign> known_campaign(const RemoteArguments& remote, const std::string& id) {
  auto client = connect_if_running(remote);
  if (!client) return client.error();
  return *client ? ask_server(**client, id) : look_up(remote.data, id);
}

}  // namespace scrip::cli
