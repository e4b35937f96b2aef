// The disk is full: what cannot be stored is refused, nothing else breaks, and it heals by itself.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <set>

#include "server_process.h"

namespace scrip::test {
namespace {

using Json = nlohmann::json;
namespace fs = std::filesystem;

std::uintmax_t largest_file(const fs::path& folder) {
  std::uintmax_t largest = 0;
  for (const auto& file : fs::directory_iterator(folder)) largest = std::max(largest, file.file_size());
  return largest;
}

TEST_CASE("on a full disk claims get a problem, reads go on, and with space again all is well") {
  const Site site;
  ServerProcess server(site);
  auto client = server.client();
  REQUIRE(client.post("/api/v1/campaigns", R"({"id":"spring","policy":"welcome","total":1000000})")->status == 201);

  std::set<std::string> given;
  int claims = 0;
  const auto claim = [&] {
    auto answer =
        client.post("/api/v1/campaigns/spring/issue", Json{{"user_id", "u" + std::to_string(claims++)}}.dump());
    REQUIRE(answer.ok());
    if (answer->status == 201) given.insert(Json::parse(answer->body)["code"].get<std::string>());
    return *answer;
  };
  const auto get = [&](const std::string& path) {
    auto answer = client.get(path);
    REQUIRE(answer.ok());
    return *answer;
  };
  CHECK(claim().status == 201);

  for (int round = 0; round < 2; ++round) {
    INFO("round " << round);
    server.limit_files(largest_file(site.data()) + 64 * 1024);
    http::Answer refused;
    constexpr int patience = 20'000;
    for (int n = 0; n < patience && refused.status != 503; ++n) {
      refused = claim();
      if (refused.status != 503) REQUIRE(refused.status == 201);
    }
    INFO(refused.body);
    REQUIRE(refused.status == 503);
    CHECK(refused.content_type == "application/problem+json");
    CHECK(Json::parse(refused.body)["code"] == "storage_unavailable");
    const std::size_t before = given.size();
    for (int n = 0; n < 5; ++n) CHECK(claim().status == 503);
    CHECK(given.size() == before);
    CHECK(get("/readyz").status == 503);
    CHECK(get("/healthz").status == 200);
    CHECK(Json::parse(get("/api/v1/campaigns/spring").body)["issued"] == given.size());
    CHECK(get("/api/v1/coupons/" + *given.begin()).status == 200);

    server.limit_files(std::nullopt);
    CHECK(claim().status == 201);
    CHECK(claim().status == 201);
    CHECK(get("/readyz").status == 200);
    CHECK(Json::parse(get("/api/v1/campaigns/spring").body)["issued"] == given.size());
    CHECK(site.verify() == 0);
  }
  for (const std::string& code : given) CHECK(get("/api/v1/coupons/" + code).status == 200);
  CHECK(server.stop() == 0);
  CHECK(site.verify() == 0);
}

TEST_CASE("killed while the disk is full, the server has all it answered when there is space again") {
  const Site site;
  std::vector<std::string> given;
  {
    ServerProcess server(site);
    auto client = server.client();
    REQUIRE(client.post("/api/v1/campaigns", R"({"id":"spring","policy":"welcome","total":1000000})")->status == 201);
    server.limit_files(largest_file(site.data()) + 64 * 1024);
    int status = 201;
    for (int n = 0; n < 20'000 && status == 201; ++n) {
      auto answer = client.post("/api/v1/campaigns/spring/issue", Json{{"user_id", "u" + std::to_string(n)}}.dump());
      REQUIRE(answer.ok());
      status = answer->status;
      if (status == 201) given.push_back(Json::parse(answer->body)["code"].get<std::string>());
    }
    CHECK(status == 503);
    server.kill();
  }
  ServerProcess server(site);
  auto client = server.client();
  CHECK(Json::parse(client.get("/api/v1/campaigns/spring")->body)["issued"] == given.size());
  for (const std::string& code : given) CHECK(client.get("/api/v1/coupons/" + code)->status == 200);
  CHECK(site.verify() == 0);
}

}  // namespace
}  // namespace scrip::test
