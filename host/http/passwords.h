// Passwords: the rule for them, and bcrypt ($2b$, by crypt(3)), which is slow on purpose and
// therefore has threads of its own that no claim ever needs. Thread-safe.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "coupon/error.h"

namespace scrip::http {

// At least 8 characters of UTF-8, at most 72 bytes (bcrypt reads no more), no NUL. The error's field
// is "password".
Result<void> check_password(std::string_view password);

class PasswordPool {
 public:
  // `cost`: 4 to 31, each one twice as slow as the one before; 12 takes about 0.2 s. `queued`: calls
  // that may wait; above it: overloaded. The threads give way to all others (nice).
  explicit PasswordPool(int cost = 12, std::size_t threads = 1, std::size_t queued = 256);
  ~PasswordPool();  // precondition: no call is under way
  PasswordPool(const PasswordPool&) = delete;
  PasswordPool& operator=(const PasswordPool&) = delete;

  // The hash to store. The caller waits (ops/parking.h). Errors: overloaded, internal.
  // Precondition: check_password.
  Result<std::string> hash(std::string_view password);

  // Whether `hash` was made of this password. An empty hash stands for a login that does not exist:
  // false, after the time that a wrong password takes. Errors: overloaded.
  Result<bool> verify(std::string_view password, std::string_view hash);

 private:
  struct Call;
  Result<void> run(Call& call);
  void work();

  const int cost_;
  const std::size_t max_queued_;
  const std::string nobodys_hash_;

  std::mutex mutex_;  // guards:
  std::condition_variable wake_;
  std::deque<Call*> calls_;
  bool stopping_ = false;

  std::vector<std::thread> threads_;
};

}  // namespace scrip::http
