// Files of codes on the command line, with a server on the data directory and without.
#include <algorithm>
#include <catch2/catch.hpp>
#include <memory>
#include <nlohmann/json.hpp>
#include <sstream>

#include "scratch.h"

using namespace scrip::test;
using Json = nlohmann::json;

namespace {

// A store with a campaign.
class ImportShop {
 public:
  ImportShop() : server_(std::make_unique<Running>(scratch.serve())) {
    const std::string url = await_url(*server_);
    REQUIRE(!url.empty());
    auto client = scrip::http::Client::open(url, {.token = token(scratch)});
    REQUIRE(client);
    for (const std::string id : {"spring", "copy"}) {
      const auto made = client->post("/api/v1/campaigns", Json{{"id", id}, {"policy", "welcome"}, {"total", 2}}.dump());
      REQUIRE((made && made->status == 201));
    }
  }
  void stop() {
    server_->signal(SIGTERM);
    REQUIRE(server_->wait().status == 0);
  }
  Finished import(const std::string& file, const std::vector<std::string>& more = {}) const {
    std::vector<std::string> arguments{"import", scratch / file, "--campaign", "spring", "--data", scratch.data()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run(arguments);
  }
  const Scratch scratch;

 private:
  std::unique_ptr<Running> server_;
};

}  // namespace

TEST_CASE("import brings codes into a campaign and says what was wrong, with a server and without") {
  for (const bool serving : {true, false}) {
    INFO((serving ? "with a server" : "without"));
    ImportShop shop;
    if (!serving) shop.stop();
    shop.scratch.write("codes.csv", "code,user_id\nA-1,minji\nA-2,\nA-1,\nB,u,x\n");
    const Finished imported = shop.import("codes.csv", {"--id", "partner"});
    CAPTURE(imported.err);
    CHECK(imported.status == 0);
    CHECK(imported.out ==
          "2 coupons imported into spring by partner\n2 of 4 rows were not:\n"
          "line 4: The code A-1 has been imported already.\nline 5: The row has 3 fields, the first line has 2.\n");
    CHECK(imported.err.empty());  // no progress where there is no terminal

    const Finished again = shop.import("codes.csv", {"--json"});
    CHECK(again.status == 0);
    const Json job = Json::parse(again.out);
    CHECK(job["state"] == "done");
    CHECK(job["imported"] == 0);
    CHECK(job["rejected"] == 4);
    CHECK(job["errors"].size() == 4);
    CHECK(run({"verify", "--data", shop.scratch.data()}).status == 0);
  }
}

TEST_CASE("import refuses what it cannot do in one line") {
  for (const bool serving : {true, false}) {
    INFO((serving ? "with a server" : "without"));
    ImportShop shop;
    if (!serving) shop.stop();
    shop.scratch.write("foreign.csv", "code,price\nA,1\n");
    // More than fits into the connection: the refusal comes while the file is still going up.
    std::string large = "code,price\n";
    while (large.size() < 20'000'000) large += "ABCDEFGHIJKLMNOPQRSTUVWXYZ,1\n";
    shop.scratch.write("large.csv", large);
    shop.scratch.write("codes.csv", "code\nA\n");
    for (const std::string file : {"foreign.csv", "large.csv"}) {
      const Finished refused = shop.import(file);
      CAPTURE(file);
      CHECK(refused.status == 1);
      CHECK(refused.err.starts_with("scrip: price: is no column of an import"));
      CHECK(refused.out.empty());
    }
    const auto lines = [](const std::string& text) { return std::count(text.begin(), text.end(), '\n'); };
    for (const Finished& refused :
         {shop.import("none.csv"), shop.import("codes.csv", {"--id", "No Name"}),
          run({"import", shop.scratch / "codes.csv", "--campaign", "none", "--data", shop.scratch.data()}),
          run({"export", "--campaign", "none", "--data", shop.scratch.data()}),
          run({"export", "--campaign", "spring", "--state", "gone", "--data", shop.scratch.data()})}) {
      CAPTURE(refused.err);
      CHECK(refused.status == 1);
      CHECK(lines(refused.err) == 1);
      CHECK(refused.out.empty());
    }
    CHECK(run({"import"}).status == 2);
    CHECK(run({"export"}).status == 2);
  }
}

TEST_CASE("what export writes is what import reads, with a server and without") {
  for (const bool serving : {true, false}) {
    INFO((serving ? "with a server" : "without"));
    ImportShop shop;
    if (!serving) shop.stop();
    const std::string header = "code,state,user_id,subject,issued_at,expires_at,redeemed_at\n";
    const std::string rows =
        "B-2,redeemed,\"a \"\"b\"\", c\",work:1,2026-01-01T00:00:00Z,2027-01-01T00:00:00Z,2026-01-02T00:00:00Z\n"
        "B-1,available,,,,,\n";
    shop.scratch.write("codes.csv", header + rows);
    REQUIRE(shop.import("codes.csv").status == 0);
    const Finished exported = run({"export", "--campaign", "spring", "--data", shop.scratch.data()});
    CHECK(exported.status == 0);
    CHECK(exported.out == header + rows);
    const std::string file = shop.scratch / "out.csv";
    const Finished to_file =
        run({"export", "--campaign", "spring", "--state", "redeemed", "--output", file, "--data", shop.scratch.data()});
    CHECK(to_file.status == 0);
    CHECK(to_file.out.empty());
    std::ifstream in(file);
    std::ostringstream text;
    text << in.rdbuf();
    CHECK(text.str() == header + rows.substr(0, rows.find("B-1")));
  }
}
