#include "policy/quarantine.h"

namespace scrip {

bool Quarantine::failed(std::string_view policy) {
  const std::scoped_lock lock(mutex_);
  any_.store(true, std::memory_order_relaxed);
  const auto found = failures_.try_emplace(std::string(policy), 0).first;
  // Decisions that were under way when the policy was held may still come in.
  if (found->second >= failures_allowed) return false;
  return ++found->second == failures_allowed;
}

void Quarantine::succeeded(std::string_view policy) {
  if (!any_.load(std::memory_order_relaxed)) return;
  const std::scoped_lock lock(mutex_);
  const auto found = failures_.find(policy);
  if (found == failures_.end() || found->second >= failures_allowed) return;
  failures_.erase(found);
  any_.store(!failures_.empty(), std::memory_order_relaxed);
}

bool Quarantine::suspect(std::string_view policy) {
  const std::scoped_lock lock(mutex_);
  any_.store(true, std::memory_order_relaxed);
  const auto found = failures_.try_emplace(std::string(policy), 0).first;
  const bool held = found->second >= failures_allowed;
  found->second = failures_allowed;
  return !held;
}

bool Quarantine::holds(std::string_view policy) const {
  if (!any_.load(std::memory_order_relaxed)) return false;
  const std::scoped_lock lock(mutex_);
  const auto found = failures_.find(policy);
  return found != failures_.end() && found->second >= failures_allowed;
}

void Quarantine::clear() {
  const std::scoped_lock lock(mutex_);
  failures_.clear();
  any_.store(false, std::memory_order_relaxed);
}

}  // namespace scrip
