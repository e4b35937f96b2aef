// Limits by period: in a crowd, at the turn of the day, and what they leave in the store.
#include <atomic>
#include <catch2/catch.hpp>
#include <map>
#include <mutex>

#include "crowd.h"
#include "scenario.h"

namespace scrip::test {
namespace {

const std::string claim = "/api/v1/campaigns/spring/issue";
const Json order{{"order", {{"amount", 9'000}, {"currency", "KRW"}}}};

Json limit(const std::string& what, const Json& most, const std::string& period, const std::string& per) {
  return {{"what", what}, {"limit", most}, {"period", period}, {"per", per}};
}

// A campaign whose policy is a discount of 1,000 and a quota with these limits.
struct Opened {
  explicit Opened(const Json& limits, const std::string& zone = "Asia/Seoul") { campaign("spring", limits, zone); }
  void campaign(const std::string& id, const Json& limits, const std::string& zone) {
    shop.campaign({{"id", id},
                   {"policy", "limited"},
                   {"timezone", zone},
                   {"total", 1'000},
                   {"params", {{"quota", {{"limits", limits}}}}}});
  }

  Reply issue(const std::string& user, const Json& more = Json::object()) {
    Json body = more;
    body["user_id"] = user;
    return shop.post(claim, shop.service(), body);
  }
  std::string issued(const std::string& user) { return issue(user).body.value("code", "none"); }
  Reply call(const std::string& code, const std::string& what) {
    return shop.post("/api/v1/coupons/" + code + "/" + what, shop.service(), what == "redeem" ? order : Json::object());
  }

  // The counters that the store has rows of, by the name of the campaign and the counter.
  std::map<std::string, std::int64_t> counters() {
    std::map<std::string, std::int64_t> found;
    const auto note = [&](const CounterKey& key, std::int64_t value, std::int64_t) { found[key.name] = value; };
    const auto drift = shop.node().store().verify({}, {}, note);
    REQUIRE(drift.ok());
    return found;
  }

  Shop shop{{.scripts = {{"limited", R"(return policy { name = "limited", rules = {
    discount { amount = 1000 }, quota { limits = {} } } })"}}}};
};

using Counters = std::map<std::string, std::int64_t>;

Micros at(const std::string& instant) {
  return *parse_instant(instant);
}

}  // namespace

TEST_CASE("64 callers on a daily limit of three a user: nobody gets a fourth", "[concurrent]") {
  Opened shop(Json::array({limit("issued", 3, "daily", "user")}));
  std::mutex mutex;
  std::map<std::string, int> got;
  std::map<std::string, int> refused;
  share(256, 64, [&](int i) {
    const std::string user = "u" + std::to_string(i % 16);
    const Reply reply = shop.issue(user);
    const std::lock_guard lock(mutex);
    ++(reply.status == 201 ? got[user] : refused[reply.code()]);
  });
  CHECK(got.size() == 16);
  for (const auto& [user, count] : got) CHECK(count == 3);
  CHECK(refused == std::map<std::string, int>{{"quota_reached", 256 - 48}});
  const Counters counters = shop.counters();
  CHECK(counters.size() == 16);
  for (const auto& [name, value] : counters) CHECK(value == 3);
  CHECK(shop.shop.drift().empty());
}

TEST_CASE("64 callers on a monthly budget spend all of it and no more, cancellations among them", "[concurrent]") {
  Opened shop(Json::array({limit("discount", 20'500, "monthly", "campaign")}));
  std::vector<std::string> codes(64);
  share(64, 8, [&](int i) { codes[static_cast<std::size_t>(i)] = shop.issued("u" + std::to_string(i)); });
  std::atomic<int> redeemed{0};
  std::atomic<int> refused{0};
  std::atomic<int> strange{0};  // answers that nothing accounts for
  crowd(64, [&](int i) {
    const std::string& code = codes[static_cast<std::size_t>(i)];
    for (int round = 0; round < 4; ++round) {
      const Reply reply = shop.call(code, "redeem");
      if (reply.status == 200) {
        ++redeemed;
        if (i % 2 != 0) return;
        --redeemed;
        if (shop.call(code, "cancel").status != 200) ++strange;
      } else {
        ++(reply.code() == "quota_reached" ? refused : strange);
      }
    }
  });
  // What the even ones gave back in the end may be left over; whoever comes now gets it.
  for (const std::string& code : codes) {
    if (shop.call(code, "redeem").status == 200) ++redeemed;
  }
  CHECK(redeemed == 20);
  CHECK(refused > 0);
  CHECK(strange == 0);
  CHECK(shop.counters() == Counters{{"discount:month@2026-11-30", 20'000}});
  CHECK(shop.shop.drift().empty());
}

TEST_CASE("limits of one user and of all hold together in a crowd", "[concurrent]") {
  Opened shop(Json::array({limit("issued", 2, "daily", "user"), limit("issued", 25, "weekly", "campaign"),
                           limit("issued", 30, "campaign", "campaign")}));
  std::mutex mutex;
  std::map<std::string, int> got;
  share(200, 64, [&](int i) {
    const std::string user = "u" + std::to_string(i % 20);
    if (shop.issue(user).status != 201) return;
    const std::lock_guard lock(mutex);
    ++got[user];
  });
  int all = 0;
  for (const auto& [user, count] : got) {
    CHECK(count <= 2);
    all += count;
  }
  CHECK(all == 25);
  CHECK(shop.counters()["issued:week@2026-11-22"] == 25);
  CHECK(shop.shop.drift().empty());
}

TEST_CASE("where there is no limit, and where the host counts itself, the store has no counter") {
  Opened shop(Json::array({limit("issued", false, "daily", "user"),
                           {{"what", "redeemed"}, {"period", "weekly"}, {"per", "campaign"}},
                           limit("issued", 3, "campaign", "user"),
                           limit("issued", 100, "campaign", "campaign"),
                           limit("redeemed", 3, "campaign", "user"),
                           limit("redeemed", 100, "campaign", "campaign")}));
  for (int i = 0; i < 3; ++i) CHECK(shop.call(shop.issued("mina"), "redeem").status == 200);
  const Reply refused = shop.issue("mina");
  CHECK(refused.code() == "quota_reached");
  CHECK(refused.body["context"] ==
        Json{{"what", "issued"}, {"limit", 3}, {"period", "campaign"}, {"per", "user"}, {"used", 3}});
  CHECK(shop.counters().empty());
  CHECK(shop.shop.drift().empty());
}

TEST_CASE("a refusal tells the shop when it is open again, and the customer in words") {
  Opened shop(Json::array({limit("issued", 1, "weekly", "user")}));
  CHECK(shop.issue("minji").status == 201);
  const std::string sentence =
      "You have reached this week's limit of coupons. Please come back on 2026-11-23 at 00:00 (Asia/Seoul).";
  const Json context{{"what", "issued"}, {"limit", 1}, {"period", "weekly"},
                     {"per", "user"},    {"used", 1},  {"resets_at", "2026-11-23T00:00:00+09:00"}};
  run(shop.shop, {{"to the shop",
                   Who::service,
                   "POST " + claim,
                   R"({"user_id":"minji"})",
                   409,
                   "quota_reached",
                   {{"detail", sentence}, {"context", context}},
                   {},
                   {"+decision"}},
                  {"to the customer",
                   Who::user,
                   "POST " + claim,
                   "{}",
                   409,
                   "quota_reached",
                   {{"detail", sentence}},
                   {},
                   {"+decision"}}});
  CHECK(!shop.shop.post(claim, shop.shop.user(), Json::object()).body.contains("context"));
  shop.shop.clock().set(at("2026-11-22T23:59:59.999999+09:00"));
  CHECK(shop.issue("minji").code() == "quota_reached");
  shop.shop.clock().set(at("2026-11-23T00:00:00+09:00"));
  CHECK(shop.issue("minji").status == 201);
}

TEST_CASE("the day turns at midnight of the campaign's zone, also when the clocks are changed") {
  // A day of 23 hours and one of 25, east and west, and one whose midnight is skipped.
  const auto [zone, last, first] = GENERATE(table<std::string, std::string, std::string>({
      {"America/New_York", "2026-03-08T23:59:59.999999-04:00", "2026-03-09T00:00:00-04:00"},
      {"America/New_York", "2026-11-01T23:59:59.999999-05:00", "2026-11-02T00:00:00-05:00"},
      {"Europe/Berlin", "2026-03-29T23:59:59.999999+02:00", "2026-03-30T00:00:00+02:00"},
      {"Europe/Berlin", "2026-10-25T23:59:59.999999+01:00", "2026-10-26T00:00:00+01:00"},
      {"Asia/Beirut", "2026-03-28T23:59:59.999999+02:00", "2026-03-29T01:00:00+03:00"},
      {"Asia/Seoul", "2026-03-29T23:59:59.999999+09:00", "2026-03-30T00:00:00+09:00"},
  }));
  CAPTURE(zone, last);
  Opened shop(Json::array({limit("issued", 1, "daily", "user")}), zone);
  // From the day's first instant to its last it is one day.
  const auto day = local_day(zone, at(last));
  shop.shop.clock().set(day.first);
  CHECK(shop.issue("mina").status == 201);
  shop.shop.clock().set(day.first - 1);
  CHECK(shop.issue("joon").status == 201);
  shop.shop.clock().set(at(last));
  CHECK(shop.issue("mina").code() == "quota_reached");
  CHECK(shop.issue("joon").status == 201);
  CHECK(day.last == at(first));
  shop.shop.clock().set(at(first));
  CHECK(shop.issue("mina").status == 201);
  CHECK(shop.shop.drift().empty());
}

TEST_CASE("a crowd at midnight gets the limit of the old day and that of the new one", "[concurrent]") {
  Opened shop(Json::array({limit("issued", 10, "daily", "campaign")}), "America/New_York");
  const Micros midnight = at("2026-11-02T00:00:00-05:00");  // after a day of 25 hours
  shop.shop.clock().set(midnight - 1);
  std::atomic<int> given{0};
  share(200, 64, [&](int i) {
    if (i == 100) shop.shop.clock().set(midnight);
    if (shop.issue("u" + std::to_string(i)).status == 201) ++given;
  });
  CHECK(given == 20);
  CHECK(shop.counters() == Counters{{"issued:day@2026-11-01", 10}, {"issued:day@2026-11-02", 10}});
  CHECK(shop.shop.drift().empty());
}

TEST_CASE("what is cancelled after midnight is given back to yesterday") {
  Opened shop(Json::array({limit("redeemed", 1, "daily", "user"), limit("discount", 2'000, "daily", "campaign")}));
  shop.shop.clock().set(at("2026-11-21T23:59:59+09:00"));
  const std::string code = shop.issued("mina");
  CHECK(shop.call(code, "redeem").status == 200);
  CHECK(shop.call(shop.issued("mina"), "redeem").code() == "quota_reached");
  shop.shop.clock().set(at("2026-11-22T00:00:01+09:00"));
  CHECK(shop.call(shop.issued("mina"), "redeem").status == 200);
  CHECK(shop.call(code, "cancel").status == 200);
  const Counters after{{"redeemed:day:u:mina@2026-11-21", 0},
                       {"redeemed:day:u:mina@2026-11-22", 1},
                       {"discount:day@2026-11-21", 0},
                       {"discount:day@2026-11-22", 1'000}};
  CHECK(shop.counters() == after);
  // Nothing of today was given back.
  CHECK(shop.call(code, "redeem").code() == "quota_reached");
  CHECK(shop.shop.drift().empty());
}

TEST_CASE("cancelled the same day, it can be used again") {
  Opened shop(Json::array({limit("redeemed", 1, "daily", "user"), limit("discount", 1'000, "monthly", "campaign")}));
  const std::string code = shop.issued("mina");
  const std::string other = shop.issued("joon");
  for (int i = 0; i < 3; ++i) {
    CHECK(shop.call(code, "redeem").status == 200);
    CHECK(shop.call(other, "redeem").code() == "quota_reached");
    CHECK(shop.call(code, "cancel").status == 200);
  }
  CHECK(shop.call(other, "redeem").status == 200);
  CHECK(shop.shop.drift().empty());
}

TEST_CASE("counters of days that are over go, and nothing drifts") {
  Opened shop(Json::array({limit("issued", 3, "daily", "user"), limit("issued", 50, "monthly", "campaign")}));
  for (int i = 0; i < 20; ++i) CHECK(shop.issue("u" + std::to_string(i)).status == 201);
  CHECK(shop.counters().size() == 21);
  shop.shop.clock().advance(3 * day);
  shop.shop.restart();
  CHECK(shop.issue("u0").status == 201);
  CHECK(shop.counters() == Counters{{"issued:day:u:u0@2026-11-24", 1}, {"issued:month@2026-11-30", 21}});
  CHECK(shop.shop.drift().empty());
}

TEST_CASE("a limit that does not fit is refused by its place") {
  Shop shop({.scripts = {{"limited", R"(return policy { name = "limited", rules = { quota { limits = {} } } })"}}});
  const auto ask = [&](const Json& params) {
    return shop.post("/api/v1/campaigns", shop.operator_(),
                     {{"id", "spring"}, {"policy", "limited"}, {"total", 10}, {"params", {{"quota", params}}}});
  };
  const Json good = limit("issued", 1, "daily", "user");
  const auto with = [&](const std::string& member, const Json& value) {
    Json wrong = good;
    wrong[member] = value;
    return Json{{"limits", Json::array({limit("issued", 1, "weekly", "user"), good, wrong})}};
  };
  struct Row {
    Json params;
    std::string field;
  };
  for (const Row& row : std::vector<Row>{
           {with("period", "yearly"), "params.quota.limits[2].period"},
           {with("what", 5), "params.quota.limits[2].what"},
           {with("per", nullptr), "params.quota.limits[2].per"},
           {with("limit", -1), "params.quota.limits[2].limit"},
           {with("limit", 1.5), "params.quota.limits[2].limit"},
           {with("limit", true), "params.quota.limits[2].limit"},
           {with("limit", "9007199254740993"), "params.quota.limits[2].limit"},
           {with("limit", 9'007'199'254'740'993), "params.quota.limits[2].limit"},
           {with("perod", "daily"), "params.quota.limits[2].perod"},
           {Json{{"limits", Json::array({good, "daily"})}}, "params.quota.limits[1]"},
           {Json{{"limits", Json::array({Json::array({1})})}}, "params.quota.limits[0]"},
           {Json{{"limits", good}}, "params.quota.limits"},
           {Json{{"limits", nullptr}}, "params.quota.limits"},
           {Json{{"limits", Json::array()}, {"timezone", "Asia/Soul"}}, "params.quota.timezone"},
           {with("period", "daily"), "params.quota"},  // twice the same
       }) {
    CAPTURE(row.params.dump());
    const Reply reply = ask(row.params);
    CHECK(reply.status == 400);
    CHECK(reply.fields() == std::vector<std::string>{row.field});
  }
  const Reply empty = ask({{"limits", Json::array({Json::object()})}});
  CHECK(empty.fields() == std::vector<std::string>{"params.quota.limits[0].per", "params.quota.limits[0].period",
                                                   "params.quota.limits[0].what"});
  CHECK(ask({{"limits", Json::array({good})}}).status == 201);
}

}  // namespace scrip::test
