#include "coupon/campaign.h"

#include <catch2/catch.hpp>
#include <string>

using namespace scrip;

TEST_CASE("statuses of a campaign are known by name") {
  for (const auto status : {CampaignStatus::active, CampaignStatus::paused, CampaignStatus::ended}) {
    CHECK(parse_campaign_status(name(status)) == status);
  }
  CHECK(name(CampaignStatus::paused) == "paused");
  CHECK_FALSE(parse_campaign_status("").has_value());
  CHECK_FALSE(parse_campaign_status("Active").has_value());
}

TEST_CASE("a campaign's id is up to 64 small letters, digits, dashes and underscores") {
  for (const std::string& id :
       {std::string("a"), std::string("7"), std::string("summer_2026-a"), std::string(64, 'x')}) {
    CAPTURE(id);
    CHECK(is_campaign_id(id));
  }
  for (const std::string& id :
       {std::string(), std::string(65, 'x'), std::string("-a"), std::string("_a"), std::string("A"), std::string("a b"),
        std::string("a/b"), std::string("a.b"), std::string("é"), std::string("a\0b", 3), std::string("a\n")}) {
    CAPTURE(id);
    CHECK_FALSE(is_campaign_id(id));
  }
}

TEST_CASE("a campaign is open while it is active, from its start and before its end") {
  Campaign campaign{.starts_at = 100, .ends_at = 200};
  CHECK_FALSE(campaign.open_at(99));
  CHECK(campaign.open_at(100));
  CHECK(campaign.open_at(199));
  CHECK_FALSE(campaign.open_at(200));
  campaign.status = CampaignStatus::paused;
  CHECK_FALSE(campaign.open_at(150));
  CHECK(Campaign{}.open_at(latest_instant));
}

TEST_CASE("what remains of a campaign is its total less what was issued, never below nothing") {
  CHECK(CampaignTally{.issued = 3}.remaining(Campaign{.total = 10}) == 7);
  CHECK(CampaignTally{.issued = 11}.remaining(Campaign{.total = 10}) == 0);
  CHECK_FALSE(CampaignTally{.issued = 3}.remaining(Campaign{}).has_value());
}
