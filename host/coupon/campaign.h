// A campaign: a pool of coupons with a policy, a total, a period and a time zone.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "coupon/code_format.h"
#include "coupon/time.h"

namespace scrip {

inline constexpr std::int64_t max_total = 1'000'000'000'000;  // 10^12
// A store may keep campaign and serial in one integer.
inline constexpr std::int64_t max_campaigns = (std::int64_t{1} << 20) - 1;
inline constexpr std::int64_t max_serials = std::int64_t{1} << 42;  // computed ones; as many imported ones

enum class CampaignStatus : std::uint8_t { active, paused, ended };

std::string_view name(CampaignStatus status);
std::optional<CampaignStatus> parse_campaign_status(std::string_view name);

// [a-z0-9][a-z0-9_-]{0,63}
bool is_campaign_id(std::string_view id);

// What an operator set. Changes only by edits; what claims change is in CampaignTally.
struct Campaign {
  std::int64_t number = 0;   // 1, 2, 3 ... in the order they were made
  std::int64_t version = 1;  // raised by each edit
  std::string id;
  std::string name;
  std::string policy;                 // the name of a policy
  std::string params = "{}";          // JSON object: rule name -> overridden parameters
  std::optional<std::int64_t> total;  // how many may be issued in all; nullopt: no limit
  std::string pattern;
  Alphabet alphabet = Alphabet::base32;
  std::int64_t format = 0;  // CodeFormat::id
  std::optional<Micros> starts_at;
  std::optional<Micros> ends_at;  // exclusive
  std::string timezone = "UTC";
  std::string metadata = "{}";  // JSON object
  CampaignStatus status = CampaignStatus::active;
  Micros created_at = 0;

  // Whether coupons are given out at `now`: active, and inside the period.
  bool open_at(Micros now) const {
    return status == CampaignStatus::active && (!starts_at || now >= *starts_at) && (!ends_at || now < *ends_at);
  }
};

// What claims change.
struct CampaignTally {
  std::int64_t issued = 0;       // coupons that were ever given to somebody
  std::int64_t redeemed = 0;     // of these, redeemed now
  std::int64_t next_serial = 0;  // no computed coupon at or after it was issued, but by hand
  std::int64_t by_hand = 0;      // coupons at or after next_serial that were assigned by hand
  std::int64_t pooled = 0;       // imported coupons that nobody holds
  std::int64_t held = 0;         // issued coupons of which a hold is in force (coupon/hold.h)
  bool operator==(const CampaignTally&) const = default;

  std::optional<std::int64_t> remaining(const Campaign& campaign) const {
    if (!campaign.total) return std::nullopt;
    return *campaign.total > issued ? *campaign.total - issued : 0;
  }
};

}  // namespace scrip
