// Files of codes, up and down: what of a file is stored, and what is said of it.
#include <algorithm>
#include <atomic>
#include <catch2/catch.hpp>
#include <set>

#include "crowd.h"
#include "scenario.h"

namespace scrip::test {
namespace {

const std::vector<std::pair<std::string, std::string>> csv{{"Content-Type", "text/csv"}};

Reply upload(Shop& shop, const std::string& campaign, const std::string& file, const std::string& id = "") {
  return shop.call({.method = "POST",
                    .path = "/api/v1/campaigns/" + campaign + "/imports" + (id.empty() ? "" : "?id=" + id),
                    .token = shop.operator_(),
                    .body = file,
                    .headers = csv});
}

Json job(Shop& shop, const std::string& id) {
  return shop.get("/api/v1/imports/" + id, shop.operator_()).body;
}

// The job of an upload that is answered well.
Json imported(Shop& shop, const std::string& campaign, const std::string& file) {
  const Reply reply = upload(shop, campaign, file);
  INFO(reply.text);
  REQUIRE(reply.status == 202);
  REQUIRE(reply.body["state"] == "done");
  return job(shop, reply.body["id"]);
}

std::string exported(Shop& shop, const std::string& campaign, const std::string& query = "") {
  const Reply reply = shop.get("/api/v1/campaigns/" + campaign + "/coupons.csv" + query, shop.operator_());
  REQUIRE(reply.status == 200);
  REQUIRE(reply.header("content-type") == "text/csv; charset=utf-8");
  return reply.text;
}

Json tally(Shop& shop, const std::string& campaign) {
  const Json shown = shop.get("/api/v1/campaigns/" + campaign, shop.operator_()).body;
  return {shown["total"], shown["issued"], shown["redeemed"], shown["remaining"]};
}

std::string many(int rows, const std::string& prefix) {
  std::string file = "code\n";
  for (int i = 0; i < rows; ++i) file += prefix + std::to_string(i) + "\n";
  return file;
}

}  // namespace

TEST_CASE("who may import what, and what is refused before anything is imported") {
  Shop shop;
  shop.campaign({{"id", "spring"}, {"total", 0}});
  const std::string call = "POST /api/v1/campaigns/spring/imports";
  run(shop,
      {
          {"nobody", Who::nobody, call, "code\nA\n", 401, "unauthenticated", {}, {}, {}, csv},
          {"a user", Who::user, call, "code\nA\n", 403, "forbidden", {}, {}, {}, csv},
          {"a service", Who::service, call, "code\nA\n", 403, "forbidden", {}, {}, {}, csv},
          {"not CSV", Who::operator_, call, "{}", 415, "unsupported_media_type"},
          {"no such campaign",
           Who::operator_,
           "POST /api/v1/campaigns/winter/imports",
           "code\nA\n",
           404,
           "campaign_not_found",
           {},
           {},
           {},
           csv},
          {"a name that is none",
           Who::operator_,
           call + "?id=No",
           "code\nA\n",
           400,
           "invalid_request",
           {},
           {"id"},
           {},
           csv},
          {"a parameter that is none",
           Who::operator_,
           call + "?mode=x",
           "code\nA\n",
           400,
           "invalid_request",
           {},
           {"mode"},
           {},
           csv},
          {"an empty body", Who::operator_, call, "", 400, "invalid_request", {}, {"body"}, {}, csv},
          {"a foreign column",
           Who::operator_,
           call,
           "code,price\nA,1\n",
           400,
           "invalid_request",
           {},
           {"price"},
           {},
           csv},
          {"no column for codes",
           Who::operator_,
           call,
           "user_id\nminji\n",
           400,
           "invalid_request",
           {},
           {"code"},
           {},
           csv},
          {"a column twice", Who::operator_, call, "code,code\nA,B\n", 400, "invalid_request", {}, {"code"}, {}, csv},
          {"the jobs of nobody", Who::service, "GET /api/v1/imports", "", 403, "forbidden"},
          {"no such job", Who::operator_, "GET /api/v1/imports/none", "", 404, "import_not_found"},
          {"no job", Who::operator_, "GET /api/v1/imports", "", 200, "", {{"data", Json::array()}}},
      });
}

TEST_CASE("what of a file is stored, and what changes with it") {
  Shop shop;
  shop.campaign({{"id", "spring"}, {"total", 5}});
  shop.campaign({{"id", "open"}});
  const std::string call = "POST /api/v1/campaigns/spring/imports?id=a";
  const Json done{{"id", "a"}, {"state", "done"}};
  run(shop,
      {
          {"to the pool",
           Who::operator_,
           call,
           "code\nA-1\nA-2\n",
           202,
           "",
           done,
           {},
           {"+coupon", "+coupon", "~campaign", "~tally"},
           csv},
          {"to a user",
           Who::operator_,
           call,
           "code,user_id,subject,expires_at\nB-1,minji,work:1,2027-01-01T00:00:00Z\n",
           202,
           "",
           done,
           {},
           {"+coupon", "~campaign", "~tally"},
           csv},
          {"nothing but rows that are there", Who::operator_, call, "code\na1\n A_2 \n", 202, "", done, {}, {}, csv},
          {"a header alone", Who::operator_, call, "code\n", 202, "", done, {}, {}, csv},
          {"into a campaign without total",
           Who::operator_,
           "POST /api/v1/campaigns/open/imports",
           "code\nC-1\n",
           202,
           "",
           {},
           {},
           {"+coupon", "~tally"},
           csv},
      });
  CHECK(tally(shop, "spring") == Json{8, 1, 0, 7});
  CHECK(shop.get("/api/v1/coupons/b1", shop.user()).body ==
        Json::parse(R"({"code":"B-1","campaign_id":"spring","state":"issued","user_id":"minji","subject":"work:1",
          "issued_at":"2026-11-21T01:00:00Z","expires_at":"2027-01-01T00:00:00Z","redeemed_at":null,"expired":false})"));
  CHECK(shop.drift().empty());
}

TEST_CASE("bad rows are told by their lines, the first hundred of them") {
  Shop shop;
  shop.campaign({{"id", "spring"}, {"total", 3}});
  shop.campaign({{"id", "other"}, {"total", 3}});
  imported(shop, "other", "code\nTaken-1\n");
  const std::string computed = shop.issue("other", "minji")["code"];  // the pool's
  const std::string of_batch = shop.issue("other", "junho")["code"];  // a computed one
  CHECK(computed == "Taken-1");
  const Json done = imported(shop, "spring",
                             "code,user_id\nA-1,\nA1,\ntaken1,\n" + of_batch + ",\n\"A-2\",\"\"\nB,u,x\n\xFF,\nA-3,\n");
  CHECK(done["rows"] == 8);
  CHECK(done["imported"] == 3);
  CHECK(done["rejected"] == 5);
  CHECK(done["progress"] == 1);
  CHECK(done["campaign_id"] == "spring");
  CHECK(done["why"].is_null());
  CHECK(done["errors"] == Json::parse(R"([
    {"line":3,"message":"The code A1 has been imported already."},
    {"line":4,"message":"The code taken1 is one of campaign other."},
    {"line":5,"message":"The code )" + of_batch +
                                      R"( is one of campaign other."},
    {"line":7,"message":"The row has 3 fields, the first line has 2."},
    {"line":8,"message":"The row is not UTF-8."}])"));

  std::string file = "code\n";
  for (int i = 0; i < 250; ++i) file += "A-1\nN" + std::to_string(i) + "\n";
  const Json crowded = imported(shop, "spring", file);
  CHECK(crowded["imported"] == 250);
  CHECK(crowded["rejected"] == 250);
  REQUIRE(crowded["errors"].size() == 100);
  CHECK(crowded["errors"].front()["line"] == 2);
  CHECK(crowded["errors"].back()["line"] == 200);
  CHECK(shop.drift().empty());
}

TEST_CASE("imported coupons are issued before computed ones, in the order of the file") {
  Shop shop;
  shop.campaign({{"id", "spring"}, {"total", 2}});
  imported(shop, "spring", "code\nFirst\nSecond\nThird\n");
  CHECK(tally(shop, "spring") == Json{5, 0, 0, 5});
  CHECK(shop.issue("spring", "a")["code"] == "First");
  CHECK(shop.issue("spring", "b")["code"] == "Second");
  imported(shop, "spring", "code\nFourth\n");
  CHECK(shop.issue("spring", "c")["code"] == "Third");
  CHECK(shop.issue("spring", "d")["code"] == "Fourth");
  CHECK(shop.issue("spring", "e")["code"].get<std::string>().size() == 19);
  CHECK(shop.issue("spring", "f")["code"].get<std::string>().size() == 19);
  CHECK(shop.post("/api/v1/campaigns/spring/issue", shop.service(), {{"user_id", "g"}}).code() == "sold_out");
  CHECK(shop.drift().empty());
}

TEST_CASE("an imported code is used like any other, however it is typed") {
  Shop shop;
  shop.campaign({{"id", "spring"}, {"total", 0}});
  shop.campaign({{"id", "computed"}, {"total", 10}});
  const std::string path = "/api/v1/coupons/";
  // Nothing was ever imported: known without asking the store.
  run(shop, {{"before", Who::service, "POST " + path + "Partner-1/redeem", "{}", 404, "coupon_not_found"}});
  imported(shop, "spring", "code,user_id\nPartner-1,minji\nPartner-2,\n");
  shop.issue("computed", "minji");
  const std::string order = R"({"order":{"amount":1000,"currency":"KRW"}})";
  const std::vector<std::string> changed{"+decision", "~coupon", "~tally"};
  const std::vector<std::string> refused{"+decision"};
  run(shop,
      {
          {"its holder sees it",
           Who::user,
           "GET " + path + "partner%201",
           "",
           200,
           "",
           {{"code", "Partner-1"}, {"state", "issued"}}},
          {"nobody else does", Who::other_user, "GET " + path + "Partner-1", "", 404, "coupon_not_found"},
          {"nor the pool's", Who::user, "GET " + path + "Partner-2", "", 404, "coupon_not_found"},
          {"the shop does",
           Who::service,
           "GET " + path + "Partner-2",
           "",
           200,
           "",
           {{"state", "available"}, {"user_id", nullptr}}},
          {"a wrong one", Who::service, "GET " + path + "Partner-3", "", 404, "coupon_not_found"},
          {"validate", Who::user, "POST " + path + "PARTNER1/validate", order, 200, "", {{"valid", true}}},
          {"validate another's", Who::other_user, "POST " + path + "PARTNER1/validate", order, 404, "coupon_not_found"},
          {"redeem another's", Who::other_user, "POST " + path + "PARTNER1/redeem", order, 404, "coupon_not_found"},
          {"redeem one that nobody has",
           Who::service,
           "POST " + path + "Partner-2/redeem",
           order,
           409,
           "not_issued",
           {},
           {},
           refused},
          {"redeem a wrong one", Who::service, "POST " + path + "Partner-3/redeem", order, 404, "coupon_not_found"},
          {"redeem",
           Who::user,
           "POST " + path + "partner_1/redeem",
           order,
           200,
           "",
           {{"state", "redeemed"}, {"code", "Partner-1"}},
           {},
           changed},
          {"redeem again",
           Who::user,
           "POST " + path + "partner_1/redeem",
           order,
           409,
           "already_redeemed",
           {},
           {},
           refused},
          {"cancel another's", Who::other_user, "POST " + path + "partner_1/cancel", "", 404, "coupon_not_found"},
          {"cancel", Who::user, "POST " + path + "partner_1/cancel", "", 200, "", {{"state", "issued"}}, {}, changed},
          {"assign",
           Who::service,
           "POST " + path + "partner-2/assign",
           R"({"user_id":"junho"})",
           200,
           "",
           {{"user_id", "junho"}, {"code", "Partner-2"}},
           {},
           changed},
          {"assign again",
           Who::service,
           "POST " + path + "partner-2/assign",
           R"({"user_id":"minji"})",
           409,
           "already_assigned",
           {},
           {},
           refused},
          {"assign a wrong one", Who::service, "POST " + path + "partner-3/assign", R"({"user_id":"minji"})", 404,
           "coupon_not_found"},
      });
  const Json decisions = shop.get("/api/v1/decisions?coupon=partner1", shop.operator_()).body["data"];
  REQUIRE(decisions.size() == 3);
  CHECK(decisions[0]["coupon"] == "Partner-1");
  CHECK(shop.get("/api/v1/decisions?coupon=partner3", shop.operator_()).code() == "coupon_not_found");
  const Json held = shop.get("/api/v1/coupons", shop.user("junho")).body["data"];
  REQUIRE(held.size() == 1);
  CHECK(held[0]["code"] == "Partner-2");
  CHECK(shop.drift().empty());
  // The flag that there are imported codes is kept over a restart.
  shop.restart();
  CHECK(shop.get(path + "Partner-1", shop.user()).status == 200);
}

TEST_CASE("the limits of a policy count imported coupons") {
  Shop shop;
  shop.campaign({{"id", "spring"}, {"policy", "welcome"}, {"total", 5}});
  imported(shop, "spring", "code,user_id\nA-1,minji\nA-2,\n");
  CHECK(shop.post("/api/v1/campaigns/spring/issue", shop.user(), Json::object()).code() == "already_issued");
  CHECK(shop.post("/api/v1/coupons/A2/assign", shop.service(), {{"user_id", "minji"}}).code() == "already_issued");
}

TEST_CASE("what is exported is imported into another store as it was, and exported again the same") {
  Shop shop;
  shop.campaign({{"id", "spring"}, {"total", 20}});
  imported(shop, "spring",
           "code,user_id\nPool-1,\n\"Held, \"\"by\"\" one\",\" =1+1, "
           "\"\"x\"\"\"\n\xEC\xBF\xA0\xED\x8F\xB0-1,\xED\x95\x9C\xEA\xB5\xAD\n");
  shop.issue("spring", "minji", "work:12");
  for (const std::string user : {"a", "b", "c"}) shop.issue("spring", user);
  const std::string code = shop.issue("spring", "junho")["code"];
  REQUIRE(shop.post("/api/v1/coupons/" + code + "/redeem", shop.service(), Json::object()).status == 200);
  const std::string file = exported(shop, "spring");
  CHECK(std::count(file.begin(), file.end(), '\n') == 8);
  CHECK(file.starts_with("code,state,user_id,subject,issued_at,expires_at,redeemed_at\n"));
  CHECK(file.find("\n\"Held, \"\"by\"\" one\",issued,\" =1+1, \"\"x\"\"\",,2026-11-21T01:00:00Z,,\n") !=
        std::string::npos);
  CHECK(file.find("\n" + code + ",redeemed,junho,,2026-11-21T01:00:00Z,,2026-11-21T01:00:00Z\n") != std::string::npos);

  Shop other;
  other.clock().advance(scrip::day);
  other.campaign({{"id", "spring"}, {"total", 0}});
  const Json done = imported(other, "spring", file);
  CHECK(done["rejected"] == 0);
  CHECK(done["imported"] == 7);
  CHECK(other.drift().empty());
  CHECK(exported(other, "spring") == file);
}

TEST_CASE("an export has what was asked for") {
  Shop shop;
  shop.campaign({{"id", "spring"}, {"total", 3'000}});
  imported(shop, "spring", "code,user_id,expires_at\nOld,minji,2026-01-01T00:00:00Z\nPool,,\n");
  const auto rows = [&](const std::string& query) {
    const std::string file = exported(shop, "spring", query);
    return std::count(file.begin(), file.end(), '\n') - 1;
  };
  CHECK(rows("") == 2);
  CHECK(rows("?state=available") == 3'001);
  CHECK(rows("?state=issued") == 0);
  CHECK(rows("?state=expired") == 1);
  CHECK(rows("?state=redeemed") == 0);
  run(shop,
      {
          {"a state that is none",
           Who::operator_,
           "GET /api/v1/campaigns/spring/coupons.csv?state=gone",
           "",
           400,
           "invalid_request",
           {},
           {"state"}},
          {"a user", Who::user, "GET /api/v1/campaigns/spring/coupons.csv", "", 403, "forbidden"},
          {"no such campaign", Who::operator_, "GET /api/v1/campaigns/none/coupons.csv", "", 404, "campaign_not_found"},
      });
}

TEST_CASE("claims go on while a file goes up, and no coupon is given twice") {
  Shop shop;
  shop.campaign({{"id", "spring"}, {"total", 1'000}});
  constexpr int rows = 20'000;
  std::atomic<int> claims{0};
  std::vector<std::set<std::string>> codes(3);
  crowd(4, [&](int caller) {
    if (caller == 3) {
      REQUIRE(upload(shop, "spring", many(rows, "Partner-"), "big").status == 202);
      return;
    }
    for (int i = 0; i < 200; ++i) {
      const std::string user = std::to_string(caller) + "." + std::to_string(i);
      codes[static_cast<std::size_t>(caller)].insert(shop.issue("spring", user)["code"].get<std::string>());
      ++claims;
    }
  });
  std::set<std::string> all;
  for (const auto& some : codes) all.insert(some.begin(), some.end());
  CHECK(all.size() == 600);
  CHECK(tally(shop, "spring") == Json{rows + 1'000, 600, 0, rows + 400});
  CHECK(job(shop, "big")["imported"] == rows);
  CHECK(shop.drift().empty());
}

TEST_CASE("two files at once import each code once") {
  Shop shop;
  shop.campaign({{"id", "one"}, {"total", 0}});
  shop.campaign({{"id", "two"}, {"total", 0}});
  constexpr int rows = 5'000;
  crowd(3, [&](int caller) {
    const std::string id = std::to_string(caller);
    REQUIRE(upload(shop, caller == 2 ? "two" : "one", many(rows, "Partner-"), id).status == 202);
  });
  int stored = 0;
  for (const std::string id : {"0", "1", "2"}) {
    const Json each = job(shop, id);
    CHECK(each["rows"] == rows);
    stored += each["imported"].get<int>();
  }
  CHECK(stored == rows);
  CHECK(shop.drift().empty());
  const Json jobs = shop.get("/api/v1/imports?limit=2", shop.operator_()).body;
  CHECK(jobs["data"].size() == 2);
  CHECK(jobs["has_more"] == true);
  const Json rest =
      shop.get("/api/v1/imports?limit=2&cursor=" + jobs["next_cursor"].get<std::string>(), shop.operator_()).body;
  CHECK(rest["data"].size() == 1);
}

TEST_CASE("a job that runs is asked for while its file goes up, and its name is taken until then") {
  Shop shop;
  shop.campaign({{"id", "spring"}, {"total", 0}});
  const std::string file = many(5'000, "Partner-");
  Connection sender(shop.url());
  REQUIRE(sender.send(
      "POST /api/v1/campaigns/spring/imports?id=slow HTTP/1.1\r\nHost: t\r\nAuthorization: Bearer " + shop.operator_() +
      "\r\nContent-Type: text/csv\r\nContent-Length: " + std::to_string(2 * file.size()) + "\r\n\r\n" + file));
  Json seen;
  do {
    const Reply reply = shop.get("/api/v1/imports/slow", shop.operator_());
    if (reply.status == 200) seen = reply.body;
  } while (seen.is_null() || seen["rows"] < 4'000);
  CHECK(seen["state"] == "running");
  CHECK(seen["progress"] > 0.3);
  CHECK(seen["progress"] < 0.6);
  CHECK(seen["ended_at"].is_null());
  CHECK(upload(shop, "spring", "code\nX\n", "slow").code() == "request_in_progress");

  SECTION("the rest comes") {
    std::string rest = many(5'000, "Partner_").substr(5);  // all of them are there already
    rest.resize(file.size(), '\n');
    REQUIRE(sender.send(rest));
    CHECK(sender.read().status == 202);
    seen = job(shop, "slow");
    CHECK(seen["state"] == "done");
    CHECK(seen["imported"] == 5'000);
    CHECK(seen["rejected"] == 5'000);
  }
  SECTION("the sender breaks off, and sends it again later") {
    sender = Connection(shop.url());
    while (seen["state"] == "running") seen = job(shop, "slow");
    CHECK(seen["state"] == "failed");
    CHECK(seen["why"].get<std::string>().starts_with("The upload broke off; "));
    const int stored = seen["imported"];
    CHECK(stored >= 4'000);
    CHECK(tally(shop, "spring")[0] == stored);
    REQUIRE(upload(shop, "spring", file, "slow").status == 202);
    seen = job(shop, "slow");
    CHECK(seen["state"] == "done");
    CHECK(seen["imported"] == 5'000 - stored);
    CHECK(seen["rejected"] == stored);
  }
  CHECK(tally(shop, "spring")[0] == 5'000);
  CHECK(shop.drift().empty());
}

}  // namespace scrip::test
