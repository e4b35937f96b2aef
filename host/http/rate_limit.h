// How often something may happen for each of many keys, such as the address or the login of a
// sign-in: a token bucket per key. Thread-safe.
#pragma once

#include <chrono>
#include <cstddef>
#include <list>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

namespace scrip::http {

class RateLimit {
 public:
  using Time = std::chrono::steady_clock::time_point;

  // `burst` times at once, then once per `interval`. At most `keys` are remembered: the one that
  // was unused the longest is forgotten first.
  RateLimit(int burst, std::chrono::milliseconds interval, std::size_t keys = 65'536);

  // 0: it may happen now, and is counted. Else: in so many seconds, rounded up; nothing is counted.
  int take(std::string_view key, Time now);

  std::size_t remembered() const;

 private:
  // The instant at which the key's bucket is full again tells all about it (the generic cell rate
  // algorithm), so nothing has to be refilled.
  struct Bucket {
    std::string key;
    Time full_at;
  };

  Bucket& bucket(std::string_view key, Time now);

  const std::chrono::milliseconds interval_;
  const std::chrono::milliseconds capacity_;  // how far full_at may be ahead
  const std::size_t max_keys_;

  mutable std::mutex mutex_;   // guards:
  std::list<Bucket> buckets_;  // the latest used first
  std::unordered_map<std::string_view, std::list<Bucket>::iterator> by_key_;
};

}  // namespace scrip::http
