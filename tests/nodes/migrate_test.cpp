// Moving house: a server's file into a database that nodes share.
#include <catch2/catch.hpp>

#include "../unit/db/fault_store.h"
#include "cli/open_store.h"
#include "db/sqlite/sqlite_inventory.h"
#include "jobs/migration.h"
#include "nodes.h"

namespace scrip::test {
namespace {

using Json = nlohmann::json;

// A shop's coupons.
struct Lived {
  std::vector<std::string> codes;  // of campaign sale; the first five are redeemed, then `held` and `redeemed_held`
  std::string hold;                // the key of the one that is held
};
constexpr std::size_t held = 6;
constexpr std::size_t redeemed_held = 7;

// A shop with a bit of everything, on SQLite; it has stopped when this returns.
Lived live_a_little(const Site& site) {
  Lived lived;
  std::vector<std::string>& codes = lived.codes;
  site.write("scripts/generous.lua", R"(return policy { name = "generous", rules = { expiry { days = 7 } } })");
  ServerProcess server(site);
  auto client = server.client();
  const auto call = [&](const std::string& path, const std::string& body, int status) {
    const auto answer = client.post(path, body);
    REQUIRE(answer.ok());
    INFO(path << " " << answer->body);
    REQUIRE(answer->status == status);
    return Json::parse(answer->body);
  };
  call("/api/v1/campaigns", R"({"id":"sale","policy":"welcome","total":50})", 201);
  call("/api/v1/campaigns", R"({"id":"open","policy":"welcome","total":null,"code":{"pattern":"OPEN-####-####"}})",
       201);
  call("/api/v1/users", R"({"login":"minji","password":"correct horse"})", 201);
  call("/api/v1/works", R"({"title":"A webtoon"})", 201);
  REQUIRE(client.put("/api/v1/users/minji/attributes", R"({"tier":"gold"})")->status == 200);
  for (int n = 0; n < 20; ++n) {
    codes.push_back(
        call("/api/v1/campaigns/sale/issue", Json{{"user_id", "user-" + std::to_string(n)}}.dump(), 201)["code"]);
  }
  for (int n = 0; n < 5; ++n) {
    call("/api/v1/coupons/" + codes[static_cast<std::size_t>(n)] + "/redeem",
         R"({"order":{"amount":20000,"currency":"KRW"}})", 200);
  }
  call("/api/v1/campaigns/sale/issue", R"({"user_id":"user-1"})", 409);
  const Json order{{"amount", 20'000}, {"currency", "KRW"}};
  const std::string with_order = Json{{"order", order}}.dump();
  lived.hold = call("/api/v1/coupons/" + codes[held] + "/hold", with_order, 200)["hold"]["key"];
  const Json other = call("/api/v1/coupons/" + codes[redeemed_held] + "/hold", with_order, 200);
  call("/api/v1/coupons/" + codes[redeemed_held] + "/redeem", Json{{"hold", other["hold"]["key"]}}.dump(), 200);
  std::vector<std::string> together;
  for (const std::string id : {"pair", "club"}) {
    call("/api/v1/campaigns",
         Json{{"id", id}, {"policy", "generous"}, {"total", 5}, {"metadata", {{"stacking_group", id}}}}.dump(), 201);
    together.push_back(call("/api/v1/campaigns/" + id + "/issue", R"({"user_id":"ann"})", 201)["code"]);
  }
  Json of_order = order;
  of_order["id"] = "order-1";
  call("/api/v1/orders/redeem", Json{{"codes", together}, {"order", of_order}}.dump(), 200);
  const auto imported = client.upload("/api/v1/campaigns/open/imports?id=partner", "text/csv",
                                      [text = std::string("code,user_id\nPARTNER-1,ann\nPARTNER-2,\n"), sent = false](
                                          char* to, std::size_t size) mutable -> Result<std::size_t> {
                                        if (std::exchange(sent, true)) return std::size_t{0};
                                        REQUIRE(size >= text.size());
                                        text.copy(to, text.size());
                                        return text.size();
                                      });
  REQUIRE(imported.ok());
  REQUIRE(imported->status == 202);
  REQUIRE(eventually([&] {
    const auto job = client.get("/api/v1/imports/partner");
    return job && Json::parse(job->body)["state"] == "done";
  }));
  CHECK(server.stop() == 0);
  return lived;
}

void check_moved(Nodes& nodes, const std::vector<std::string>& codes) {
  CHECK(nodes.campaign("sale")["issued"] == 20);
  CHECK(nodes.campaign("sale")["redeemed"] == 6);
  CHECK(nodes.campaign("sale")["remaining"] == 30);
  auto client = nodes.client(1);
  for (std::size_t n = 0; n < codes.size(); ++n) {
    const auto answer = client.get("/api/v1/coupons/" + codes[n]);
    REQUIRE(answer->status == 200);
    const Json coupon = Json::parse(answer->body);
    CHECK(coupon["user_id"] == "user-" + std::to_string(n));
    CHECK(coupon["state"] == (n < 5 || n == redeemed_held ? "redeemed" : "issued"));
  }
  CHECK(Json::parse(client.get("/api/v1/coupons/PARTNER-1")->body)["user_id"] == "ann");
  CHECK(client.post("/api/v1/tokens", R"({"login":"minji","password":"correct horse"})")->status == 200);
  CHECK(Json::parse(client.get("/api/v1/works")->body)["data"].size() == 1);
  CHECK(Json::parse(client.get("/api/v1/decisions?user_id=user-1")->body)["data"].size() == 3);
}

TEST_CASE("what a stopped server has is on the nodes after a move, and both sides verify without drift") {
  const Site old;
  const Lived lived = live_a_little(old);
  const std::vector<std::string>& codes = lived.codes;
  REQUIRE(old.verify() == 0);

  postgres_test::TestDatabase database;
  std::string said;
  REQUIRE(old.run({"migrate", "--from", old.data().string(), "--to", database.url()}, &said) == 0);
  CHECK(said.find("4 campaigns, 24 coupons") != std::string::npos);

  Nodes nodes(2, database.url());
  CHECK(nodes.verify() == 0);
  CHECK(old.verify() == 0);
  check_moved(nodes, codes);
  auto client = nodes.client(1);

  SECTION("life goes on there: who has a coupon is refused, the rest of the codes is given out") {
    CHECK(client.post("/api/v1/campaigns/sale/issue", R"({"user_id":"user-1"})")->status == 409);
    for (int n = 20; n < 50; ++n) {
      REQUIRE(
          client.post("/api/v1/campaigns/sale/issue", Json{{"user_id", "user-" + std::to_string(n)}}.dump())->status ==
          201);
    }
    CHECK(Json::parse(client.post("/api/v1/campaigns/sale/issue", R"({"user_id":"late"})")->body)["code"] ==
          "sold_out");
    CHECK(client.post("/api/v1/campaigns/open/issue", R"({"user_id":"bob"})")->status == 201);
    CHECK(nodes.verify() == 0);
  }
  SECTION("a hold ends there as it would have, and an order is cancelled with all its coupons") {
    const auto answer = [&](const std::string& path, const Json& body) {
      const auto call = client.post("/api/v1/" + path, body.dump());
      REQUIRE(call.ok());
      INFO(call->body);
      return std::pair(call->status, Json::parse(call->body));
    };
    CHECK(answer("coupons/" + codes[held] + "/redeem", Json::object()).second["code"] == "coupon_held");
    CHECK(answer("coupons/" + codes[held] + "/redeem", {{"hold", lived.hold}}).first == 200);
    CHECK(nodes.campaign("club")["redeemed"] == 1);
    CHECK(answer("orders/order-1/cancel", Json::object()).first == 200);
    CHECK(nodes.campaign("club")["redeemed"] == 0);
    CHECK(nodes.campaign("pair")["redeemed"] == 0);
    CHECK(nodes.verify() == 0);
  }
  SECTION("a second move into the same database is refused") {
    CHECK(old.run({"migrate", "--from", old.data().string(), "--to", database.url()}) == 1);
    CHECK(old.logged().find("in use already") != std::string::npos);
  }
}

// Moves what `scrip migrate` moves, in runs of which the first breaks off at its first commit, the second at its
// second, and so on. How many it took.
int move_in_pieces(const Site& old, const std::string& to) {
  const std::string file = (old.data() / "scrip.db").string();
  for (int runs = 1;; ++runs) {
    const auto source = cli::open_store(cli::sqlite_store, file, {.create = false});
    REQUIRE(source.ok());
    const auto inventory = open_sqlite_inventory(file);
    REQUIRE(inventory.ok());
    const auto target = cli::open_store(to, file);
    REQUIRE(target.ok());
    FaultStore breaking(**target);
    breaking.fail(FaultStore::Step::commit, runs, 1'000);
    const auto moved = jobs::migrate({.store = **source, .inventory = **inventory}, breaking, {});
    if (moved) return runs;
    REQUIRE(moved.error().code == Code::storage_unavailable);
    REQUIRE(runs < 100);
  }
}

TEST_CASE("a move that breaks off again and again goes on where it was, and nothing is missing or twice") {
  const Site old;
  const Lived lived = live_a_little(old);
  postgres_test::TestDatabase database;
  CHECK(move_in_pieces(old, database.url()) > 4);
  Nodes nodes(2, database.url());
  CHECK(nodes.verify() == 0);
  CHECK(old.verify() == 0);
  check_moved(nodes, lived.codes);
  auto client = nodes.client(0);
  for (int n = 20; n < 50; ++n) {
    REQUIRE(
        client.post("/api/v1/campaigns/sale/issue", Json{{"user_id", "user-" + std::to_string(n)}}.dump())->status ==
        201);
  }
  CHECK(client.post("/api/v1/campaigns/sale/issue", R"({"user_id":"late"})")->status == 409);
  CHECK(nodes.verify() == 0);
}

TEST_CASE("a server that runs is not moved") {
  const Site old;
  const ServerProcess server(old);
  postgres_test::TestDatabase database;
  CHECK(old.run({"migrate", "--from", old.data().string(), "--to", database.url()}) == 1);
}

}  // namespace
}  // namespace scrip::test
