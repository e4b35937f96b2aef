#include "ledger/judges.h"

namespace scrip {

Judges::Lease Judges::lend(const std::shared_ptr<const ActivePolicies>& active) {
  {
    const std::lock_guard lock(mutex_);
    std::erase_if(idle_, [&](const auto& judge) { return judge->shared_active() != active; });
    if (!idle_.empty()) {
      std::unique_ptr<Judge> judge = std::move(idle_.back());
      idle_.pop_back();
      return {*this, std::move(judge)};
    }
  }
  return {*this, std::make_unique<Judge>(active)};
}

void Judges::give_back(std::unique_ptr<Judge> judge) {
  const std::lock_guard lock(mutex_);
  if (idle_.size() < kept) idle_.push_back(std::move(judge));
}

}  // namespace scrip
