#include "claims.h"

#include <catch2/catch.hpp>
#include <set>

namespace scrip::test {

using Json = nlohmann::json;

Claims::Claims(Nodes& nodes, std::string campaign, int per_node) : nodes_(nodes), campaign_(std::move(campaign)) {
  for (int thread = 0; thread < nodes.size() * per_node; ++thread)
    threads_.emplace_back([this, thread] { shop(thread); });
}

void Claims::stop() {
  stop_ = true;
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

void Claims::shop(int thread) {
  std::vector<http::Client> clients;
  for (int node = 0; node < nodes_.size(); ++node) clients.push_back(nodes_.client(node));
  std::size_t node = static_cast<std::size_t>(thread) % clients.size();
  for (int n = 0; !stop_; ++n) {
    const std::string user = "user-" + std::to_string(thread) + "-" + std::to_string(n);
    for (;;) {
      const auto answer =
          clients[node].post("/api/v1/campaigns/" + campaign_ + "/issue", Json{{"user_id", user}}.dump(), user);
      if (answer && answer->status == 201) {
        ++answered_;
        const std::lock_guard lock(mutex_);
        promised_[user] = Json::parse(answer->body)["code"];
        break;
      }
      if (answer && answer->status != 503 && answer->status != 409) {
        const std::lock_guard lock(mutex_);
        wrong_.push_back(answer->body);
        break;
      }
      if (stop_) {
        ++unanswered_;
        break;
      }
      node = (node + 1) % clients.size();
    }
  }
}

void Claims::check() {
  for (const std::string& body : wrong_) {
    INFO(body);
    CHECK(false);
  }
  std::set<std::string> codes;
  auto client = nodes_.client(0);
  for (const auto& [user, code] : promised_) {
    codes.insert(code);
    const auto answer = client.get("/api/v1/coupons/" + code);
    REQUIRE(answer.ok());
    INFO(user << " " << answer->body);
    REQUIRE(answer->status == 200);
    CHECK(Json::parse(answer->body)["user_id"] == user);
  }
  CHECK(codes.size() == promised_.size());
  const int issued = nodes_.campaign(campaign_)["issued"];
  CHECK(issued >= static_cast<int>(promised_.size()));
  CHECK(issued <= static_cast<int>(promised_.size()) + unanswered_);
}

}  // namespace scrip::test
