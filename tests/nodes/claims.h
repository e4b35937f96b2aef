// Customers who go on claiming, each under an Idempotency-Key of its own, whatever happens to nodes and
// database; and what they were promised.
#pragma once

#include <atomic>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "nodes.h"

namespace scrip::test {

class Claims {
 public:
  // `per_node` threads a node; each claims for one new user after the other. Who gets no answer, or a 503,
  // asks again, at the next node.
  Claims(Nodes& nodes, std::string campaign, int per_node);
  ~Claims() { stop(); }
  Claims(const Claims&) = delete;
  Claims& operator=(const Claims&) = delete;

  void stop();
  int answered() const { return answered_; }

  // After stop(): every promise is kept: each code belongs to whom it was given, none to two, and the store has
  // no more than were promised and may have been given without an answer.
  void check();

 private:
  void shop(int thread);

  Nodes& nodes_;
  const std::string campaign_;
  std::atomic<bool> stop_{false};
  std::atomic<int> answered_{0};
  std::atomic<int> unanswered_{0};
  std::mutex mutex_;                             // guards:
  std::map<std::string, std::string> promised_;  // user -> code
  std::vector<std::string> wrong_;               // answers that nobody should get
  std::vector<std::thread> threads_;
};

}  // namespace scrip::test
