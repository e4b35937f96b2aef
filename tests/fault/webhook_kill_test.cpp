// The process dies between the commit of an event and its delivery.
#include <catch2/catch.hpp>
#include <map>
#include <set>

#include "../unit/jobs/receiver.h"
#include "server_process.h"

namespace scrip::test {
namespace {

using Json = nlohmann::json;

TEST_CASE("after kill -9 every event of a claim that was answered is delivered, and none is made twice") {
  const Site site;
  site.write("webhook-secret", "a secret of the test\n");
  Receiver receiver;
  receiver.next(std::vector<Receiver::Mood>(8, Receiver::Mood::hang));
  const std::vector<std::string> webhook{"--webhook-url",         receiver.url(),
                                         "--webhook-secret-file", (site.path() / "webhook-secret").string(),
                                         "--webhook-events",      "coupon.issued"};
  constexpr int claims = 40;
  {
    ServerProcess server(site, webhook);
    auto client = server.client();
    REQUIRE(client.post("/api/v1/campaigns", R"({"id":"c","policy":"campaign_rpc","total":null})")->status == 201);
    for (int i = 0; i < claims; ++i) {
      const auto issued =
          client.post("/api/v1/campaigns/c/issue", R"({"user_id":"user-)" + std::to_string(i) + R"("})");
      REQUIRE(issued.ok());
      REQUIRE(issued->status == 201);
    }
    // As many as are sent at once, none of which is ever answered.
    receiver.await(8);
    server.kill();
  }
  CHECK(receiver.came().size() == 8);
  ServerProcess server(site, webhook);
  receiver.await(8 + claims);
  std::map<std::string, std::set<std::string>> users;  // by delivery
  for (const auto& came : receiver.came()) {
    users[came.delivery].insert(came.json()["data"]["coupon"]["user_id"].get<std::string>());
  }
  CHECK(users.size() == claims);
  std::set<std::string> told;
  for (const auto& [delivery, of] : users) told.insert(of.begin(), of.end());
  CHECK(told.size() == claims);
  CHECK(server.stop() == 0);
  CHECK(site.verify() == 0);
}

}  // namespace
}  // namespace scrip::test
