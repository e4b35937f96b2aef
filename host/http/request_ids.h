// Makes the ids by which one request is found in the log: unique in this process, and with a random
// part so that they do not repeat after a restart. Thread-safe.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>

namespace scrip::http {

class RequestIds {
 public:
  RequestIds();

  // "5f0c9a1e-2b".
  std::string next();

 private:
  std::string prefix_;
  std::atomic<std::uint64_t> last_{0};
};

}  // namespace scrip::http
