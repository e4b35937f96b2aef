#include "ops/metrics.h"

#include <catch2/catch.hpp>
#include <thread>
#include <vector>

using namespace scrip;
using namespace std::chrono_literals;
using Catch::Matchers::Contains;

namespace {

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

}  // namespace

TEST_CASE("metrics show what was counted") {
  Metrics metrics;
  metrics.claim("issue", "ok");
  metrics.claim("issue", "ok");
  metrics.claim("redeem", "already_redeemed");
  metrics.committed(64, 100us, 2ms);
  metrics.policy_evaluated(20us);
  metrics.policy_aborted();
  metrics.policy_quarantined();
  metrics.commit_failed();
  metrics.reloaded(true);
  metrics.answered("POST", "/api/v1/campaigns/{id}/issue", 201, 3ms);
  double connections = 3;
  metrics.watch_connections([&] { return connections; });
  metrics.watch_queue_length([] { return 7.0; });
  const std::string text = metrics.text();
  CHECK_THAT(text, Contains(R"(scrip_claims_total{action="issue",outcome="ok"} 2)"));
  CHECK_THAT(text, Contains(R"(scrip_claims_total{action="redeem",outcome="already_redeemed"} 1)"));
  CHECK_THAT(text, Contains("scrip_commit_batch_commands_sum 64"));
  CHECK_THAT(text, Contains("scrip_commit_seconds_count 1"));
  CHECK_THAT(text, Contains("scrip_policy_seconds_count 1"));
  CHECK_THAT(text, Contains("scrip_policy_aborts_total 1"));
  CHECK_THAT(text, Contains("scrip_policy_quarantines_total 1"));
  CHECK_THAT(text, Contains("scrip_commit_failures_total 1"));
  CHECK_THAT(text, Contains(R"(scrip_policy_reloads_total{result="ok"} 1)"));
  CHECK_THAT(
      text,
      Contains(
          R"(scrip_http_request_seconds_count{method="POST",route="/api/v1/campaigns/{id}/issue",status="201"} 1)"));
  CHECK_THAT(text, Contains("scrip_http_connections 3"));
  CHECK_THAT(text, Contains("scrip_ledger_queue_commands 7"));
  connections = 4;
  CHECK_THAT(metrics.text(), Contains("scrip_http_connections 4"));
}

TEST_CASE("what clients and rules make up does not become a series") {
  Metrics metrics;
  for (int i = 0; i < 100; ++i) {
    metrics.claim("issue", "made_up_" + std::to_string(i));
    metrics.claim("action" + std::to_string(i), "ok");
    metrics.answered("METHOD" + std::to_string(i), "", 404, 1ms);
    metrics.answered("GET", "", 1000 + i, 1ms);
  }
  const std::string text = metrics.text();
  CHECK(count(text, "scrip_claims_total{") == 2);
  CHECK_THAT(text, Contains(R"(scrip_claims_total{action="issue",outcome="denied"} 100)"));
  CHECK(count(text, "scrip_http_request_seconds_count{") == 2);
}

TEST_CASE("series that differ in one label are counted apart, however many there are") {
  Metrics metrics;
  for (int round = 0; round < 2; ++round) {
    for (int i = 0; i < 2'000; ++i) metrics.answered(i % 2 == 0 ? "GET" : "PUT", "/" + std::to_string(i / 2), 200, 1ms);
  }
  const std::string text = metrics.text();
  for (int i = 0; i < 1'000; ++i) {
    const std::string route = R"(,route="/)" + std::to_string(i) + R"(",status="200"} 2)";
    CHECK(count(text, R"(scrip_http_request_seconds_count{method="GET")" + route) == 1);
    CHECK(count(text, R"(scrip_http_request_seconds_count{method="PUT")" + route) == 1);
  }
}

TEST_CASE("threads count together") {
  Metrics metrics;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int j = 0; j < 250; ++j) {
        metrics.claim("issue", "ok");
        metrics.answered("GET", "/healthz", 200, 1ms);
      }
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK_THAT(metrics.text(), Contains(R"(outcome="ok"} 1000)"));
}
