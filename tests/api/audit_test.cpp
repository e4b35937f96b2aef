// The audit log: what operators do, with what was before and what is now, and nothing else.
#include <catch2/catch.hpp>
#include <thread>

#include "scenario.h"

namespace scrip::test {
namespace {

Json audit(Shop& shop, const std::string& query = "") {
  return shop.get("/api/v1/audit" + query, shop.operator_()).body;
}

std::size_t entries(Shop& shop) {
  return audit(shop, "?limit=1000")["data"].size();
}

Json last(Shop& shop) {
  return audit(shop, "?limit=1")["data"][0];
}

Reply send(Shop& shop, const std::string& method, const std::string& path, const std::string& token, const Json& body) {
  return shop.call({.method = method, .path = path, .token = token, .body = body.dump()});
}

TEST_CASE("a start is the first entry, by Scrip itself, and one that changes nothing is none", "[sqlite]") {
  Shop shop;
  REQUIRE(entries(shop) == 1);
  CHECK(has(last(shop), Json{{"subject", "start"},
                             {"role", "host"},
                             {"action", "policies.reloaded"},
                             {"target", "policies"},
                             {"old", nullptr},
                             {"new", {{"origin", "start"}}}}));
  const std::string first = last(shop)["new"]["revision"];
  shop.restart();
  CHECK(entries(shop) == 1);
  shop.write_policy("scripts/mine.lua", "return policy { name = \"mine\", rules = {} }\n");
  shop.restart();
  CHECK(entries(shop) == 2);
  CHECK(last(shop)["old"]["revision"] == first);
}

TEST_CASE("every act of an operator is an entry with what was before and what is now") {
  Shop shop;
  const std::string admin = shop.operator_();
  struct Row {
    std::string method, path;
    Json body;
    std::string action, target;
    Json before, after;
  };
  const std::vector<Row> rows{
      {"POST",
       "/api/v1/campaigns",
       {{"id", "spring"}, {"policy", "welcome"}, {"total", 10}},
       "campaign.created",
       "campaign/spring",
       nullptr,
       {{"name", "spring"},
        {"policy", "welcome"},
        {"params", Json::object()},
        {"total", 10},
        {"starts_at", nullptr},
        {"ends_at", nullptr},
        {"status", "active"},
        {"metadata", Json::object()},
        {"timezone", "UTC"},
        {"code", {{"pattern", "####-####-####-####"}, {"alphabet", "base32"}}}}},
      {"PATCH",
       "/api/v1/campaigns/spring",
       {{"total", 20}, {"status", "paused"}, {"policy", "welcome"}, {"ends_at", "2027-01-01T00:00:00+09:00"}},
       "campaign.edited",
       "campaign/spring",
       {{"total", 10}, {"status", "active"}, {"ends_at", nullptr}},
       {{"total", 20}, {"status", "paused"}, {"ends_at", "2026-12-31T15:00:00Z"}}},
      {"PATCH",
       "/api/v1/campaigns/spring",
       {{"params", {{"discount", {{"percent", 20}}}}}, {"metadata", {{"team", "growth"}}}},
       "campaign.edited",
       "campaign/spring",
       {{"params", Json::object()}, {"metadata", Json::object()}},
       {{"params", {{"discount", {{"percent", 20}}}}}, {"metadata", {{"team", "growth"}}}}},
      {"POST",
       "/api/v1/campaigns/spring/coupons",
       {{"count", 5}},
       "codes.generated",
       "campaign/spring",
       {{"total", 20}},
       {{"total", 25}, {"count", 5}}},
      {"PUT",
       "/api/v1/users/minji/attributes",
       {{"tier", "gold"}},
       "attributes.put",
       "attributes/minji",
       Json::object(),
       {{"tier", "gold"}}},
      {"PUT",
       "/api/v1/users/minji/attributes",
       {{"tier", "none"}},
       "attributes.put",
       "attributes/minji",
       {{"tier", "gold"}},
       {{"tier", "none"}}},
      {"POST", "/api/v1/works", {{"title", "Tea"}}, "work.added", "work/1", nullptr, {{"title", "Tea"}}},
      {"PATCH",
       "/api/v1/works/1",
       {{"title", "Tea House"}},
       "work.edited",
       "work/1",
       {{"title", "Tea"}},
       {{"title", "Tea House"}}},
      {"DELETE", "/api/v1/works/1", Json::object(), "work.dropped", "work/1", {{"title", "Tea House"}}, nullptr},
  };
  for (const Row& row : rows) {
    INFO(row.method << " " << row.path << " " << row.body.dump());
    const std::size_t before = entries(shop);
    const Reply reply = send(shop, row.method, row.path, admin, row.body);
    INFO(reply.text);
    REQUIRE(reply.status < 300);
    CHECK(entries(shop) == before + 1);
    const Json entry = last(shop);
    CHECK(entry["subject"] == "admin");
    CHECK(entry["role"] == "operator");
    CHECK(entry["action"] == row.action);
    CHECK(entry["target"] == row.target);
    CHECK(entry["old"] == row.before);
    CHECK(entry["new"] == row.after);
  }
}

TEST_CASE("a set that is cast as a shadow, and its end, are entries; the end says how much it had seen") {
  Shop shop;
  shop.campaign({{"id", "spring"}, {"policy", "welcome"}, {"total", 10}});
  const std::string path = "/api/v1/policies/shadow";
  const auto cast = [&](const std::string& rules) {
    const Json files = Json::array(
        {{{"name", "scripts/mine.lua"}, {"text", "return policy { name = \"mine\", rules = { " + rules + " } }"}}});
    const Reply reply = shop.post(path, shop.operator_(), {{"files", files}});
    REQUIRE(reply.status == 201);
    return reply.body["candidate"]["revision"].get<std::string>();
  };
  const std::string first = cast("");
  Json entry = last(shop);
  CHECK(has(entry, Json{{"subject", "admin"},
                        {"role", "operator"},
                        {"action", "shadow.cast"},
                        {"target", "policies"},
                        {"old", nullptr},
                        {"new", {{"revision", first}}}}));
  const std::string second = cast("per_user_limit { max = 1 }");
  entry = last(shop);
  CHECK(entry["old"]["revision"] == first);
  CHECK(entry["new"] == Json{{"revision", second}});
  shop.issue("spring", "minji");
  while (shop.get(path, shop.operator_()).body["candidate"]["report"]["decisions"] != 1) std::this_thread::yield();
  REQUIRE(send(shop, "DELETE", path, shop.operator_(), Json::object()).status == 200);
  entry = last(shop);
  CHECK(entry["action"] == "shadow.ended");
  CHECK(entry["old"]["revision"] == second);
  CHECK(entry["old"]["decisions"] == 1);
  CHECK(entry["new"].is_null());
  // There is none to be ended, and a set that does not compile is none.
  const std::size_t before = entries(shop);
  CHECK(send(shop, "DELETE", path, shop.operator_(), Json::object()).status == 404);
  const Json broken = Json::array({{{"name", "scripts/mine.lua"}, {"text", "return policy {"}}});
  CHECK(shop.post(path, shop.operator_(), {{"files", broken}}).status == 422);
  CHECK(entries(shop) == before);
}

TEST_CASE("what changes nothing, is refused, or is not an operator's is no entry") {
  Shop shop;
  shop.campaign({{"id", "spring"}, {"total", 10}});
  send(shop, "PUT", "/api/v1/users/minji/attributes", shop.operator_(), {{"tier", "gold"}});
  const std::size_t before = entries(shop);
  const std::string admin = shop.operator_();
  CHECK(send(shop, "PATCH", "/api/v1/campaigns/spring", admin, {{"total", 10}}).status == 200);
  CHECK(send(shop, "PUT", "/api/v1/users/minji/attributes", admin, {{"tier", "gold"}}).status == 200);
  CHECK(send(shop, "PATCH", "/api/v1/campaigns/spring", admin, {{"policy", "nowhere"}}).status == 400);
  CHECK(shop.post("/api/v1/campaigns", admin, {{"id", "spring"}, {"policy", "welcome"}, {"total", 1}}).status == 409);
  CHECK(send(shop, "PATCH", "/api/v1/works/7", admin, {{"title", "x"}}).status == 404);
  CHECK(send(shop, "DELETE", "/api/v1/works/7", admin, Json::object()).status == 404);
  // What customers and the shop do by the thousand.
  CHECK(send(shop, "PUT", "/api/v1/users/minji/attributes", shop.service(), {{"tier", "lead"}}).status == 200);
  CHECK(shop.post("/api/v1/users", "", {{"login", "minji"}, {"password", "battery staple"}}).status == 201);
  const std::string code = shop.issue("spring", "minji")["code"];
  for (const std::string claim : {"redeem", "cancel"}) {
    CHECK(shop.post("/api/v1/coupons/" + code + "/" + claim, shop.operator_(), Json::object()).status == 200);
  }
  CHECK(entries(shop) == before);
}

TEST_CASE("an import is two entries, with what came of it") {
  Shop shop;
  shop.campaign({{"id", "spring"}, {"total", 0}});
  const Reply reply = shop.call({"POST",
                                 "/api/v1/campaigns/spring/imports?id=partner",
                                 shop.operator_(),
                                 "code\nA-1\nA-2\nA-1\n",
                                 {{"Content-Type", "text/csv"}}});
  REQUIRE(reply.status == 202);
  const Json both = audit(shop, "?target=import/partner")["data"];
  REQUIRE(both.size() == 2);
  CHECK(both[1]["action"] == "import.started");
  CHECK(both[1]["new"] == Json{{"campaign_id", "spring"}, {"bytes", 17}});
  CHECK(both[0]["action"] == "import.ended");
  CHECK(both[0]["subject"] == "admin");
  CHECK(both[0]["new"] ==
        Json{{"campaign_id", "spring"}, {"state", "done"}, {"rows", 3}, {"imported", 2}, {"rejected", 1}});
}

TEST_CASE("reloads are entries, accepted or refused, and rollbacks are") {
  Shop shop;
  const std::string first = shop.get("/api/v1/policies", shop.operator_()).body["revision"];
  shop.write_policy("scripts/mine.lua", "return policy { name = \"mine\", rules = {} }\n");
  const Reply reload = shop.post("/api/v1/policies/reload", shop.operator_(), {{"notes", "a new one"}});
  const std::string second = reload.body["revision"];
  Json entry = last(shop);
  CHECK(entry["action"] == "policies.reloaded");
  CHECK(entry["target"] == "policies");
  CHECK(entry["old"] == Json{{"revision", first}});
  CHECK(entry["new"] == Json{{"revision", second}, {"origin", "reload"}, {"notes", "a new one"}});

  shop.write_policy("scripts/mine.lua", "return policy {");
  REQUIRE(shop.reload().status == 422);
  entry = last(shop);
  CHECK(entry["action"] == "policies.refused");
  CHECK(entry["old"] == Json{{"revision", second}});
  CHECK(entry["new"]["error_count"] == 1);
  CHECK(entry["new"]["errors"][0].get<std::string>().starts_with("scripts/mine.lua:1: "));

  REQUIRE(shop.post("/api/v1/policies/rollback", shop.operator_(), {{"revision", first}}).status == 200);
  entry = last(shop);
  CHECK(entry["action"] == "policies.rolled_back");
  CHECK(entry["subject"] == "admin");
  CHECK(entry["old"] == Json{{"revision", second}});
  CHECK(has(entry["new"], Json{{"revision", first}, {"origin", "rollback"}}));
  CHECK(entry["new"]["set_aside"].get<std::string>().size() == 64);

  // A reload that finds what is in force ends quarantines, so it is kept; a watcher that does is nobody.
  const std::size_t before = entries(shop);
  shop.remove_policy("scripts/mine.lua");
  REQUIRE(shop.reload().status == 200);
  CHECK(entries(shop) == before + 1);
  REQUIRE(shop.node().reload().from_disk({.by = "watch", .origin = PolicyOrigin::watch}).ok());
  CHECK(entries(shop) == before + 1);
}

TEST_CASE("the log is the operator's, filtered, in pages, and can be followed") {
  Shop shop;
  const auto refused = [&](const std::string& query, const std::string& field) {
    run(shop, Scenario{.name = query,
                       .who = Who::operator_,
                       .call = "GET /api/v1/audit?" + query,
                       .status = 400,
                       .code = "invalid_request",
                       .fields = {field}});
  };
  refused("action=lost", "action");
  refused("action=", "action");
  refused("since=yesterday", "since");
  refused("since=2026-11-21T10:00:00", "since");
  refused("order=random", "order");
  refused("limit=0", "limit");
  refused("limit=99999999999999999999", "limit");
  refused("cursor=x", "cursor");
  refused("user=ann", "user");
  run(shop,
      {{.name = "nobody", .call = "GET /api/v1/audit", .status = 401, .code = "unauthenticated"},
       {.name = "a user", .who = Who::user, .call = "GET /api/v1/audit", .status = 403, .code = "forbidden"},
       {.name = "the shop", .who = Who::service, .call = "GET /api/v1/audit", .status = 403, .code = "forbidden"}});

  for (const std::string id : {"a", "b", "c"}) shop.campaign({{"id", id}});
  send(shop, "PATCH", "/api/v1/campaigns/b", shop.token("ann", Role::operator_), {{"name", "B"}});
  const auto targets = [&](const std::string& query) {
    std::string list;
    const Json found = audit(shop, "?" + query);
    for (const Json& entry : found["data"]) list += entry["target"].get<std::string>() + " ";
    return list;
  };
  CHECK(targets("") == "campaign/b campaign/c campaign/b campaign/a policies ");
  CHECK(targets("order=oldest") == "policies campaign/a campaign/b campaign/c campaign/b ");
  CHECK(targets("action=campaign.created") == "campaign/c campaign/b campaign/a ");
  CHECK(targets("subject=ann") == "campaign/b ");
  CHECK(targets("target=campaign/b&subject=admin") == "campaign/b ");
  CHECK(targets("since=2020-01-01T00:00:00Z&subject=start") == "policies ");
  CHECK(targets("since=2100-01-01T00:00:00Z").empty());
  const Json newest = audit(shop, "?limit=2");
  CHECK(newest["has_more"] == true);
  CHECK(targets("limit=2&cursor=" + newest["next_cursor"].get<std::string>()) == "campaign/b campaign/a ");
  CHECK(audit(shop, "?limit=5")["next_cursor"].is_null());

  Json page = audit(shop, "?order=oldest&limit=3");
  CHECK(page["has_more"] == true);
  page = audit(shop, "?order=oldest&limit=3&cursor=" + page["next_cursor"].get<std::string>());
  CHECK(page["has_more"] == false);
  CHECK(page["data"].size() == 2);
  const std::string end = page["next_cursor"];
  page = audit(shop, "?order=oldest&cursor=" + end);
  CHECK(page["data"].empty());
  CHECK(page["next_cursor"] == end);
  shop.campaign({{"id", "d"}});
  CHECK(targets("order=oldest&cursor=" + end) == "campaign/d ");
}

}  // namespace
}  // namespace scrip::test
