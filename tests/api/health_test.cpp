// What the operator of the machine asks: does it live, can it serve, what does it do.
#include <catch2/catch.hpp>

#include "scenario.h"

namespace scrip::test {
namespace {

TEST_CASE("a server that runs is alive and ready") {
  Shop shop;
  const Reply health = shop.get("/healthz", "");
  CHECK(health.status == 200);
  CHECK(health.body["status"] == "ok");
  const Reply ready = shop.get("/readyz", "");
  CHECK(ready.status == 200);
  CHECK(ready.body["status"] == "ready");
}

TEST_CASE("metrics count claims by outcome, commits, policies, the queue and answers") {
  Shop shop;
  shop.campaign({{"id", "spring"}, {"policy", "welcome"}, {"total", 1}});
  const std::string code = shop.issue("spring", "minji")["code"];
  shop.post("/api/v1/campaigns/spring/issue", shop.user(), Json::object());
  shop.post("/api/v1/campaigns/spring/issue", shop.user("junho"), Json::object());
  shop.post("/api/v1/coupons/" + code + "/redeem", shop.user(), Json::object());
  shop.post("/api/v1/coupons/" + code + "/redeem", shop.user(), Json::object());
  shop.post("/api/v1/coupons/" + code + "/cancel", shop.user(), Json::object());
  const Reply reply = shop.get("/metrics", "");
  CHECK(reply.status == 200);
  CHECK(reply.header("content-type").starts_with("text/plain; version=0.0.4"));
  const std::string& text = reply.text;
  INFO(text);
  CHECK(shop.metric(R"(scrip_claims_total{action="issue",outcome="ok"})") == 1);
  CHECK(shop.metric(R"(scrip_claims_total{action="issue",outcome="already_issued"})") == 1);
  CHECK(shop.metric(R"(scrip_claims_total{action="issue",outcome="sold_out"})") == 1);
  CHECK(shop.metric(R"(scrip_claims_total{action="redeem",outcome="ok"})") == 1);
  CHECK(shop.metric(R"(scrip_claims_total{action="redeem",outcome="already_redeemed"})") == 1);
  CHECK(shop.metric(R"(scrip_claims_total{action="cancel",outcome="ok"})") == 1);
  CHECK(shop.metric("scrip_commit_seconds_count") > 0);
  CHECK(shop.metric("scrip_commit_batch_commands_count") > 0);
  CHECK(shop.metric("scrip_commit_failures_total") == 0);
  CHECK(shop.metric("scrip_policy_seconds_count") >= 4);
  CHECK(shop.metric("scrip_policy_aborts_total") == 0);
  CHECK(shop.metric("scrip_ledger_queue_commands") == 0);
  CHECK(shop.metric(R"(scrip_policy_reloads_total{result="ok"})") == 1);
  CHECK(text.find("\nscrip_http_request_seconds_count{") != std::string::npos);
  CHECK(text.find(R"(route="/api/v1/campaigns/{id}/issue")") != std::string::npos);
  CHECK(text.find(code) == std::string::npos);
}

TEST_CASE("what a client makes up does not become a series of its own") {
  Shop shop;
  shop.get("/api/v1/made/up", "");
  CHECK(Connection(shop.url()).call("MADEUP /api/v1/campaigns HTTP/1.1\r\nHost: test\r\n\r\n").status >= 400);
  const std::string text = shop.get("/metrics", "").text;
  CHECK(text.find("made/up") == std::string::npos);
  CHECK(text.find("MADEUP") == std::string::npos);
}

}  // namespace
}  // namespace scrip::test
