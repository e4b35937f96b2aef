// A candidate set and the campaigns' definitions, as a replay asks for them: each campaign's policy
// bound with the parameters that it had when the decision was made. Thread-safe.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "coupon/campaign.h"
#include "db/store.h"
#include "policy/policy_set.h"

namespace scrip {

// A definition under a candidate set.
struct CandidateCampaign {
  std::shared_ptr<const Campaign> campaign;  // null: it was not kept
  std::shared_ptr<const Binding> binding;    // null: it does not fit the set
  std::string unable;                        // why there is no binding
};

class Candidate {
 public:
  explicit Candidate(std::shared_ptr<const PolicySet> set) : set_(std::move(set)) {}

  const PolicySet& set() const { return *set_; }

  // The candidate's policy `stacking`; null: it has none.
  std::shared_ptr<const Binding> stacking();

  // The definition of a campaign number and version. The error is the store's.
  Result<std::shared_ptr<const CandidateCampaign>> campaign(Reader& reader, std::int64_t number, std::int64_t version);

 private:
  const std::shared_ptr<const PolicySet> set_;
  std::mutex mutex_;
  std::optional<std::shared_ptr<const Binding>> stacking_;  // nullopt: not bound yet
  std::map<std::pair<std::int64_t, std::int64_t>, std::shared_ptr<const CandidateCampaign>> known_;
};

}  // namespace scrip
