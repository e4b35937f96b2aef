#include "coupon/campaign.h"

#include <algorithm>

namespace scrip {

std::string_view name(CampaignStatus status) {
  switch (status) {
    case CampaignStatus::active:
      return "active";
    case CampaignStatus::paused:
      return "paused";
    case CampaignStatus::ended:
      return "ended";
  }
  return "";
}

std::optional<CampaignStatus> parse_campaign_status(std::string_view text) {
  for (const CampaignStatus status : {CampaignStatus::active, CampaignStatus::paused, CampaignStatus::ended}) {
    if (name(status) == text) return status;
  }
  return std::nullopt;
}

bool is_campaign_id(std::string_view id) {
  const auto starts = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  const auto follows = [starts](char c) { return starts(c) || c == '_' || c == '-'; };
  return !id.empty() && id.size() <= 64 && starts(id.front()) && std::all_of(id.begin(), id.end(), follows);
}

}  // namespace scrip
