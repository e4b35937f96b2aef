// A campaign as it is, for commands that ask its policy about made-up facts: from the server, or from
// the database of a directory that no server runs on.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "cli/remote.h"

namespace scrip::cli {

struct KnownCampaign {
  std::string policy;
  nlohmann::json params;  // what it overrides
  nlohmann::json facts;   // `campaign` as read_given_facts takes it
};

Result<KnownCampaign> known_campaign(const RemoteArguments& remote, const std::string& id);

}  // namespace scrip::cli
