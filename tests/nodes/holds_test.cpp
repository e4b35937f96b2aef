// Holds and orders with several coupons before several nodes.
#include <catch2/catch.hpp>
#include <mutex>
#include <thread>

#include "nodes.h"

namespace scrip::test {
namespace {

using Json = nlohmann::json;

const Json order{{"amount", 20'000}, {"currency", "KRW"}};

std::string issue(Nodes& nodes, const std::string& campaign, const std::string& user) {
  const auto issued = nodes.client(0).post("/api/v1/campaigns/" + campaign + "/issue", Json{{"user_id", user}}.dump());
  REQUIRE(issued.ok());
  INFO(issued->body);
  REQUIRE(issued->status == 201);
  return Json::parse(issued->body)["code"];
}

struct Answer {
  int status = 0;  // 0: none
  Json body;
};

Answer post(Nodes& nodes, int node, const std::string& path, const Json& body) {
  auto client = nodes.client(node);
  const auto answer = client.post("/api/v1/" + path, body.dump());
  return answer ? Answer{answer->status, Json::parse(answer->body)} : Answer{};
}

// What each node answers to the same call, or each to its own, at once.
std::vector<Answer> at_once(Nodes& nodes, const std::string& path, const std::function<Json(int node)>& body) {
  std::vector<Answer> answers(static_cast<std::size_t>(nodes.size()));
  std::vector<std::thread> threads;
  for (int node = 0; node < nodes.size(); ++node) {
    threads.emplace_back([&, node] { answers[static_cast<std::size_t>(node)] = post(nodes, node, path, body(node)); });
  }
  for (std::thread& thread : threads) thread.join();
  return answers;
}

int count(const std::vector<Answer>& answers, int status) {
  int of_it = 0;
  for (const Answer& answer : answers) {
    if (answer.status == status) ++of_it;
  }
  return of_it;
}

TEST_CASE("a coupon that is held at three nodes at once is held once, and redeemed with its key at another node") {
  Nodes nodes(3);
  nodes.make_campaign({{"id", "sale"}, {"policy", "welcome"}, {"total", 1000}});
  for (int round = 0; round < 5; ++round) {
    const std::string code = issue(nodes, "sale", "user-" + std::to_string(round));
    const auto held = at_once(nodes, "coupons/" + code + "/hold", [](int) { return Json{{"order", order}}; });
    REQUIRE(count(held, 200) == 1);
    CHECK(count(held, 409) == 2);
    int holder = 0;
    while (held[static_cast<std::size_t>(holder)].status != 200) ++holder;
    const Json with_key{{"hold", held[static_cast<std::size_t>(holder)].body["hold"]["key"]}};

    CHECK(post(nodes, (holder + 1) % 3, "coupons/" + code + "/redeem", {{"order", order}}).body["code"] ==
          "coupon_held");
    const Answer redeemed = post(nodes, (holder + 2) % 3, "coupons/" + code + "/redeem", with_key);
    INFO(redeemed.body);
    CHECK(redeemed.status == 200);
    CHECK(redeemed.body["discount"]["amount"] == 2'000);
    CHECK(post(nodes, holder, "coupons/" + code + "/release", with_key).body["code"] == "hold_not_found");
  }
  CHECK(nodes.verify() == 0);
}

TEST_CASE("a hold of a node that was killed ends by itself at another") {
  Nodes nodes(2);
  nodes.make_campaign({{"id", "sale"}, {"policy", "welcome"}, {"total", 1000}});
  const std::string code = issue(nodes, "sale", "mina");
  const Answer held = post(nodes, 1, "coupons/" + code + "/hold", {{"ttl", 3}});
  INFO(held.body);
  REQUIRE(held.status == 200);
  nodes.server(1).kill();
  std::string told;
  REQUIRE(eventually([&] {
    const Answer again = post(nodes, 0, "coupons/" + code + "/hold", Json::object());
    if (again.status != 200) told = again.body.value("code", "");
    return again.status == 200;
  }));
  CHECK((told.empty() || told == "coupon_held"));
  CHECK(nodes.verify() == 0);
}

TEST_CASE("of orders with one code in common, at three nodes at once, one is redeemed, and it can be cancelled") {
  Nodes nodes(3);
  nodes.make_campaign({{"id", "sale"}, {"policy", "generous"}, {"total", 1000}});
  nodes.make_campaign(
      {{"id", "club"}, {"policy", "generous"}, {"total", 1000}, {"metadata", {{"stacking_group", "member"}}}});
  for (int round = 0; round < 5; ++round) {
    const std::string shared = issue(nodes, "sale", "mina");
    std::vector<std::string> own;
    for (int node = 0; node < nodes.size(); ++node) own.push_back(issue(nodes, "club", "mina"));
    const auto body = [&](int node) {
      Json of_node = order;
      of_node["id"] = "order-" + std::to_string(round) + "-" + std::to_string(node);
      return Json{{"codes", {shared, own[static_cast<std::size_t>(node)]}}, {"order", of_node}};
    };
    const auto answers = at_once(nodes, "orders/redeem", body);
    for (const Answer& answer : answers) UNSCOPED_INFO(answer.body);
    REQUIRE(count(answers, 200) == 1);
    int winner = 0;
    while (answers[static_cast<std::size_t>(winner)].status != 200) ++winner;
    CHECK(nodes.campaign("club")["redeemed"] == 1);

    const std::string id = body(winner)["order"]["id"];
    const auto cancelled = at_once(nodes, "orders/" + id + "/cancel", [](int) { return Json::object(); });
    CHECK(count(cancelled, 200) == 1);
    CHECK(nodes.campaign("club")["redeemed"] == 0);
  }
  std::string said;
  CHECK(nodes.verify(&said) == 0);
  CHECK(said == "no drift\n");
}

}  // namespace
}  // namespace scrip::test
