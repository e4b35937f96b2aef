// A webhook's receiver: a real HTTP server that answers as a test tells it to, and keeps what came.
#pragma once

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "http/server.h"
#include "ops/parking.h"

namespace scrip::test {

class Receiver {
 public:
  struct Came {
    std::string body;
    std::string event;      // Scrip-Event
    std::string delivery;   // Scrip-Delivery
    std::string signature;  // Scrip-Signature
    nlohmann::json json() const { return nlohmann::json::parse(body); }
  };
  enum class Mood { take, fail, ask_for_patience, hang, break_off };

  Receiver();
  ~Receiver();

  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_) + "/hook"; }
  // For the next requests, one each; then it takes them all.
  void next(std::vector<Mood> moods);
  std::vector<Came> came();
  void await(std::size_t count);  // until so many came

 private:
  http::Response answer(http::Request& request);

  std::mutex mutex_;  // guards:
  std::condition_variable changed_;
  std::deque<Mood> moods_;
  std::vector<Came> came_;
  std::vector<Parking*> hanging_;
  bool closing_ = false;
  std::unique_ptr<http::Server> server_;
  int port_ = 0;
};

}  // namespace scrip::test
