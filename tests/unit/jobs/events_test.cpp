// Which events the ledger makes, and that they are in the commit of what they tell.
#include "outbox_house.h"

namespace scrip::test {
namespace {

std::vector<std::string> kinds(OutboxHouse& house) {
  std::vector<std::string> kinds;
  for (const Event& event : house.events()) kinds.emplace_back(name(event.kind));
  return kinds;
}

using Kinds = std::vector<std::string>;

LedgerOptions with(EventKinds kinds) {
  LedgerOptions options;
  options.claim_events = kinds;
  return options;
}

TEST_CASE("kinds and states of events have names of their own") {
  for (int i = 0; i < event_kind_count; ++i) {
    const auto kind = static_cast<EventKind>(i);
    CHECK(parse_event_kind(name(kind)) == kind);
    CHECK(EventKinds::all().has(kind));
    CHECK(!EventKinds::all().without(kind).has(kind));
  }
  CHECK(!parse_event_kind("coupon.lost"));
  for (const EventState state :
       {EventState::pending, EventState::delivered, EventState::failed, EventState::obsolete}) {
    CHECK(parse_event_state(name(state)) == state);
  }
}

TEST_CASE("claims are events when somebody asked for them, and cost no row when nobody did") {
  const auto [asked, expected] = GENERATE(table<EventKinds, Kinds>({
      {EventKinds(), {"policy.reloaded"}},
      {EventKinds().with(EventKind::coupon_redeemed), {"policy.reloaded", "coupon.redeemed"}},
      {EventKinds::usual(), {"policy.reloaded", "coupon.issued", "coupon.redeemed", "coupon.cancelled"}},
      {EventKinds().with(EventKind::audit), {"policy.reloaded", "audit", "audit"}},
  }));
  OutboxHouse house("days = 7", with(asked));
  const CouponKey coupon = house.issue(house.campaign("c"), "minji");
  REQUIRE(!house.run(Redeem{.coupon = coupon, .order = std::nullopt}).error);
  CHECK(house.run(Redeem{.coupon = coupon, .order = std::nullopt}).error);
  REQUIRE(!house.run(Cancel{.coupon = coupon}).error);
  CHECK(kinds(house) == expected);
  house.check_books();
}

TEST_CASE("a coupon and its event are stored together or not at all") {
  OutboxHouse house("days = 7", with(EventKinds::usual()));
  const auto campaign = house.campaign("c");
  house.store->fail(FaultStore::Step::commit);
  CHECK(house.run(Issue{.campaign = campaign, .user_id = "minji", .subject = std::nullopt}).error);
  CHECK(house.events(EventKind::coupon_issued).empty());
  const CouponKey coupon = house.issue(campaign, "minji");
  const auto events = house.events(EventKind::coupon_issued);
  REQUIRE(events.size() == 1);
  const Json data = Json::parse(events.front().data);
  CHECK(data["coupon"]["code"] == house.ledger->catalog()->book().code(coupon));
  CHECK(events.front().campaign == campaign);
  CHECK(events.front().at == house.clock.now());
}

TEST_CASE("a campaign is sold out once for each total it reaches") {
  OutboxHouse house;
  const auto campaign = house.campaign("c", "free", "UTC", 3);
  const auto sold_out = [&] { return house.events(EventKind::campaign_sold_out).size(); };
  house.issue(campaign, "a");
  house.issue(campaign, "b");
  CHECK(sold_out() == 0);
  house.issue(campaign, "c");
  CHECK(sold_out() == 1);
  CHECK(house.run(Issue{.campaign = campaign, .user_id = "d", .subject = std::nullopt}).error);
  CHECK(sold_out() == 1);
  REQUIRE(!house.run(EditCampaign{.campaign = campaign, .total = 5}).error);
  REQUIRE(!house.run(EditCampaign{.campaign = campaign, .total = 3}).error);
  CHECK(sold_out() == 1);
  REQUIRE(!house.run(EditCampaign{.campaign = campaign, .total = 5}).error);
  house.issue(campaign, "d");
  CHECK(sold_out() == 1);
  REQUIRE(!house.run(EditCampaign{.campaign = campaign, .total = 4}).error);
  CHECK(sold_out() == 2);
  const Json data = Json::parse(house.events(EventKind::campaign_sold_out).back().data);
  CHECK(data == Json{{"campaign_id", "c"}, {"total", 4}, {"issued", 4}});
}

TEST_CASE("a reload is an event, a start that finds the same policies is not") {
  OutboxHouse house("days = 7");
  const auto reloads = [&] { return house.events(EventKind::policy_reloaded).size(); };
  CHECK(reloads() == 1);
  house.activate(reminding("days = 8"));
  CHECK(reloads() == 2);
  house.reopen("days = 8");
  CHECK(reloads() == 2);
  house.reopen("days = 9");
  CHECK(reloads() == 3);
  const Json data = Json::parse(house.events(EventKind::policy_reloaded).back().data);
  CHECK(data["revision"] == house.ledger->policies()->set->revision());
  CHECK(data["by"] == "test");
}

TEST_CASE("an audit entry is an event for whoever asked for it, with what was before and what is now") {
  OutboxHouse house("days = 7", with(EventKinds().with(EventKind::audit)));
  const auto campaign = house.campaign("c");
  REQUIRE(!house.run(EditCampaign{.campaign = campaign, .name = "Autumn"}).error);
  const auto events = house.events(EventKind::audit);
  REQUIRE(events.size() == 3);
  const Json data = Json::parse(events.back().data);
  CHECK(data["action"] == "campaign.edited");
  CHECK(data["target"] == "campaign/c");
  CHECK(data["subject"] == "admin");
  CHECK(data["role"] == "operator");
  CHECK(data["old"] == Json{{"name", "c"}});
  CHECK(data["new"] == Json{{"name", "Autumn"}});
}

TEST_CASE("who does not choose is not told what is the operators' alone") {
  CHECK(jobs::WebhookOptions().kinds == EventKinds::usual());
  CHECK(!EventKinds::usual().has(EventKind::audit));
  CHECK(EventKinds::usual().with(EventKind::audit) == EventKinds::all());
}

}  // namespace
}  // namespace scrip::test
