// Three nodes behind HAProxy, with the configuration that db/README.md names.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <set>

#include "http/file_descriptor.h"
#include "nodes.h"

namespace scrip::test {
namespace {

using Json = nlohmann::json;

std::string free_address() {
  const http::FileDescriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const place = reinterpret_cast<sockaddr*>(&address);
  REQUIRE(::bind(socket.get(), place, size) == 0);
  REQUIRE(::getsockname(socket.get(), place, &size) == 0);
  return "127.0.0.1:" + std::to_string(ntohs(address.sin_port));
}

class Proxy {
 public:
  explicit Proxy(Nodes& nodes) : address_(free_address()) {
    ::setenv("SCRIP_BIND", address_.c_str(), 1);
    const char* const names[] = {"SCRIP_NODE_1", "SCRIP_NODE_2", "SCRIP_NODE_3"};
    for (int node = 0; node < 3; ++node) {
      ::setenv(names[node], nodes.server(node).url().substr(std::string("http://").size()).c_str(), 1);
    }
    std::string file = std::string(SCRIP_SOURCE_DIR) + "/db/postgres/haproxy.cfg";
    std::string program = "/usr/sbin/haproxy";
    std::string words[] = {program, "-f", file};
    char* arguments[] = {words[0].data(), words[1].data(), words[2].data(), nullptr};
    REQUIRE(::posix_spawn(&pid_, program.c_str(), nullptr, nullptr, arguments, environ) == 0);
  }
  ~Proxy() {
    ::kill(pid_, SIGTERM);
    ::waitpid(pid_, nullptr, 0);
  }
  Proxy(const Proxy&) = delete;
  Proxy& operator=(const Proxy&) = delete;

  std::string url() const { return "http://" + address_; }

 private:
  const std::string address_;
  pid_t pid_ = -1;
};

TEST_CASE("behind the proxy of the guide a killed node is not noticed but by its calls that were under way") {
  if (!std::filesystem::exists("/usr/sbin/haproxy")) {
    WARN("HAProxy is not installed");
    CHECK(std::getenv("CI") == nullptr);
    return;
  }
  Nodes nodes(3);
  nodes.make_campaign({{"id", "sale"}, {"policy", "welcome"}, {"total", 1'000}});
  const Proxy proxy(nodes);
  auto client = nodes.client_of(proxy.url());
  REQUIRE(eventually([&] {
    const auto answer = client.get("/readyz");
    return answer && answer->status == 200;
  }));
  std::set<std::string> codes;
  const auto claim = [&](int n) {
    // As a shop's back end does: a call that got no answer is sent again under its key.
    const std::string user = "user-" + std::to_string(n);
    REQUIRE(eventually([&] {
      const auto answer = client.post("/api/v1/campaigns/sale/issue", Json{{"user_id", user}}.dump(), user);
      if (!answer || answer->status != 201) return false;
      codes.insert(Json::parse(answer->body)["code"].get<std::string>());
      return true;
    }));
  };
  for (int n = 0; n < 30; ++n) claim(n);
  nodes.server(1).kill();
  for (int n = 30; n < 90; ++n) claim(n);
  CHECK(codes.size() == 90);
  CHECK(nodes.campaign("sale", 0)["issued"] == 90);
}

}  // namespace
}  // namespace scrip::test
