// Judges for readers: what validate asks. Judges are made when needed and kept for the next caller,
// as long as the policies are the same. Thread-safe.
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "ledger/judge.h"

namespace scrip {

class Judges {
 public:
  // Lends a judge; it comes back when the lease ends.
  class Lease {
   public:
    Lease(Judges& owner, std::unique_ptr<Judge> judge) : owner_(&owner), judge_(std::move(judge)) {}
    Lease(Lease&&) = default;
    ~Lease() {
      if (judge_) owner_->give_back(std::move(judge_));
    }
    Judge* operator->() { return judge_.get(); }

   private:
    Judges* owner_;
    std::unique_ptr<Judge> judge_;
  };

  Lease lend(const std::shared_ptr<const ActivePolicies>& active);

 private:
  void give_back(std::unique_ptr<Judge> judge);

  static constexpr std::size_t kept = 16;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Judge>> idle_;
};

}  // namespace scrip
