// Replays through the API: asked for, waited for, cancelled; and that they change nothing.
#include <catch2/catch.hpp>
#include <thread>

#include "scenario.h"

namespace scrip::test {
namespace {

const std::string replay = "/api/v1/policies/replay";
const std::string ten_percent =
    "return policy { name = \"mine\", rules = { per_user_limit { max = 2 }, discount { percent = 10 } } }\n";
const std::string tighter =
    "return policy { name = \"mine\", rules = { per_user_limit { max = 1 }, discount { percent = 20 } } }\n";

// Three users with two coupons each, one of each redeemed on an order of 1,000.
void sell(Shop& shop) {
  shop.campaign({{"id", "spring"}, {"policy", "mine"}, {"total", 100}});
  for (const char* user : {"ann", "bob", "cho"}) {
    shop.issue("spring", user);
    const std::string code = shop.issue("spring", user)["code"];
    const Reply redeemed = shop.post("/api/v1/coupons/" + code + "/redeem", shop.service(),
                                     {{"order", {{"amount", 1000}, {"currency", "KRW"}}}});
    REQUIRE(redeemed.status == 200);
  }
}

Json awaited(Shop& shop, const Reply& started) {
  INFO(started.text);
  REQUIRE(started.status == 202);
  const std::string location = started.header("location");
  for (;;) {
    Reply job = shop.get(location, shop.operator_());
    REQUIRE(job.status == 200);
    const std::string state = job.body["state"];
    if (state != "waiting" && state != "running") return job.body;
    // Replays take only time that nobody wants: asking without a pause would keep them from ending.
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

Json file(const std::string& text) {
  return Json::array({{{"name", "scripts/mine.lua"}, {"text", text}}});
}

}  // namespace

TEST_CASE("an edited set is replayed over what was decided") {
  Shop shop({.scripts = {{"mine", ten_percent}}});
  sell(shop);
  const Json job = awaited(shop, shop.post(replay, shop.operator_(), {{"files", file(tighter)}, {"samples", 2}}));
  INFO(job.dump(1));
  CHECK(job["state"] == "done");
  CHECK(job["by"] == "admin");
  CHECK(job["misfits"].empty());
  CHECK(job["done"] == job["total"]);
  const Json& report = job["report"];
  CHECK(report["decisions"] == 9);
  // The second coupon of each would not have been given, and so not used.
  CHECK(report["flips"]["newly_refused"] == 6);
  CHECK(report["flipped"] == 6);
  CHECK(report["groups"][0]["samples"].size() == 2);
  CHECK(report["discounts"] ==
        Json::array({{{"currency", "KRW"}, {"recorded", 300}, {"candidate", 0}, {"difference", -300}}}));

  // What is on disk and not in force yet is what is replayed when nothing is sent.
  shop.write_policy("scripts/mine.lua", tighter);
  CHECK(awaited(shop, shop.post(replay, shop.operator_(), Json::object()))["report"]["flipped"] == 6);
  const Json listed = shop.get("/api/v1/policies/replays", shop.operator_()).body;
  CHECK(listed["data"].size() == 2);
  CHECK(!listed["data"][0].contains("report"));
}

TEST_CASE("a replay goes over one campaign, or some days") {
  Shop shop({.scripts = {{"mine", ten_percent}}});
  sell(shop);
  shop.clock().advance(day);
  shop.campaign({{"id", "autumn"}, {"policy", "mine"}, {"total", 100}});
  shop.issue("autumn", "ann");
  const auto decisions = [&](Json wish) {
    return awaited(shop, shop.post(replay, shop.operator_(), wish))["report"]["decisions"];
  };
  CHECK(decisions(Json::object()) == 10);
  CHECK(decisions({{"campaign", "autumn"}}) == 1);
  CHECK(decisions({{"campaign", "spring"}}) == 9);
  CHECK(decisions({{"since", format_instant(opening + hour)}}) == 1);
  CHECK(decisions({{"until", format_instant(opening + hour)}}) == 9);
  CHECK(decisions({{"since", format_instant(opening + 2 * day)}}) == 0);
}

TEST_CASE("a set that a campaign does not fit is replayed for the others, and says so") {
  Shop shop({.scripts = {{"mine", ten_percent}, {"other", "return policy { name = \"other\", rules = {} }"}}});
  sell(shop);
  shop.campaign({{"id", "open"}, {"policy", "other"}, {"total", 10}});
  shop.issue("open", "ann");
  shop.remove_policy("scripts/other.lua");
  const Json job = awaited(shop, shop.post(replay, shop.operator_(), Json::object()));
  CHECK(job["misfits"].size() == 1);
  CHECK(job["report"]["decisions"] == 10);
  CHECK(job["report"]["unable"] == 1);
  CHECK(job["report"]["unable_because"][0]["count"] == 1);
}

TEST_CASE("what a replay is not asked for it refuses") {
  Shop shop({.scripts = {{"mine", ten_percent}}});
  const std::string none = "POST " + replay;
  run(shop,
      {{"no token", Who::nobody, none, "{}", 401, "unauthenticated"},
       {"a user", Who::user, none, "{}", 403, "forbidden"},
       {"the shop", Who::service, none, "{}", 403, "forbidden"},
       {"an unknown member", Who::operator_, none, R"({"file":[]})", 400, "invalid_request", {}, {"file"}},
       {"no list", Who::operator_, none, R"({"files":1})", 400, "invalid_request", {}, {"files"}},
       {"a file of no kind",
        Who::operator_,
        none,
        R"({"files":[{"name":"../x.lua","text":""}]})",
        400,
        "invalid_request",
        {},
        {"files[0].name"}},
       {"no base", Who::operator_, none, R"({"base":"moon"})", 400, "invalid_request", {}, {"base"}},
       {"no instant", Who::operator_, none, R"({"since":"yesterday"})", 400, "invalid_request", {}, {"since"}},
       {"an empty span",
        Who::operator_,
        none,
        R"({"since":"2026-11-21T00:00:00Z","until":"2026-11-20T00:00:00Z"})",
        400,
        "invalid_request",
        {},
        {"until"}},
       {"too many samples", Who::operator_, none, R"({"samples":101})", 400, "invalid_request", {}, {"samples"}},
       {"no such campaign", Who::operator_, none, R"({"campaign":"moon"})", 404, "campaign_not_found"},
       {"a set with a mistake", Who::operator_, none,
        R"({"files":[{"name":"scripts/mine.lua","text":"return policy { name = \"mine\", rules = { nothing {} } }"}]})",
        422, "invalid_policy"},
       {"an empty set", Who::operator_, none, R"({"base":"none"})", 400, "invalid_request", {}, {"files"}},
       {"an unknown replay", Who::operator_, "GET /api/v1/policies/replays/replay-0", "", 404, "not_found"},
       {"cancelling it", Who::operator_, "DELETE /api/v1/policies/replays/replay-0", "", 404, "not_found"},
       {"somebody else's list", Who::service, "GET /api/v1/policies/replays", "", 403, "forbidden"}});
}

TEST_CASE("replays are cancelled, and more than a few do not wait") {
  Shop shop({.scripts = {{"mine", ten_percent}}});
  shop.campaign({{"id", "spring"}, {"policy", "mine"}, {"total", 1'000}});
  Json items = Json::array();
  for (int i = 0; i < 1'000; ++i) items.push_back({{"user_id", "user" + std::to_string(i)}});
  REQUIRE(shop.post("/api/v1/campaigns/spring/issue/batch", shop.service(), {{"items", items}}).status == 200);
  // Each decision takes all of its time, so that one replay lasts longer than it takes to ask for many.
  const Json slow = Json::array(
      {{{"name", "plugins/endless.lua"},
        {"text",
         "return plugin { name = \"endless\", version = \"1.0.0\", doc = \"Never ends.\",\n"
         "  issue = function() while true do end end }\n"}},
       {{"name", "scripts/mine.lua"}, {"text", "return policy { name = \"mine\", rules = { endless {} } }\n"}}});
  std::vector<std::string> waiting;
  bool refused = false;
  for (int i = 0; i < 500 && !refused; ++i) {
    const Reply started = shop.post(replay, shop.operator_(), {{"files", slow}});
    if (started.status == 202) {
      waiting.push_back(started.header("location"));
    } else {
      CHECK(started.status == 503);
      CHECK(started.code() == "overloaded");
      CHECK(!started.header("retry-after").empty());
      refused = true;
    }
  }
  CHECK(refused);
  for (const std::string& one : waiting) {
    const Reply cancelled = shop.call({.method = "DELETE", .path = one, .token = shop.operator_()});
    CHECK((cancelled.status == 200 || cancelled.status == 404));  // forgotten, when many came after it
  }
  // Others that come later are served.
  CHECK(awaited(shop, shop.post(replay, shop.operator_(), Json::object()))["state"] == "done");
  CHECK(shop.drift().empty());
}

TEST_CASE("a server that is stopped does not wait for a replay to end") {
  Shop shop({.scripts = {{"mine", ten_percent}}});
  sell(shop);
  REQUIRE(shop.post(replay, shop.operator_(), Json::object()).status == 202);
  shop.restart();
  CHECK(shop.get("/api/v1/policies/replays", shop.operator_()).body["data"].empty());
}

}  // namespace scrip::test
