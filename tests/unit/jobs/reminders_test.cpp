#include "jobs/reminders.h"

#include <thread>

#include "outbox_house.h"

namespace scrip::test {
namespace {

using Notices = std::vector<std::string>;

TEST_CASE("a coupon's holder is reminded once, on the day, however often a pass runs") {
  OutboxHouse house;
  const auto campaign = house.campaign("kakao", "kakaopay");
  house.issue(campaign, "minji");  // until the 28th
  CHECK(house.pass().notices == 0);
  CHECK(house.pass_at("2026-11-24T23:59:59+09:00").notices == 0);
  CHECK(house.pass_at("2026-11-25T00:00:00+09:00").notices == 1);
  CHECK(house.pass().notices == 0);
  CHECK(house.pass_at("2026-11-26T09:00:00+09:00").notices == 0);
  house.reopen();
  CHECK(house.pass().notices == 0);
  CHECK(house.pass_at("2026-11-28T09:59:59+09:00").notices == 0);
  CHECK(house.pass_at("2026-11-29T09:00:00+09:00").notices == 0);
  CHECK(house.notices() == Notices{"minji: 쿠폰이 3일 후 만료됩니다."});
  house.check_books();
}

TEST_CASE("each of several days has its notice, and what was missed is made up for by the nearest of them") {
  const auto [missed, expected] = GENERATE(table<bool, Notices>({
      {false,
       {"minji: This coupon expires in 7 days.", "minji: This coupon expires in 3 days.",
        "minji: This coupon expires tomorrow."}},
      {true, {"minji: This coupon expires in 2 days.", "minji: This coupon expires tomorrow."}},
  }));
  OutboxHouse house("days = 10, remind_days = { 7, 3, 1 }");
  house.issue(house.campaign("c"), "minji");  // until the 1st of December
  house.pass();
  if (!missed) {
    for (const char* day : {"24", "25", "26", "27", "28"}) {
      house.pass_at("2026-11-" + std::string(day) + "T08:00:00+09:00");
    }
  }
  house.reopen("days = 10, remind_days = { 7, 3, 1 }");
  house.pass_at("2026-11-29T08:00:00+09:00");
  house.pass_at("2026-11-30T08:00:00+09:00");
  house.pass_at("2026-12-01T08:00:00+09:00");
  CHECK(house.notices() == expected);
}

TEST_CASE("no notice about a coupon that was used, not even when it was used after the pass had looked") {
  OutboxHouse house;
  const auto campaign = house.campaign("c");
  const CouponKey used = house.issue(campaign, "minji");
  const CouponKey held = house.issue(campaign, "jisoo");
  REQUIRE(!house.run(Redeem{.coupon = used, .order = std::nullopt}).error);
  CHECK(house.pass_at("2026-11-25T08:00:00+09:00").notices == 1);
  CHECK(house.notices() == Notices{"jisoo: This coupon expires in 3 days."});
  // What a pass would ask for had it looked before the use.
  CHECK(house.run(Remind{{used, held}}).notices == 0);
  CHECK(house.events(EventKind::coupon_expiring).size() == 1);
  // It can be used again, so its holder has to know.
  REQUIRE(!house.run(Cancel{.coupon = used}).error);
  CHECK(house.pass().notices == 1);
  CHECK(house.notices().back() == "minji: This coupon expires in 3 days.");
}

TEST_CASE("days are those of the campaign's zone, also when its clocks change") {
  OutboxHouse house("at = \"2026-11-03T23:30:00-05:00\", remind_days = { 3 }");
  house.clock.set(*parse_instant("2026-10-20T10:00:00-04:00"));
  // The 1st of November has 25 hours in New York.
  house.issue(house.campaign("ny", "reminding", "America/New_York"), "minji");
  house.issue(house.campaign("seoul", "reminding", "Asia/Seoul"), "jisoo");  // there it is the 4th already
  CHECK(house.pass_at("2026-10-30T23:59:59-04:00").notices == 0);
  CHECK(house.pass_at("2026-10-31T00:00:00-04:00").notices == 1);
  CHECK(house.pass_at("2026-10-31T23:59:59+09:00").notices == 0);
  CHECK(house.pass_at("2026-11-01T00:00:00+09:00").notices == 1);
  CHECK(house.notices() == Notices{"minji: This coupon expires in 3 days.", "jisoo: This coupon expires in 3 days."});
}

TEST_CASE("two passes at the same time make each notice once") {
  OutboxHouse house;
  const auto campaign = house.campaign("c");
  for (int i = 0; i < 300; ++i) house.issue(campaign, "user-" + std::to_string(i));
  house.clock.set(*parse_instant("2026-11-25T08:00:00+09:00"));
  jobs::Reminders other(*house.ledger, *house.store, house.clock);
  Result<jobs::Reminders::Pass> second = jobs::Reminders::Pass{};
  std::thread beside([&] { second = other.pass(); });
  const auto first = house.reminders->pass();
  beside.join();
  REQUIRE(first.ok());
  REQUIRE(second.ok());
  CHECK(first->notices + second->notices == 300);
  CHECK(house.events(EventKind::coupon_expiring).size() == 300);
  house.check_books();
}

TEST_CASE("what one node has made another one on the same store does not make again") {
  OutboxHouse house;
  const auto campaign = house.campaign("c");
  const CouponKey coupon = house.issue(campaign, "minji");
  house.clock.set(*parse_instant("2026-11-25T08:00:00+09:00"));
  auto store = open_sqlite(house.folder.file("scrip.db"));
  REQUIRE(store.ok());
  auto ledger = Ledger::open(**store, house.clock, {}, {});
  REQUIRE(ledger.ok());
  (*ledger)->start();
  const auto run = [&](Command command) {
    Submission submission{.command = std::move(command), .actor = {.subject = "node", .role = Role::operator_}};
    (*ledger)->execute(submission);
    return std::move(submission.outcome);
  };
  REQUIRE(!run(ActivatePolicies{.set = house.ledger->policies()->set, .accepted_by = "test"}).error);
  CHECK(house.pass().notices == 1);
  jobs::Reminders other(**ledger, **store, house.clock);
  const auto pass = other.pass();
  REQUIRE(pass.ok());
  CHECK(pass->asked == 1);
  CHECK(pass->notices == 0);
  const Outcome again = run(Remind{{coupon}});
  CHECK(!again.error);
  CHECK(again.notices == 0);
  CHECK(house.events(EventKind::coupon_expiring).size() == 1);
  (*ledger)->stop();
}

TEST_CASE("the holder of an imported coupon is reminded, too") {
  OutboxHouse house;
  const auto campaign = house.campaign("c");
  house.pass();
  REQUIRE(!house.run(StartImport{.campaign = campaign, .id = "file", .bytes_total = std::nullopt}).error);
  ImportRow row{.line = 2, .code = "partner-1", .normalized = "PARTNER1", .state = CouponState::issued};
  row.user_id = "minji";
  row.expires_at = *parse_instant("2026-11-28T23:59:59+09:00");
  const Outcome imported = house.run(ImportCoupons{.job = "file", .rows = {row}, .rejected = {}});
  REQUIRE(!imported.error);
  REQUIRE(imported.import.imported == 1);
  CHECK(house.pass().notices == 0);
  CHECK(house.pass_at("2026-11-25T08:00:00+09:00").notices == 1);
  REQUIRE(house.notices() == Notices{"minji: This coupon expires in 3 days."});
  const Json data = Json::parse(house.events(EventKind::coupon_expiring).front().data);
  CHECK(data["coupon"]["code"] == "partner-1");
  CHECK(house.pass().notices == 0);
  house.check_books();
}

TEST_CASE("a commit that fails leaves neither a notice nor its mark, and the next pass makes it") {
  OutboxHouse house;
  house.issue(house.campaign("c"), "minji");
  house.clock.set(*parse_instant("2026-11-25T08:00:00+09:00"));
  house.store->fail(FaultStore::Step::commit);
  CHECK(!house.reminders->pass().ok());
  CHECK(house.notices().empty());
  CHECK(house.pass().notices == 1);
  CHECK(house.notices().size() == 1);
  CHECK(house.pass().notices == 0);
}

TEST_CASE("coupons are walked through when a day begins and not at every pass") {
  OutboxHouse house;
  const auto campaign = house.campaign("c");
  for (int i = 0; i < 20; ++i) house.issue(campaign, "user-" + std::to_string(i));
  house.clock.set(*parse_instant("2026-11-24T08:00:00+09:00"));
  CHECK(house.pass().walked == 20);
  CHECK(house.pass().walked == 0);
  CHECK(house.pass_at("2026-11-24T23:59:59+09:00").walked == 0);
  const auto midnight = house.pass_at("2026-11-25T00:00:00+09:00");
  CHECK(midnight.walked == 20);
  CHECK(midnight.notices == 20);
  CHECK(house.pass().walked == 0);
}

TEST_CASE("a coupon that is given within its last days is asked about at once, without a walk") {
  OutboxHouse house("days = 3, remind_days = { 3 }");
  const auto campaign = house.campaign("c");
  house.pass();
  house.issue(campaign, "minji");
  const auto pass = house.pass();
  CHECK(pass.walked == 0);
  CHECK(pass.asked == 1);
  CHECK(pass.notices == 1);
  CHECK(house.notices() == Notices{"minji: This coupon expires in 3 days."});
}

TEST_CASE("a coupon of a campaign that was made after the last pass is not missed") {
  OutboxHouse house("days = 3, remind_days = { 3 }");
  house.pass();
  house.issue(house.campaign("new"), "minji");
  CHECK(house.pass().notices == 1);
}

TEST_CASE("a coupon whose end is far away, or whose policy never reminds, is not asked about") {
  OutboxHouse house("days = 30, remind_days = { 3 }");
  const auto far = house.campaign("far");
  const auto free = house.campaign("free", "free");
  house.pass();
  for (int i = 0; i < 5; ++i) {
    house.issue(far, "user-" + std::to_string(i));
    house.issue(free, "user-" + std::to_string(i));
  }
  const auto pass = house.pass();
  CHECK(pass.walked == 0);
  CHECK(pass.asked == 0);
}

TEST_CASE("a changed policy, parameter or status takes effect with the next pass") {
  OutboxHouse house("days = 7");
  const auto campaign = house.campaign("c");
  house.issue(campaign, "minji");
  CHECK(house.pass_at("2026-11-25T08:00:00+09:00").notices == 0);
  house.activate(reminding("days = 7, remind_days = { 1 }"));
  CHECK(house.pass().notices == 0);
  REQUIRE(!house.run(EditCampaign{.campaign = campaign, .status = CampaignStatus::paused}).error);
  CHECK(house.pass().notices == 0);
  REQUIRE(!house.run(EditCampaign{.campaign = campaign, .params = R"({"expiry":{"remind_days":[3]}})"}).error);
  // Nobody can use it now.
  CHECK(house.pass().notices == 0);
  REQUIRE(!house.run(EditCampaign{.campaign = campaign, .status = CampaignStatus::active}).error);
  CHECK(house.pass().notices == 1);
}

TEST_CASE("a rule that fails when it is asked about reminders makes no notice and stops no claim") {
  OutboxHouse house;
  auto files = reminding("days = 3");
  files.push_back({"plugins/bad.lua", R"(return plugin {
  name = "bad", version = "1.0.0", doc = "Fails.",
  remind = function() error("out of order") end,
})"});
  files.push_back({"scripts/bad.lua", "return policy { name = \"bad\", rules = { expiry { days = 3 }, bad {} } }"});
  house.activate(files);
  const auto campaign = house.campaign("c", "bad");
  for (int i = 0; i < 10; ++i) house.issue(campaign, "user-" + std::to_string(i));
  const auto pass = house.pass();
  CHECK(pass.failed == 10);
  CHECK(pass.notices == 0);
  CHECK(pass.failure.find("out of order") != std::string::npos);
  house.issue(campaign, "minji");
}

TEST_CASE("a rule of one's own has several notices a coupon, one of each name") {
  OutboxHouse house;
  auto files = reminding("days = 3");
  files.push_back({"plugins/nag.lua", R"(return plugin {
  name = "nag", version = "1.0.0", doc = "A notice a day of the month.",
  remind = function(p, facts)
    local day = local_time(facts.campaign.timezone, facts.now).day
    return effect { note = "Day " .. day, once = "day " .. day % 2 }
  end,
})"});
  files.push_back(
      {"scripts/nag.lua",
       "return policy { name = \"nag\", rules = { expiry { days = 5 }, nag {}, nag { as = \"again\" } } }"});
  house.activate(files);
  house.issue(house.campaign("c", "nag"), "minji");
  house.pass();
  house.pass_at("2026-11-22T08:00:00+09:00");
  house.pass_at("2026-11-23T08:00:00+09:00");
  CHECK(house.notices() == Notices{"minji: Day 21", "minji: Day 21", "minji: Day 22", "minji: Day 22"});
}

}  // namespace
}  // namespace scrip::test
