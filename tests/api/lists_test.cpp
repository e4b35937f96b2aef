// Lists: pages, cursors, filters, order.
#include <algorithm>
#include <catch2/catch.hpp>
#include <set>

#include "scenario.h"

namespace scrip::test {
namespace {

// All of a list by pages of `limit`, each item by one of its members.
std::vector<std::string> walk(Shop& shop, std::string path, const std::string& token, int limit,
                              const std::string& member) {
  path += (path.find('?') == std::string::npos ? "?limit=" : "&limit=") + std::to_string(limit);
  std::vector<std::string> found;
  std::string cursor;
  for (int pages = 0; pages < 200; ++pages) {
    const Reply page = shop.get(path + cursor, token);
    if (page.status != 200) throw std::runtime_error(page.text);
    for (const Json& item : page.body["data"]) found.push_back(item[member].get<std::string>());
    CHECK(page.body["data"].size() <= static_cast<std::size_t>(limit));
    if (!page.body["has_more"].get<bool>()) {
      CHECK(page.body["next_cursor"] == nullptr);
      return found;
    }
    CHECK(page.body["data"].size() == static_cast<std::size_t>(limit));
    cursor = "&cursor=" + page.body["next_cursor"].get<std::string>();
  }
  throw std::runtime_error("the list does not end");
}

TEST_CASE("a limit is 1 to 1000, and a cursor is one that the list gave") {
  Shop shop;
  shop.campaign({{"id", "spring"}, {"total", 5}});
  for (const std::string list : {"/api/v1/campaigns", "/api/v1/campaigns/spring/coupons", "/api/v1/coupons",
                                 "/api/v1/coupons/expired", "/api/v1/works", "/api/v1/decisions"}) {
    for (const std::string good : {"1", "1000", "0100"}) {
      INFO(list << " " << good);
      CHECK(shop.get(list + "?limit=" + good, shop.operator_()).status == 200);
    }
    for (const std::string bad : {"0", "-1", "1001", "99999999999999999999", "ten", "1.5", "", "10x", "%201"}) {
      INFO(list << " limit " << bad);
      const Reply reply = shop.get(list + "?limit=" + bad, shop.operator_());
      CHECK(reply.status == 400);
      CHECK(reply.names("limit"));
    }
    for (const std::string bad : {"x", "1.2.3.4.5", "..", "99999999999999999999", "-", "1.x.2", ""}) {
      INFO(list << " cursor " << bad);
      const Reply reply = shop.get(list + "?cursor=" + bad, shop.operator_());
      CHECK(reply.status == 400);
      CHECK(reply.names("cursor"));
    }
    INFO(list);
    const Reply unknown = shop.get(list + "?colour=red", shop.operator_());
    CHECK(unknown.status == 400);
    CHECK(unknown.names("colour"));
  }
}

TEST_CASE("pages hold everything once, whatever their size") {
  Shop shop;
  std::vector<std::string> ids;
  for (int i = 0; i < 11; ++i) {
    ids.push_back("c" + std::to_string(i));
    shop.campaign({{"id", ids.back()}, {"total", 13}});
    for (int n = 0; n < 2; ++n) shop.issue(ids.back(), "minji");
  }
  const std::string operator_ = shop.operator_();
  const auto all_coupons = walk(shop, "/api/v1/coupons", shop.user(), 1000, "code");
  const auto all_of_one = walk(shop, "/api/v1/campaigns/c3/coupons", operator_, 1000, "code");
  const auto all_decisions = walk(shop, "/api/v1/decisions", operator_, 1000, "id");
  CHECK(all_coupons.size() == 22);
  CHECK(std::set<std::string>(all_coupons.begin(), all_coupons.end()).size() == 22);
  CHECK(std::set<std::string>(all_of_one.begin(), all_of_one.end()).size() == 13);
  CHECK(all_decisions.size() == 22);
  for (const int limit : {1, 2, 3, 10, 11, 13, 22}) {
    INFO("limit " << limit);
    CHECK(walk(shop, "/api/v1/campaigns", operator_, limit, "id") == ids);
    CHECK(walk(shop, "/api/v1/coupons", shop.user(), limit, "code") == all_coupons);
    CHECK(walk(shop, "/api/v1/campaigns/c3/coupons", operator_, limit, "code") == all_of_one);
    CHECK(walk(shop, "/api/v1/decisions", operator_, limit, "id") == all_decisions);
    CHECK(walk(shop, "/api/v1/decisions?campaign=c3", operator_, limit, "id").size() == 2);
  }
}

TEST_CASE("without a limit a page holds 100") {
  Shop shop;
  shop.campaign({{"id", "spring"}, {"total", 101}});
  const Reply page = shop.get("/api/v1/campaigns/spring/coupons", shop.operator_());
  CHECK(page.body["data"].size() == 100);
  CHECK(page.body["has_more"] == true);
}

TEST_CASE("a user's coupons come latest expiry first, those that never expire before all") {
  Shop shop({.scripts = {{"lasting", R"(return policy { name = "lasting", rules = { expiry { days = 1 } } })"}}});
  for (const auto& [id, days] : std::vector<std::pair<std::string, int>>{{"short", 1}, {"long", 9}, {"middle", 5}}) {
    shop.campaign({{"id", id}, {"policy", "lasting"}, {"params", {{"expiry", {{"days", days}}}}}});
    shop.issue(id, "minji");
  }
  shop.campaign({{"id", "forever"}});
  shop.issue("forever", "minji");
  shop.issue("forever", "junho");
  CHECK(walk(shop, "/api/v1/coupons", shop.user(), 10, "campaign_id") ==
        std::vector<std::string>{"forever", "long", "middle", "short"});
  CHECK(walk(shop, "/api/v1/coupons", shop.user(), 1, "campaign_id") ==
        std::vector<std::string>{"forever", "long", "middle", "short"});
  CHECK(walk(shop, "/api/v1/coupons?user_id=junho", shop.service(), 10, "user_id") ==
        std::vector<std::string>{"junho"});
  CHECK(walk(shop, "/api/v1/coupons?user_id=nobody", shop.operator_(), 10, "user_id").empty());
  CHECK(shop.get("/api/v1/coupons?user_id=minji", shop.user()).status == 200);
  CHECK(shop.get("/api/v1/coupons?user_id=junho", shop.user()).code() == "forbidden");
  CHECK(shop.get("/api/v1/coupons?user_id=", shop.service()).code() == "invalid_request");
}

TEST_CASE("a campaign's coupons are listed by what they are now") {
  Shop shop({.scripts = {{"lasting", R"(return policy { name = "lasting", rules = { expiry { days = 1 } } })"}}});
  shop.campaign({{"id", "spring"}, {"policy", "lasting"}, {"total", 6}});
  std::vector<std::string> codes;
  for (const std::string user : {"a", "b", "c"}) codes.push_back(shop.issue("spring", user)["code"].get<std::string>());
  shop.post("/api/v1/coupons/" + codes[0] + "/redeem", shop.service(), Json::object());
  shop.clock().advance(day);
  codes.push_back(shop.issue("spring", "d")["code"].get<std::string>());
  const auto listed = [&](const std::string& state) {
    return walk(shop, "/api/v1/campaigns/spring/coupons" + (state.empty() ? state : "?state=" + state),
                shop.operator_(), 2, "code");
  };
  CHECK(listed("").size() == 6);
  CHECK(listed("available").size() == 2);
  CHECK(listed("redeemed") == std::vector{codes[0]});
  CHECK(listed("expired") == std::vector{codes[1], codes[2]});
  // An expired coupon is an issued one that has ended.
  const auto issued = listed("issued");
  CHECK(std::find(issued.begin(), issued.end(), codes[3]) != issued.end());
  CHECK(std::find(issued.begin(), issued.end(), codes[0]) == issued.end());
  const Reply unknown = shop.get("/api/v1/campaigns/spring/coupons?state=lost", shop.operator_());
  CHECK(unknown.status == 400);
  CHECK(unknown.names("state"));
  CHECK(shop.get("/api/v1/campaigns/summer/coupons", shop.operator_()).code() == "campaign_not_found");
}

TEST_CASE("ten billion coupons are listed as quickly as ten") {
  Shop shop;
  shop.campaign({{"id", "spring"}, {"total", 10'000'000'000}});
  shop.issue("spring", "minji");
  CHECK(shop.get("/api/v1/campaigns/spring/coupons?state=available&limit=1000", shop.operator_()).body["data"].size() ==
        1000);
  CHECK(shop.get("/api/v1/campaigns/spring/coupons?state=issued", shop.operator_()).body["data"].size() == 1);
  CHECK(shop.get("/api/v1/campaigns/spring/coupons?state=redeemed", shop.operator_()).body["data"].empty());
}

TEST_CASE("the coupons that expired on a day are those of the day in the zone that is asked for") {
  Shop shop({.scripts = {
                 {"ends", R"(return policy { name = "ends", rules = { expiry { at = "2027-01-01T00:00:00Z" } } })"}}});
  const auto give = [&](const std::string& id, const std::string& ends) {
    shop.campaign({{"id", id}, {"policy", "ends"}, {"params", {{"expiry", {{"at", ends}}}}}});
    shop.issue(id, "minji");
  };
  give("before", "2026-11-27T14:59:59.999999Z");  // 23:59 of the 27th in Seoul
  give("first", "2026-11-27T15:00:00Z");          // 00:00 of the 28th
  give("last", "2026-11-28T14:59:59.999999Z");
  give("after", "2026-11-28T15:00:00Z");
  shop.campaign({{"id", "never"}});
  shop.issue("never", "minji");
  const auto expired = [&](const std::string& query) {
    return walk(shop, "/api/v1/coupons/expired?" + query, shop.operator_(), 2, "campaign_id");
  };
  using Ids = std::vector<std::string>;
  CHECK(expired("date=2026-11-28&timezone=Asia/Seoul").empty());  // nothing has, yet
  shop.clock().set(*parse_instant("2026-11-28T12:00:00Z"));
  CHECK(expired("date=2026-11-28&timezone=Asia/Seoul") == Ids{"first"});
  CHECK(expired("timezone=Asia%2FSeoul") == Ids{"first"});
  CHECK(expired("date=2026-11-27") == Ids{"before", "first"});
  CHECK(expired("").empty());
  shop.clock().set(*parse_instant("2026-12-05T00:00:00Z"));
  CHECK(expired("date=2026-11-28&timezone=Asia/Seoul") == Ids{"first", "last"});
  CHECK(expired("date=2026-11-28") == Ids{"last", "after"});
  CHECK(expired("date=2026-11-29&timezone=Asia/Seoul") == Ids{"after"});
  // A coupon that was used has not expired.
  shop.clock().set(*parse_instant("2026-11-27T00:00:00Z"));
  const Json mine = shop.get("/api/v1/coupons", shop.user()).body["data"];
  for (const Json& coupon : mine) {
    if (coupon["campaign_id"] != "first") continue;
    shop.post("/api/v1/coupons/" + coupon["code"].get<std::string>() + "/redeem", shop.user(), Json::object());
  }
  shop.clock().set(*parse_instant("2026-12-05T00:00:00Z"));
  CHECK(expired("date=2026-11-28&timezone=Asia/Seoul") == Ids{"last"});
}

TEST_CASE("a local day of 23 or of 25 hours has its coupons, all of them and no others") {
  Shop shop({.scripts = {
                 {"ends", R"(return policy { name = "ends", rules = { expiry { at = "2027-01-01T00:00:00Z" } } })"}}});
  const auto give = [&](const std::string& id, const std::string& ends) {
    shop.campaign({{"id", id}, {"policy", "ends"}, {"params", {{"expiry", {{"at", ends}}}}}});
    shop.issue(id, "minji");
  };
  give("spring_first", "2027-03-27T23:00:00Z");
  give("spring_last", "2027-03-28T21:59:59Z");
  give("spring_after", "2027-03-28T22:00:00Z");
  give("autumn_first", "2027-10-30T22:00:00Z");
  give("autumn_last", "2027-10-31T22:59:59Z");
  give("autumn_after", "2027-10-31T23:00:00Z");
  shop.clock().set(*parse_instant("2027-12-01T00:00:00Z"));
  const auto expired = [&](const std::string& date) {
    return walk(shop, "/api/v1/coupons/expired?timezone=Europe/Berlin&date=" + date, shop.operator_(), 10,
                "campaign_id");
  };
  CHECK(expired("2027-03-28") == std::vector<std::string>{"spring_first", "spring_last"});
  CHECK(expired("2027-10-31") == std::vector<std::string>{"autumn_first", "autumn_last"});
}

TEST_CASE("a day or zone that does not exist is refused") {
  Shop shop;
  for (const std::string date : {"2026-02-29", "2026-13-01", "2026-1-1", "today", "", "2026-11-21T00:00:00Z"}) {
    INFO(date);
    CHECK(shop.get("/api/v1/coupons/expired?date=" + date, shop.operator_()).names("date"));
  }
  for (const std::string zone : {"Mars/Base", "../etc/passwd", "", "%2B09:00"}) {
    INFO(zone);
    CHECK(shop.get("/api/v1/coupons/expired?timezone=" + zone, shop.operator_()).names("timezone"));
  }
}

}  // namespace
}  // namespace scrip::test
