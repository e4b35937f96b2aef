// Crowds: what is true of one claim after the other is true of all at once.
#include <algorithm>
#include <atomic>
#include <catch2/catch.hpp>
#include <map>
#include <mutex>
#include <set>

#include "crowd.h"
#include "rows.h"
#include "scenario.h"

namespace scrip::test {
namespace {

// What a crowd was answered: how often each status and code came. Thread-safe.
class Tally {
 public:
  Reply note(Reply reply) {
    const std::lock_guard lock(mutex_);
    ++counts_[reply.status < 300 ? "ok" : reply.code()];
    return reply;
  }
  int of(const std::string& outcome) const {
    const auto found = counts_.find(outcome);
    return found == counts_.end() ? 0 : found->second;
  }
  std::map<std::string, int> all() const { return counts_; }

 private:
  std::mutex mutex_;
  std::map<std::string, int> counts_;
};

using Counts = std::map<std::string, int>;
const std::string issue = "/api/v1/campaigns/spring/issue";

Json campaign(Shop& shop) {
  return shop.get("/api/v1/campaigns/spring", shop.operator_()).body;
}

TEST_CASE("64 parallel claims on one coupon give one coupon", "[concurrent]") {
  Shop shop;
  shop.campaign({{"id", "spring"}, {"total", 1}});
  Tally tally;
  crowd(64, [&](int i) { tally.note(shop.post(issue, shop.user("u" + std::to_string(i)), Json::object())); });
  CHECK(tally.all() == Counts{{"ok", 1}, {"sold_out", 63}});
  CHECK(campaign(shop)["issued"] == 1);
  CHECK(shop.drift().empty());
}

TEST_CASE("2,000 users on 500 coupons get 500 coupons, one each", "[concurrent]") {
  Shop shop;
  shop.campaign({{"id", "spring"}, {"policy", "welcome"}, {"total", 500}});
  Tally tally;
  std::mutex mutex;
  std::set<std::string> codes;
  share(2'000, 64, [&](int i) {
    const Reply reply = tally.note(shop.post(issue, shop.user("u" + std::to_string(i)), Json::object()));
    if (reply.status != 201) return;
    const std::lock_guard lock(mutex);
    codes.insert(reply.body["code"].get<std::string>());
  });
  CHECK(tally.all() == Counts{{"ok", 500}, {"sold_out", 1'500}});
  CHECK(codes.size() == 500);
  CHECK(campaign(shop)["remaining"] == 0);
  CHECK(shop.drift().empty());
}

TEST_CASE("one user 50 times in parallel gets one coupon, and the repeats cost no stock", "[concurrent]") {
  Shop shop;
  shop.campaign({{"id", "spring"}, {"policy", "welcome"}, {"total", 10}});
  Tally tally;
  crowd(50, [&](int) { tally.note(shop.post(issue, shop.user(), Json::object())); });
  CHECK(tally.all() == Counts{{"ok", 1}, {"already_issued", 49}});
  CHECK(campaign(shop)["remaining"] == 9);
  for (int i = 0; i < 9; ++i) shop.issue("spring", "u" + std::to_string(i));
  CHECK(shop.drift().empty());
}

TEST_CASE("the limit per user holds while the total runs out", "[concurrent]") {
  Shop shop;
  shop.campaign({{"id", "spring"}, {"policy", "welcome"}, {"total", 30}});
  Tally tally;
  std::mutex mutex;
  std::multiset<std::string> holders;
  crowd(64, [&](int i) {
    const std::string user = "u" + std::to_string(i % 40);
    for (int n = 0; n < 3; ++n) {
      const Reply reply = tally.note(shop.post(issue, shop.user(user), Json::object()));
      if (reply.status != 201) continue;
      const std::lock_guard lock(mutex);
      holders.insert(user);
    }
  });
  CHECK(tally.of("ok") == 30);
  CHECK(holders.size() == 30);
  CHECK(std::set<std::string>(holders.begin(), holders.end()).size() == 30);
  CHECK(tally.of("already_issued") + tally.of("sold_out") == 64 * 3 - 30);
  CHECK(shop.drift().empty());
}

TEST_CASE("a window's quota holds in a crowd", "[concurrent]") {
  Shop shop({.scripts = {{"rush", R"(return policy { name = "rush", rules = {
    event_window { timezone = "Asia/Seoul", daily = { "10:00/1m" }, quota = 25 } } })"}}});
  shop.campaign({{"id", "spring"}, {"policy", "rush"}, {"total", 1'000}});
  Tally tally;
  share(200, 32, [&](int i) { tally.note(shop.post(issue, shop.user("u" + std::to_string(i)), Json::object())); });
  CHECK(tally.all() == Counts{{"ok", 25}, {"window_sold_out", 175}});
  CHECK(shop.drift().empty());
}

TEST_CASE("one coupon redeemed from two browsers is redeemed once", "[concurrent]") {
  Shop shop;
  shop.campaign({{"id", "spring"}, {"total", 100}});
  for (int round = 0; round < 20; ++round) {
    const std::string code = shop.issue("spring", "minji")["code"];
    Tally tally;
    crowd(2, [&](int) { tally.note(shop.post("/api/v1/coupons/" + code + "/redeem", shop.user(), Json::object())); });
    CHECK(tally.all() == Counts{{"ok", 1}, {"already_redeemed", 1}});
  }
  CHECK(campaign(shop)["redeemed"] == 20);
}

TEST_CASE("a limit that different codes share holds when they are redeemed together", "[concurrent]") {
  Shop shop({.scripts = {{"shared", R"(return policy { name = "shared", rules = {
    discount { amount = 1000 }, budget { max = 3500, currency = "KRW" },
    daily_cap { on = "redeem", per = "user", max = 2 } } })"}}});
  shop.campaign({{"id", "spring"}, {"policy", "shared"}, {"total", 100}});
  std::vector<std::string> codes;
  for (int i = 0; i < 24; ++i)
    codes.push_back(shop.issue("spring", "u" + std::to_string(i % 3))["code"].get<std::string>());
  const Json body{{"order", {{"amount", 9'000}, {"currency", "KRW"}}}};
  Tally tally;
  std::mutex mutex;
  std::map<std::string, int> by_user;
  crowd(24, [&](int i) {
    const Reply reply = tally.note(
        shop.post("/api/v1/coupons/" + codes[static_cast<std::size_t>(i)] + "/redeem", shop.service(), body));
    if (reply.status != 200) return;
    const std::lock_guard lock(mutex);
    ++by_user[reply.body["user_id"].get<std::string>()];
  });
  CHECK(tally.of("ok") == 3);  // the budget has room for three, the cap for two of each user
  for (const auto& [user, count] : by_user) CHECK(count <= 2);
  CHECK(tally.of("ok") + tally.of("budget_exhausted") + tally.of("daily_cap_reached") == 24);
  CHECK(shop.drift().empty());
}

TEST_CASE("a storm of redeeming and cancelling ends consistent", "[concurrent]") {
  Shop shop;
  shop.campaign({{"id", "spring"}, {"total", 100}});
  std::vector<std::string> codes;
  for (int i = 0; i < 6; ++i) codes.push_back(shop.issue("spring", "minji")["code"].get<std::string>());
  Tally redeems;
  Tally cancels;
  crowd(24, [&](int caller) {
    for (int n = 0; n < 30; ++n) {
      const std::string& code = codes[static_cast<std::size_t>(caller + n) / 2 % codes.size()];
      const bool redeem = (caller + n) % 2 == 0;
      (redeem ? redeems : cancels)
          .note(
              shop.post("/api/v1/coupons/" + code + (redeem ? "/redeem" : "/cancel"), shop.service(), Json::object()));
    }
  });
  CHECK(redeems.of("ok") + redeems.of("already_redeemed") == 360);
  CHECK(cancels.of("ok") + cancels.of("not_redeemed") == 360);
  CHECK(redeems.of("ok") > 6);
  CHECK(campaign(shop)["redeemed"] == redeems.of("ok") - cancels.of("ok"));
  // Redemptions and cancellations of a coupon take turns.
  for (const std::string& code : codes) {
    const Json decisions = shop.get("/api/v1/decisions?limit=1000&coupon=" + code, shop.operator_()).body["data"];
    std::vector<std::string> made;
    for (const Json& decision : decisions) {
      if (decision["verdict"]["result"] == "allowed") made.insert(made.begin(), decision["hook"].get<std::string>());
    }
    REQUIRE(!made.empty());
    CHECK(made[0] == "issue");
    for (std::size_t i = 1; i < made.size(); ++i) CHECK(made[i] == (i % 2 == 1 ? "redeem" : "cancel"));
    const std::string state = shop.get("/api/v1/coupons/" + code, shop.service()).body["state"];
    CHECK(state == (made.back() == "redeem" ? "redeemed" : "issued"));
  }
  CHECK(shop.drift().empty());
}

TEST_CASE("no code is given twice when some are assigned by hand and others claimed", "[concurrent]") {
  Shop shop;
  shop.campaign({{"id", "spring"}, {"total", 60}});
  std::vector<std::string> pool;
  const Json available = shop.get("/api/v1/campaigns/spring/coupons", shop.operator_()).body["data"];
  for (const Json& coupon : available) {
    pool.push_back(coupon["code"].get<std::string>());
  }
  REQUIRE(pool.size() == 60);
  std::mutex mutex;
  std::map<std::string, std::string> given;  // code -> who
  std::atomic<int> twice{0};
  const auto note = [&](const Reply& reply) {
    const std::lock_guard lock(mutex);
    if (!given.emplace(reply.body["code"].get<std::string>(), reply.body["user_id"].get<std::string>()).second) ++twice;
  };
  Tally tally;
  crowd(16, [&](int caller) {
    for (int n = 0; n < 10; ++n) {
      const std::string user = "u" + std::to_string(caller) + "." + std::to_string(n);
      // The pool's front, where claims take theirs, is what the assigners are after as well.
      const std::string& code = pool[static_cast<std::size_t>(caller * 3 + n * 5) % pool.size()];
      const Reply reply = caller % 2 == 0
                              ? shop.post("/api/v1/coupons/" + code + "/assign", shop.service(), {{"user_id", user}})
                              : shop.post(issue, shop.service(), {{"user_id", user}});
      tally.note(reply);
      if (reply.status < 300) note(reply);
    }
  });
  CHECK(twice == 0);
  CHECK(tally.of("ok") == 60);
  CHECK(tally.of("already_assigned") + tally.of("sold_out") == 100);
  for (const auto& [code, user] : given) {
    CHECK(shop.get("/api/v1/coupons/" + code, shop.service()).body["user_id"] == user);
  }
  CHECK(shop.drift().empty());
}

TEST_CASE("the same code assigned by many at once goes to one of them", "[concurrent]") {
  Shop shop;
  shop.campaign({{"id", "spring"}, {"total", 5}});
  const std::string code = shop.get("/api/v1/campaigns/spring/coupons", shop.operator_()).body["data"][2]["code"];
  Tally tally;
  crowd(16, [&](int i) {
    tally.note(
        shop.post("/api/v1/coupons/" + code + "/assign", shop.service(), {{"user_id", "u" + std::to_string(i)}}));
  });
  CHECK(tally.all() == Counts{{"already_assigned", 15}, {"ok", 1}});
  CHECK(shop.drift().empty());
}

TEST_CASE("one Idempotency-Key from many callers makes one claim", "[concurrent]") {
  Shop shop;
  shop.campaign({{"id", "spring"}, {"total", 50}});
  Tally tally;
  std::mutex mutex;
  std::set<std::string> answers;
  crowd(32, [&](int) {
    const Reply reply = tally.note(shop.call({.method = "POST",
                                              .path = issue,
                                              .token = shop.user(),
                                              .body = "{}",
                                              .headers = {{"Idempotency-Key", "\"once\""}}}));
    if (reply.status != 201) return;
    const std::lock_guard lock(mutex);
    answers.insert(reply.text);
  });
  CHECK(tally.of("ok") + tally.of("request_in_progress") == 32);
  CHECK(answers.size() == 1);
  CHECK(campaign(shop)["issued"] == 1);
}

TEST_CASE("one login signs up once, whoever comes first", "[concurrent]") {
  Shop shop;
  Tally tally;
  crowd(12, [&](int) {
    tally.note(shop.post("/api/v1/users", "", {{"login", "minji"}, {"password", "correct horse"}}));
  });
  CHECK(tally.all() == Counts{{"ok", 1}, {"user_exists", 11}});
}

TEST_CASE("fifty reloads under load fail no request, and each claim is decided by one set or the other",
          "[concurrent]") {
  const auto rules = [](int days) {
    return "return policy { name = \"moving\", rules = { expiry { days = " + std::to_string(days) +
           " }, per_user_limit { max = 1 } } }";
  };
  Shop shop({.scripts = {{"moving", rules(1)}}});
  shop.campaign({{"id", "spring"}, {"policy", "moving"}});
  Tally tally;
  std::mutex mutex;
  std::set<std::string> ends;
  std::atomic<bool> reloaded{false};
  std::atomic<int> user{0};
  crowd(9, [&](int caller) {
    if (caller == 0) {
      for (int n = 1; n <= 50; ++n) {
        shop.write_policy("scripts/moving.lua", rules(1 + n % 2));
        const Reply reply = shop.reload();
        if (reply.status != 200) {
          reloaded = true;
          throw std::runtime_error("the reload was refused: " + reply.text);
        }
      }
      reloaded = true;
      return;
    }
    while (!reloaded) {
      const Reply reply = tally.note(shop.post(issue, shop.service(), {{"user_id", "u" + std::to_string(user++)}}));
      const std::lock_guard lock(mutex);
      ends.insert(reply.body.value("expires_at", ""));
    }
  });
  CHECK(tally.all().size() == 1);
  CHECK(tally.of("ok") == user);
  CHECK(ends == std::set<std::string>{"2026-11-22T01:00:00Z", "2026-11-23T01:00:00Z"});
  CHECK(shop.drift().empty());
}

}  // namespace
}  // namespace scrip::test
