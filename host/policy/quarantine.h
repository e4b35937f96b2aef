// Which policies are not asked any more: a rule that keeps failing must not cost every customer a
// time-out. Five failures in a row, or one proof of instability, and the policy is held until the
// next activation. Thread-safe; costs a relaxed load while nothing ever failed.
#pragma once

#include <atomic>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

namespace scrip {

class Quarantine {
 public:
  static constexpr int failures_allowed = 5;

  // Records how a decision of the policy ended. True when this one put it into quarantine.
  bool failed(std::string_view policy);
  void succeeded(std::string_view policy);

  // Two evaluations of one decision differed: held at once. True when it was not held before.
  bool suspect(std::string_view policy);

  bool holds(std::string_view policy) const;

  // Forgets everything, as an activation does.
  void clear();

 private:
  mutable std::mutex mutex_;
  std::map<std::string, int, std::less<>> failures_;  // in a row; failures_allowed and up: held
  std::atomic<bool> any_{false};                      // failures_ is not empty
};

}  // namespace scrip
