// A crowd before several nodes: what they give out together is what one node would have.
#include <algorithm>
#include <catch2/catch.hpp>
#include <mutex>
#include <set>
#include <thread>

#include "nodes.h"
#include "raw_postgres.h"

namespace scrip::test {
namespace {

using Json = nlohmann::json;

// One person's claim at one node.
void claim(http::Client& client, const std::string& campaign, const std::string& user, Told& told,
           const std::function<void(const Json&)>& issued = nullptr) {
  const auto answer = client.post("/api/v1/campaigns/" + campaign + "/issue", Json{{"user_id", user}}.dump());
  if (!answer) {
    ++told.lost;
    return;
  }
  if (answer->status == 201) {
    ++told.issued;
    if (issued) issued(Json::parse(answer->body));
    return;
  }
  const Json body = Json::parse(answer->body);
  const std::string code = body["code"];
  if (code == "sold_out") {
    ++told.sold_out;
  } else if (code == "already_issued") {
    ++told.already;
  } else if (answer->status == 503) {
    ++told.unavailable;
  } else {
    ++told.other;
  }
}

// `each` on as many threads as there are nodes times `per_node`, with a client of that node.
void crowd(Nodes& nodes, int per_node, const std::function<void(http::Client&, int thread)>& each) {
  std::vector<std::thread> threads;
  for (int thread = 0; thread < nodes.size() * per_node; ++thread) {
    threads.emplace_back([&, thread] {
      auto client = nodes.client(thread % nodes.size());
      each(client, thread);
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST_CASE("three nodes give out exactly what there is, each code once, and nobody is told sold out too early") {
  Nodes nodes(3);
  constexpr int total = 500;
  nodes.make_campaign({{"id", "sale"}, {"policy", "welcome"}, {"total", total}});
  Told told;
  std::mutex mutex;
  std::set<std::string> codes;
  std::atomic<int> early{0};
  crowd(nodes, 4, [&](http::Client& client, int thread) {
    for (int n = 0; n < 60; ++n) {
      const int sold_out_before = told.sold_out;
      claim(client, "sale", "user-" + std::to_string(thread) + "-" + std::to_string(n), told, [&](const Json& coupon) {
        const std::lock_guard lock(mutex);
        codes.insert(coupon["code"].get<std::string>());
      });
      // Who was told so before the last one was given.
      if (told.sold_out > sold_out_before && told.issued + told.unavailable + told.lost < total - 12) ++early;
    }
  });
  CHECK(told.other == 0);
  CHECK(told.lost == 0);
  CHECK(told.issued == total);
  CHECK(codes.size() == total);
  CHECK(told.sold_out == 3 * 4 * 60 - total - told.unavailable);
  CHECK(early == 0);
  for (int node = 0; node < nodes.size(); ++node) {
    CHECK(nodes.campaign("sale", node)["issued"] == total);
    CHECK(nodes.campaign("sale", node)["remaining"] == 0);
  }
  std::string said;
  CHECK(nodes.verify(&said) == 0);
  CHECK(said == "no drift\n");
}

TEST_CASE("one person at three nodes at once gets one coupon") {
  Nodes nodes(3);
  nodes.make_campaign({{"id", "sale"}, {"policy", "welcome"}, {"total", 1000}});
  Told told;
  constexpr int people = 15;
  crowd(nodes, 3, [&](http::Client& client, int) {
    for (int person = 0; person < people; ++person) claim(client, "sale", "person-" + std::to_string(person), told);
  });
  CHECK(told.other == 0);
  CHECK(told.unavailable == 0);
  CHECK(told.issued == people);
  CHECK(told.already == people * 8);
  CHECK(nodes.campaign("sale")["issued"] == people);
  CHECK(nodes.verify() == 0);
}

TEST_CASE("a coupon that is redeemed at three nodes at once is redeemed once") {
  Nodes nodes(3);
  nodes.make_campaign({{"id", "sale"}, {"policy", "welcome"}, {"total", 1000}});
  for (int round = 0; round < 5; ++round) {
    const std::string user = "user-" + std::to_string(round);
    const auto issued = nodes.client(0).post("/api/v1/campaigns/sale/issue", Json{{"user_id", user}}.dump());
    REQUIRE(issued.ok());
    const std::string code = Json::parse(issued->body)["code"];
    std::atomic<int> redeemed{0};
    std::atomic<int> refused{0};
    crowd(nodes, 2, [&](http::Client& client, int) {
      const auto answer =
          client.post("/api/v1/coupons/" + code + "/redeem", R"({"order":{"amount":20000,"currency":"KRW"}})");
      if (answer && answer->status == 200) ++redeemed;
      if (answer && answer->status == 409) ++refused;
    });
    CHECK(redeemed == 1);
    CHECK(refused == 5);
  }
  CHECK(nodes.verify() == 0);
}

TEST_CASE("a limit that a rule keeps in a counter is not passed by three nodes at once") {
  Nodes nodes(3);
  nodes.make_campaign({{"id", "sale"}, {"policy", "capped"}, {"total", nullptr}});
  Told told;
  crowd(nodes, 3, [&](http::Client& client, int thread) {
    for (int n = 0; n < 10; ++n) {
      claim(client, "sale", "user-" + std::to_string(thread) + "-" + std::to_string(n), told);
    }
  });
  CHECK(told.lost == 0);
  CHECK(told.issued == 40);
  CHECK(nodes.campaign("sale")["issued"] == 40);
  CHECK(nodes.verify() == 0);
}

TEST_CASE("the same call with one Idempotency-Key at three nodes has one answer") {
  Nodes nodes(3);
  nodes.make_campaign({{"id", "sale"}, {"policy", "generous"}, {"total", 1000}});
  std::mutex mutex;
  std::set<std::string> answers;
  crowd(nodes, 2, [&](http::Client& client, int) {
    const auto answer = client.post("/api/v1/campaigns/sale/issue", R"({"user_id":"minji"})", "order-17");
    REQUIRE(answer.ok());
    if (answer->status == 409) return;  // this node was still at work on it for another caller
    const std::lock_guard lock(mutex);
    answers.insert(answer->body);
  });
  CHECK(answers.size() == 1);
  CHECK(nodes.campaign("sale")["issued"] == 1);
}

TEST_CASE("a node has no more than sixteen connections to the database, however many call it") {
  Nodes nodes(1);
  nodes.make_campaign({{"id", "sale"}, {"policy", "welcome"}, {"total", 10'000}});
  Told told;
  std::atomic<bool> over{false};
  std::thread calling([&] {
    crowd(nodes, 40, [&](http::Client& client, int thread) {
      for (int n = 0; n < 30; ++n) {
        const std::string user = "user-" + std::to_string(thread) + "-" + std::to_string(n);
        claim(client, "sale", user, told);
        for (const std::string& path : {"/api/v1/coupons?user_id=" + user, "/api/v1/decisions?user_id=" + user}) {
          const auto answer = client.get(path);
          if (!answer || answer->status != 200) ++told.other;
        }
      }
    });
    over = true;
  });
  postgres_test::RawPostgres raw(nodes.store());
  std::int64_t most = 0;
  while (!over) {
    most = std::max(most, raw.integer("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                                      " AND application_name = 'scrip'"));
  }
  calling.join();
  CHECK(told.issued == 40 * 30);
  CHECK(told.other == 0);
  CHECK(most >= 2);
  CHECK(most <= 16);
}

}  // namespace
}  // namespace scrip::test
