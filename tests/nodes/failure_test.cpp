// Nodes die, the database goes away and comes back, a standby takes over: who was given something has it,
// nothing is given twice, and everything goes on by itself.
#include <catch2/catch.hpp>
#include <filesystem>
#include <thread>
#include <utility>

#include "claims.h"
#include "raw_postgres.h"
#include "server.h"

namespace scrip::test {
namespace {

using Json = nlohmann::json;
using postgres_test::RawPostgres;
using postgres_test::Server;

const Json sale{{"id", "sale"}, {"policy", "welcome"}, {"total", 100'000}};

// A server of the test's own, to be stopped and killed.
class OwnServer {
 public:
  OwnServer() : folder_(postgres_test::make_server_folder()) {
    Server::make_cluster(folder_);
    start();
    RawPostgres(Server::url_of(folder_, "postgres")).execute("CREATE DATABASE scrip");
  }
  ~OwnServer() {
    server_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  OwnServer(const OwnServer&) = delete;
  OwnServer& operator=(const OwnServer&) = delete;

  void start() { server_.emplace(folder_); }
  Server& server() { return *server_; }
  const std::string& folder() const { return folder_; }
  std::string url() const { return Server::url_of(folder_, "scrip"); }

 private:
  const std::string folder_;
  std::optional<Server> server_;
};

bool is_ready(Nodes& nodes, int node) {
  const auto answer = nodes.client(node).get("/readyz");
  return answer && answer->status == 200;
}

TEST_CASE("a node that is killed under load takes nothing with it, and another gives what it had leased") {
  Nodes nodes(3);
  nodes.make_campaign(sale);
  Claims claims(nodes, "sale", 2);
  for (const int node : {0, 1}) {
    const int before = claims.answered();
    REQUIRE(eventually([&] { return claims.answered() >= before + 60; }));
    nodes.server(node).kill();
    const int without = claims.answered();
    REQUIRE(eventually([&] { return claims.answered() >= without + 60; }));
  }
  claims.stop();
  for (int node = 0; node < nodes.size(); ++node) nodes.start(node);
  claims.check();
  CHECK(nodes.verify() == 0);
}

TEST_CASE("every coupon is given out, those included that a killed node had leased") {
  Nodes nodes(2);
  nodes.make_campaign({{"id", "sale"}, {"policy", "generous"}, {"total", 300}});
  for (int n = 0; n < 5; ++n) {
    REQUIRE(nodes.client(0).post("/api/v1/campaigns/sale/issue", R"({"user_id":"a"})")->status == 201);
  }
  nodes.server(0).kill();
  auto second = nodes.client(1);
  for (int n = 5; n < 300; ++n) {
    const auto answer = second.post("/api/v1/campaigns/sale/issue", R"({"user_id":"b"})");
    INFO(n << " " << answer->body);
    REQUIRE(answer->status == 201);
  }
  const auto last = second.post("/api/v1/campaigns/sale/issue", R"({"user_id":"c"})");
  CHECK(Json::parse(last->body)["code"] == "sold_out");
}

TEST_CASE("while the database is away callers get 503 with Retry-After, and when it is back all goes on") {
  OwnServer database;
  Nodes nodes(2, database.url());
  nodes.make_campaign(sale);
  Claims claims(nodes, "sale", 2);
  REQUIRE(eventually([&] { return claims.answered() >= 50; }));

  database.server().kill();
  CHECK(eventually([&] { return !is_ready(nodes, 0) && !is_ready(nodes, 1); }));
  const auto refused = nodes.client(0).post("/api/v1/campaigns/sale/issue", R"({"user_id":"somebody"})");
  REQUIRE(refused.ok());
  CHECK(refused->status == 503);
  CHECK(Json::parse(refused->body)["code"] == "storage_unavailable");

  database.start();
  CHECK(eventually([&] { return is_ready(nodes, 0) && is_ready(nodes, 1); }));
  const int before = claims.answered();
  CHECK(eventually([&] { return claims.answered() >= before + 50; }));
  claims.stop();
  claims.check();
  CHECK(nodes.verify() == 0);
}

TEST_CASE("connections that are cut again and again lose nothing") {
  Nodes nodes(2);
  nodes.make_campaign(sale);
  Claims claims(nodes, "sale", 2);
  RawPostgres operator_(nodes.store());
  for (int round = 0; round < 20; ++round) {
    const int before = claims.answered();
    REQUIRE(eventually([&] { return claims.answered() >= before + 10; }));
    operator_.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = "
        "current_database()");
  }
  claims.stop();
  claims.check();
  CHECK(nodes.verify() == 0);
}

TEST_CASE("an import whose node was killed is ended by another, which says so, and the file can be sent again") {
  Nodes nodes(2);
  nodes.make_campaign(sale);
  std::atomic<bool> killed{false};
  std::thread sending([&] {
    auto client = nodes.client(1);
    bool sent = false;
    const auto answer = client.upload("/api/v1/campaigns/sale/imports?id=partner", "text/csv",
                                      [&](char* to, std::size_t) -> Result<std::size_t> {
                                        const std::string text = "code,user_id\nPARTNER-1,ann\n";
                                        if (std::exchange(sent, true)) {
                                          killed.wait(false);
                                          return Error{.code = Code::internal, .message = "the node is gone"};
                                        }
                                        text.copy(to, text.size());
                                        return text.size();
                                      });
    static_cast<void>(answer);
  });
  auto other = nodes.client(0);
  const auto state = [&] {
    const auto answer = other.get("/api/v1/imports/partner");
    return answer && answer->status == 200 ? Json::parse(answer->body)["state"].get<std::string>() : std::string();
  };
  CHECK(eventually([&] { return state() == "running"; }));
  nodes.server(1).kill();
  killed = true;
  killed.notify_all();
  sending.join();
  // As when it was not seen for a minute.
  RawPostgres(nodes.store())
      .execute("UPDATE node SET seen_at = seen_at - 61000000 WHERE id = (SELECT node_id FROM import_job)");
  CHECK(eventually([&] { return state() == "failed"; }));
  const auto again = other.upload("/api/v1/campaigns/sale/imports?id=partner", "text/csv",
                                  [sent = false](char* to, std::size_t) mutable -> Result<std::size_t> {
                                    if (std::exchange(sent, true)) return std::size_t{0};
                                    const std::string text = "code,user_id\nPARTNER-1,ann\n";
                                    text.copy(to, text.size());
                                    return text.size();
                                  });
  REQUIRE(again.ok());
  CHECK(again->status == 202);
  CHECK(eventually([&] { return state() == "done"; }));
  CHECK(nodes.verify() == 0);
}

TEST_CASE("when a standby takes over for the primary, the nodes find it and nothing that was answered is lost") {
  OwnServer primary;
  const std::string folder = postgres_test::make_server_folder();
  Server::make_standby(folder, primary.folder());
  std::optional<Server> standby(std::in_place, folder);
  // The primary answers a commit when the standby has it: else a failover loses some, whatever Scrip does.
  RawPostgres(primary.url()).execute("ALTER SYSTEM SET synchronous_standby_names = '*'");
  RawPostgres(primary.url()).execute("SELECT pg_reload_conf()");
  const std::string both = Server::url_of({primary.folder(), folder}, "scrip");

  Nodes nodes(2, both);
  nodes.make_campaign(sale);
  Claims claims(nodes, "sale", 2);
  REQUIRE(eventually([&] { return claims.answered() >= 50; }));

  primary.server().kill();
  RawPostgres(standby->url("scrip")).execute("SELECT pg_promote(true)");
  CHECK(eventually([&] { return is_ready(nodes, 0) && is_ready(nodes, 1); }));
  const int before = claims.answered();
  CHECK(eventually([&] { return claims.answered() >= before + 50; }));
  claims.stop();
  claims.check();
  CHECK(nodes.verify() == 0);
  standby.reset();
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace scrip::test
