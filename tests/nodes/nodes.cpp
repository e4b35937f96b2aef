#include "nodes.h"

#include <catch2/catch.hpp>
#include <chrono>
#include <filesystem>
#include <thread>

namespace scrip::test {

namespace fs = std::filesystem;

Nodes::Nodes(int count, std::string url) : url_(std::move(url)) {
  if (url_.empty()) {
    database_ = std::make_unique<postgres_test::TestDatabase>();
    url_ = database_->url();
  }
  while (size() < count) add();
}

int Nodes::add() {
  sites_.emplace_back();
  fs::create_directories(sites_.back().data());
  sites_.back().write("scripts/capped.lua", R"(return policy { name = "capped", rules = { daily_cap { max = 40 } } })");
  sites_.back().write("scripts/generous.lua",
                      R"(return policy { name = "generous", rules = { expiry { days = 7 } } })");
  if (sites_.size() > 1) fs::copy_file(sites_.front().data() / "secret", sites_.back().data() / "secret");
  servers_.emplace_back();
  start(size() - 1);
  return size() - 1;
}

void Nodes::start(int node) {
  servers_[at(node)].reset();
  servers_[at(node)] = std::make_unique<ServerProcess>(sites_[at(node)], std::vector<std::string>{"--store", url_});
}

void Nodes::make_campaign(const nlohmann::json& campaign) {
  const auto made = client(0).post("/api/v1/campaigns", campaign.dump());
  REQUIRE(made.ok());
  INFO(made->body);
  REQUIRE(made->status == 201);
  for (int node = 0; node < size(); ++node) {
    auto asked = client(node);
    REQUIRE(eventually([&] {
      const auto answer = asked.get("/api/v1/campaigns/" + campaign["id"].get<std::string>());
      return answer.ok() && answer->status == 200;
    }));
  }
}

nlohmann::json Nodes::campaign(const std::string& id, int node) {
  const auto answer = client(node).get("/api/v1/campaigns/" + id);
  REQUIRE(answer.ok());
  INFO(answer->body);
  REQUIRE(answer->status == 200);
  return nlohmann::json::parse(answer->body);
}

int Nodes::verify(std::string* said) const {
  return sites_.front().run({"verify", "--data", sites_.front().data().string(), "--store", url_}, said);
}

bool eventually(const std::function<bool()>& call) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (!call()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return true;
}

}  // namespace scrip::test
