// What a file of any size costs the server in memory.
#include <stdlib.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "http/client.h"
#include "server_process.h"

namespace scrip::test {
namespace {

// Resident, in KiB.
long memory_of(pid_t pid) {
  std::ifstream status("/proc/" + std::to_string(pid) + "/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmRSS:")) return std::stol(line.substr(6));
  }
  return 0;
}

}  // namespace

TEST_CASE("a file of 200 MiB is imported in little memory") {
  // What was freed is used again, also where the sanitizer would keep it back for a while.
  ::setenv("ASAN_OPTIONS", "quarantine_size_mb=4", 0);
  const Site site;
  ServerProcess server(site);
  auto client = server.client();
  const auto made = client.post("/api/v1/campaigns", R"({"id":"spring","policy":"welcome","total":0})");
  REQUIRE((made && made->status == 201));
  // Long rows, most of them bad, so that it is the reading that is measured and not SQLite's cache.
  const std::string bad = std::string(2'000, 'x') + "," + std::string(2'000, 'y') + "\n";
  int row = 0;
  std::string text = "code,user_id\n";
  const auto read = [&](char* to, std::size_t size) -> Result<std::size_t> {
    for (; text.size() < size && row < 52'000; ++row) {
      text += row % 100 == 0 ? "Partner-" + std::to_string(row) + ",\n" : bad;
    }
    const std::size_t count = std::min(size, text.size());
    std::copy_n(text.begin(), count, to);
    text.erase(0, count);
    return count;
  };
  const long before = memory_of(server.pid());
  const auto answer = client.upload("/api/v1/campaigns/spring/imports?id=large", "text/csv", read);
  REQUIRE((answer && answer->status == 202));
  const long grown = memory_of(server.pid()) - before;
  CAPTURE(before, grown);
  CHECK(grown < 64 * 1024);
  const auto job = nlohmann::json::parse(client.get("/api/v1/imports/large")->body);
  CHECK(job["imported"] == 520);
  CHECK(job["rejected"] == 52'000 - 520);
  CHECK(server.stop() == 0);
}

}  // namespace scrip::test
