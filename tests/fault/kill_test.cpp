// The process dies without a word, under load. What was answered is true afterwards.
#include <atomic>
#include <catch2/catch.hpp>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <random>
#include <thread>

#include "server_process.h"

namespace scrip::test {
namespace {

using Json = nlohmann::json;

// What the server has said of each coupon, last; and what may have become of it since, when the
// server died before it answered.
struct Said {
  std::string user;
  std::string state;
  std::string asked;  // the state that an unanswered call would lead to; "" when there is none
};

class Customers {
 public:
  // Claims, redeems and cancels until the server is gone.
  void shop_until_it_dies(const ServerProcess& server, const std::string& name) {
    auto client = server.client();
    for (int n = 0;; ++n) {
      const std::string user = name + "." + std::to_string(n);
      auto issued = claim(client, user);
      if (!issued) return;
      if (issued->status != 201) return fail(issued->body);
      keep(user, issued->body);
      const std::string code = Json::parse(issued->body)["code"];
      note(code, {user, "issued", ""});
      for (const auto& [call, state] :
           {std::pair<std::string, std::string>{"redeem", "redeemed"}, {"cancel", "issued"}, {"redeem", "redeemed"}}) {
        const std::string before = said(code).state;
        note(code, {user, before, state});
        auto answer = client.post("/api/v1/coupons/" + code + "/" + call, "{}");
        if (!answer) return;
        if (answer->status != 200) return fail(answer->body);
        note(code, {user, state, ""});
      }
    }
  }

  int answers() const { return answers_; }
  std::string failure() const { return failure_; }

  // Every coupon is as it was said to be. Forgets what was asked and not answered.
  void check(http::Client& client) {
    for (auto& [code, said] : said_) {
      auto answer = client.get("/api/v1/coupons/" + code);
      REQUIRE(answer.ok());
      INFO(answer->body);
      REQUIRE(answer->status == 200);
      const Json coupon = Json::parse(answer->body);
      CHECK(coupon["user_id"] == said.user);
      const std::string state = coupon["state"];
      CHECK((state == said.state || state == said.asked));
      said.state = state;
      said.asked.clear();
    }
  }
  // Who lost the answer on the way sends the claim again, and gets the same one.
  void ask_again(http::Client& client) {
    for (const auto& [user, body] : std::exchange(kept_, {})) {
      auto again = claim(client, user);
      REQUIRE(again.ok());
      CHECK(again->status == 201);
      CHECK(again->body == body);
    }
  }
  std::size_t coupons() const { return said_.size(); }

 private:
  static Result<http::Answer> claim(http::Client& client, const std::string& user) {
    return client.post("/api/v1/campaigns/spring/issue", Json{{"user_id", user}}.dump(), user);
  }
  void keep(const std::string& user, const std::string& body) {
    const std::lock_guard lock(mutex_);
    kept_[user] = body;
  }
  void note(const std::string& code, const Said& what) {
    const std::lock_guard lock(mutex_);
    if (what.asked.empty()) ++answers_;
    said_[code] = what;
  }
  Said said(const std::string& code) {
    const std::lock_guard lock(mutex_);
    return said_[code];
  }
  void fail(const std::string& what) {
    const std::lock_guard lock(mutex_);
    failure_ = what;
  }

  std::mutex mutex_;
  std::map<std::string, Said> said_;
  std::map<std::string, std::string> kept_;  // user -> the answer to its claim, since the last kill
  std::string failure_;
  std::atomic<int> answers_{0};
};

TEST_CASE("killed ten times under load, the server loses nothing that it answered") {
  const Site site;
  Customers customers;
  std::mt19937 random(20261121);
  for (int round = 0; round < 10; ++round) {
    ServerProcess server(site);
    auto client = server.client();
    if (round == 0) {
      auto made = client.post("/api/v1/campaigns",
                              R"({"id":"spring","policy":"welcome","total":1000000,"timezone":"Asia/Seoul"})");
      REQUIRE((made.ok() && made->status == 201));
    } else {
      customers.check(client);
      customers.ask_again(client);
    }
    const int enough = customers.answers() + std::uniform_int_distribution<int>(20, 400)(random);
    std::vector<std::thread> threads;
    std::atomic<int> gone{0};
    constexpr int crowd = 12;
    for (int i = 0; i < crowd; ++i) {
      threads.emplace_back([&, name = std::to_string(round) + "." + std::to_string(i)] {
        customers.shop_until_it_dies(server, name);
        ++gone;
      });
    }
    // Somewhere in the middle of whatever the twelve are doing.
    while (customers.answers() < enough && gone < crowd) std::this_thread::yield();
    server.kill();
    for (std::thread& thread : threads) thread.join();
    INFO("round " << round << "\n" << customers.failure());
    REQUIRE(customers.failure().empty());
    INFO(site.logged());
    REQUIRE(site.verify() == 0);
  }
  ServerProcess server(site);
  auto client = server.client();
  customers.check(client);
  CHECK(customers.coupons() > 100);
  // Not one more was given than the server told or was asked for.
  const Json campaign = Json::parse(client.get("/api/v1/campaigns/spring")->body);
  CHECK(campaign["issued"].get<std::size_t>() >= customers.coupons());
  CHECK(campaign["issued"].get<std::size_t>() <= customers.coupons() + 10 * 12);
  CHECK(server.stop() == 0);
  CHECK(site.verify() == 0);
}

}  // namespace
}  // namespace scrip::test
