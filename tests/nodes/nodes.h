// Several real nodes on one real database: processes of the program, each with a data directory of its own
// and the same secret.
#pragma once

#include <atomic>
#include <deque>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "server_process.h"
#include "test_database.h"

namespace scrip::test {

class Nodes {
 public:
  // On a database of the test's own, or on the one that `url` names.
  explicit Nodes(int count, std::string url = {});

  http::Client client(int node) const { return servers_[at(node)]->client(); }
  http::Client client_of(const std::string& url) const { return servers_.front()->client_of(url); }
  ServerProcess& server(int node) { return *servers_[at(node)]; }
  const Site& site(int node) const { return sites_[at(node)]; }
  const std::string& store() const { return url_; }
  int size() const { return static_cast<int>(servers_.size()); }

  // One more, or again one that was killed or stopped.
  int add();
  void start(int node);

  // Makes a campaign on the first node, and waits until all know it.
  void make_campaign(const nlohmann::json& campaign);
  nlohmann::json campaign(const std::string& id, int node = 0);

  // `scrip verify --store` on the first node's site: its exit status, and what it said.
  int verify(std::string* said = nullptr) const;

 private:
  static std::size_t at(int node) { return static_cast<std::size_t>(node); }

  std::unique_ptr<postgres_test::TestDatabase> database_;
  std::string url_;
  std::deque<Site> sites_;
  std::vector<std::unique_ptr<ServerProcess>> servers_;
};

// What a crowd was told.
struct Told {
  std::atomic<int> issued{0};
  std::atomic<int> sold_out{0};
  std::atomic<int> already{0};
  std::atomic<int> unavailable{0};  // 503, with Retry-After
  std::atomic<int> lost{0};         // no answer: the node or the connection was gone
  std::atomic<int> other{0};
};

// Until `call` says so: a poll with a limit of 30 seconds, for what happens on other nodes in their own time.
bool eventually(const std::function<bool()>& call);

}  // namespace scrip::test
