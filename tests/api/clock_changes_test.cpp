// A campaign lived through the night in which its zone changes the clocks: what is open when, how many
// coupons a day has, when they end and when their holders are told, all through the API.
#include <catch2/catch.hpp>

#include "scenario.h"

namespace scrip::test {
namespace {

struct Change {
  std::string zone;
  std::string before;              // the offset until the change
  std::string after;               // and from then on
  std::vector<std::string> dates;  // the day before the change, that of the change, and three after it
  std::string closes;              // what the clocks show when the window of that night has been open for two hours
  int minutes = 0;                 // that the day of the change has
};

const std::vector<Change> changes{
    // Forward and back by an hour, by an hour, and by half an hour (in the southern spring and autumn).
    {"America/New_York",
     "-05:00",
     "-04:00",
     {"2026-03-07", "2026-03-08", "2026-03-09", "2026-03-10", "2026-03-11"},
     "04:30:00",
     23 * 60},
    {"America/New_York",
     "-04:00",
     "-05:00",
     {"2026-10-31", "2026-11-01", "2026-11-02", "2026-11-03", "2026-11-04"},
     "02:30:00",
     25 * 60},
    {"Europe/Berlin",
     "+01:00",
     "+02:00",
     {"2026-03-28", "2026-03-29", "2026-03-30", "2026-03-31", "2026-04-01"},
     "04:30:00",
     23 * 60},
    {"Europe/Berlin",
     "+02:00",
     "+01:00",
     {"2026-10-24", "2026-10-25", "2026-10-26", "2026-10-27", "2026-10-28"},
     "02:30:00",
     25 * 60},
    {"Australia/Lord_Howe",
     "+10:30",
     "+11:00",
     {"2026-10-03", "2026-10-04", "2026-10-05", "2026-10-06", "2026-10-07"},
     "04:00:00",
     23 * 60 + 30},
    {"Australia/Lord_Howe",
     "+11:00",
     "+10:30",
     {"2026-04-04", "2026-04-05", "2026-04-06", "2026-04-07", "2026-04-08"},
     "03:00:00",
     24 * 60 + 30},
};

Micros at(const std::string& instant) {
  return *parse_instant(instant);
}

// A shop with one campaign in the zone: claims for two hours from half past one, two a day for each user,
// good to the end of the second day after, with a notice on the day before the last.
struct NightShop {
  explicit NightShop(const Change& change) {
    shop.clock().set(at(change.dates[0] + "T00:00:00" + change.before));
    shop.campaign({{"id", "night"}, {"policy", "night"}, {"timezone", change.zone}, {"total", 100}});
  }

  Reply claim() { return shop.post("/api/v1/campaigns/night/issue", shop.service(), {{"user_id", "minji"}}); }
  Json claimed() {
    const Reply reply = claim();
    INFO(reply.text);
    REQUIRE(reply.status == 201);
    return reply.body;
  }
  Reply redeem(const Json& coupon) {
    return shop.post("/api/v1/coupons/" + coupon["code"].get<std::string>() + "/redeem", shop.service(),
                     Json::object());
  }
  // How many notices are made at an instant.
  std::int64_t notices_at(Micros instant) {
    shop.clock().set(instant);
    auto pass = shop.node().reminders().pass();
    REQUIRE(pass.ok());
    return pass->notices;
  }

  Shop shop{{.scripts = {{"night", R"(return policy { name = "night", rules = {
    event_window { daily = { "01:30/2h" } },
    quota { limits = { { what = "issued", limit = 2, period = "daily", per = "user" } } },
    expiry { days = 2, end_of_day = true, remind_days = { 1 } },
  } })"}}}};
};

Micros end_of(const Json& coupon) {
  return at(coupon["expires_at"].get<std::string>());
}

TEST_CASE("windows, a daily limit, ends of days and notices hold when the clocks change, both ways, in three zones") {
  const Change change = GENERATE(from_range(changes));
  CAPTURE(change.zone, change.dates[1]);
  const std::string opening = change.dates[1] + "T01:30:00" + change.before;
  const std::string closing = change.dates[1] + "T" + change.closes + change.after;
  const std::string next_midnight = change.dates[2] + "T00:00:00" + change.after;
  const Micros midnight = at(change.dates[1] + "T00:00:00" + change.before);
  const Micros end_of_first = at(change.dates[3] + "T00:00:00" + change.after);
  const Micros end_of_others = at(change.dates[4] + "T00:00:00" + change.after);
  REQUIRE(at(next_midnight) - midnight == change.minutes * minute);
  NightShop night(change);
  Shop& shop = night.shop;

  // The night before: a coupon whose notice and whose end lie on either side of the change.
  shop.clock().set(at(change.dates[0] + "T01:30:00" + change.before));
  const Json first = night.claimed();
  CHECK(end_of(first) == end_of_first);
  CHECK(night.notices_at(midnight - 1) == 0);
  CHECK(night.notices_at(midnight) == 1);

  // The window of the night opens once, and is open for two hours whatever the clocks show.
  const Json window = shop.get("/api/v1/campaigns/night/windows?limit=1", shop.user()).body["data"][0];
  CHECK(window["opens_at"] == opening);
  CHECK(window["closes_at"] == closing);
  CHECK(at(closing) - at(opening) == 2 * hour);
  shop.clock().set(at(opening) - 1);
  CHECK(night.claim().code() == "outside_event_window");
  shop.clock().set(at(opening));
  const Json second_coupon = night.claimed();
  shop.clock().set(at(closing) - 1);
  const Json third = night.claimed();

  // Claimed before the change and after it: of one day, so the limit is reached, and they end together.
  CHECK(end_of(second_coupon) == end_of_others);
  CHECK(end_of(third) == end_of_others);
  const Reply refused = night.claim();
  CHECK(refused.code() == "quota_reached");
  CHECK(refused.body["context"]["resets_at"] == next_midnight);
  shop.clock().set(at(closing));
  CHECK(night.claim().code() == "outside_event_window");

  // Their notices come when the next day begins, not a day of 24 hours later.
  CHECK(night.notices_at(at(next_midnight) - 1) == 0);
  CHECK(night.notices_at(at(next_midnight)) == 2);
  CHECK(night.notices_at(at(next_midnight)) == 0);
  const Json events = shop.get("/api/v1/events?limit=3", shop.operator_()).body["data"];
  for (const Json& event : events) CHECK(event["data"]["notice"] == "This coupon expires tomorrow.");

  // The next night's window is at the same time of the clocks, and the limit starts anew.
  shop.clock().set(at(change.dates[2] + "T01:30:00" + change.after) - 1);
  CHECK(night.claim().code() == "outside_event_window");
  shop.clock().advance(1);
  night.claimed();

  // Each is good to the last microsecond of its last local day.
  shop.clock().set(end_of_first - 1);
  CHECK(night.redeem(first).status == 200);
  shop.clock().set(end_of_others - 1);
  CHECK(night.redeem(second_coupon).status == 200);
  shop.clock().set(end_of_others);
  CHECK(night.redeem(third).code() == "coupon_expired");
  const Json expired =
      shop.get("/api/v1/coupons/expired?date=" + change.dates[4] + "&timezone=" + change.zone, shop.operator_()).body;
  REQUIRE(expired["data"].size() == 1);
  CHECK(expired["data"][0]["code"] == third["code"]);
  CHECK(shop.drift().empty());
}

}  // namespace
}  // namespace scrip::test
