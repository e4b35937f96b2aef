// What is defined on one node is in force on all.
#include <catch2/catch.hpp>

#include "nodes.h"

namespace scrip::test {
namespace {

using Json = nlohmann::json;

std::string revision_on(http::Client& client) {
  const auto answer = client.get("/api/v1/policies");
  return answer && answer->status == 200 ? Json::parse(answer->body)["revision"].get<std::string>() : std::string();
}

TEST_CASE("a reload on one node is in force on all, and a node that starts with other files runs what is in force") {
  Nodes nodes(2);
  auto first = nodes.client(0);
  auto second = nodes.client(1);
  const std::string before = revision_on(first);
  CHECK(revision_on(second) == before);

  nodes.site(0).write("scripts/extra.lua",
                      R"(return policy { name = "extra", rules = { per_user_limit { max = 2 } } })");
  const auto reloaded = first.post("/api/v1/policies/reload", "{}");
  REQUIRE(reloaded.ok());
  REQUIRE(reloaded->status == 200);
  const std::string revision = Json::parse(reloaded->body)["revision"];
  REQUIRE(revision != before);
  CHECK(eventually([&] { return revision_on(second) == revision; }));

  SECTION("a campaign of the new policy works on the other node, which says that its disk is not what runs") {
    nodes.make_campaign({{"id", "sale"}, {"policy", "extra"}, {"total", 10}});
    const auto claimed = second.post("/api/v1/campaigns/sale/issue", R"({"user_id":"minji"})");
    REQUIRE(claimed.ok());
    CHECK(claimed->status == 201);
    const auto ready = second.get("/readyz");
    REQUIRE(ready.ok());
    CHECK(Json::parse(ready->body)["status"] == "degraded");
  }
  SECTION("a third node, whose files are those of before, runs the database's") {
    const int third = nodes.add();
    auto client = nodes.client(third);
    CHECK(revision_on(client) == revision);
    CHECK(nodes.site(third).logged().find("not those in force") != std::string::npos);
  }
  SECTION("a rollback on one node is one on all") {
    const auto back = second.post("/api/v1/policies/rollback", Json{{"revision", before}}.dump());
    REQUIRE(back.ok());
    INFO(back->body);
    REQUIRE(back->status == 200);
    CHECK(eventually([&] { return revision_on(first) == before; }));
  }
}

TEST_CASE("a campaign that is paused on one node gives out nothing on another") {
  Nodes nodes(2);
  nodes.make_campaign({{"id", "sale"}, {"policy", "generous"}, {"total", 1000}});
  auto second = nodes.client(1);
  REQUIRE(second.post("/api/v1/campaigns/sale/issue", R"({"user_id":"a"})")->status == 201);
  REQUIRE(nodes.client(0).patch("/api/v1/campaigns/sale", R"({"status":"paused"})")->status == 200);
  // Its answer came when the edit was durable: no batch that begins after it may pass it by.
  const auto refused = second.post("/api/v1/campaigns/sale/issue", R"({"user_id":"b"})");
  REQUIRE(refused.ok());
  CHECK(refused->status == 409);
  CHECK(Json::parse(refused->body)["code"] == "campaign_not_active");

  SECTION("and a total that is lowered below what was given is refused, on whichever node it was given") {
    const auto lowered = nodes.client(0).patch("/api/v1/campaigns/sale", R"({"total":0})");
    REQUIRE(lowered.ok());
    CHECK(Json::parse(lowered->body)["code"] == "total_below_issued");
  }
}

TEST_CASE("codes are generated on two nodes without one twice") {
  Nodes nodes(2);
  nodes.make_campaign({{"id", "sale"}, {"policy", "generous"}, {"total", 0}});
  REQUIRE(nodes.client(0).post("/api/v1/campaigns/sale/coupons", R"({"count":100})")->status == 201);
  REQUIRE(nodes.client(1).post("/api/v1/campaigns/sale/coupons", R"({"count":50})")->status == 201);
  // What the first node shows of it follows.
  CHECK(eventually([&] { return nodes.campaign("sale", 0)["total"] == 150; }));
  CHECK(nodes.verify() == 0);
}

}  // namespace
}  // namespace scrip::test
