// A server that is killed in the middle of an import.
#include <signal.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <thread>

#include "http/client.h"
#include "server_process.h"

namespace scrip::test {
namespace {

using Json = nlohmann::json;

constexpr int rows = 200'000;

// Rows of a file that is made while it goes up.
class Codes {
 public:
  Result<std::size_t> read(char* to, std::size_t size) {
    while (text_.size() < size && next_ < rows) text_ += "Partner-" + std::to_string(next_++) + "\n";
    const std::size_t count = std::min(size, text_.size());
    std::copy_n(text_.begin(), count, to);
    text_.erase(0, count);
    return count;
  }

 private:
  std::string text_ = "code\n";
  int next_ = 0;
};

Result<http::Answer> send(http::Client& client) {
  Codes codes;
  return client.upload("/api/v1/campaigns/spring/imports?id=big", "text/csv",
                       [&](char* to, std::size_t size) { return codes.read(to, size); });
}

Json job(http::Client& client) {
  const auto answer = client.get("/api/v1/imports/big");
  return answer && answer->ok() ? Json::parse(answer->body) : Json();
}

TEST_CASE("killed in the middle of an import, the server knows how far it was, and the file can be sent again") {
  const Site site;
  int stored = 0;
  {
    ServerProcess server(site);
    auto client = server.client();
    const auto made = client.post("/api/v1/campaigns", R"({"id":"spring","policy":"welcome","total":0})");
    REQUIRE((made && made->status == 201));
    std::thread sender([&] {
      auto own = server.client();
      static_cast<void>(send(own));
    });
    int seen = 0;
    while (seen < rows / 10) {
      const Json running = job(client);
      if (running.is_object()) seen = running["rows"];
    }
    server.kill();
    sender.join();
    CHECK(site.verify() == 0);
    stored = seen;
  }
  ServerProcess server(site);
  auto client = server.client();
  Json failed = job(client);
  CHECK(failed["state"] == "failed");
  CHECK(failed["imported"] >= stored);
  CHECK(failed["imported"] < rows);
  CHECK(failed["rejected"] == 0);
  CHECK(failed["why"] == "The server stopped while this was running; " + std::to_string(failed["rows"].get<int>()) +
                             " rows had been read. Send the file again: what was imported is not imported twice.");
  const auto campaign = [&] { return Json::parse(client.get("/api/v1/campaigns/spring")->body); };
  CHECK(campaign()["total"] == failed["imported"]);

  const auto again = send(client);
  REQUIRE((again && again->status == 202));
  const Json done = job(client);
  CHECK(done["state"] == "done");
  CHECK(done["rejected"] == failed["imported"]);
  CHECK(done["imported"].get<int>() + failed["imported"].get<int>() == rows);
  CHECK(campaign()["total"] == rows);
  CHECK(server.stop() == 0);
  CHECK(site.verify() == 0);
}

}  // namespace
}  // namespace scrip::test
