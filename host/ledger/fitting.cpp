#include "ledger/fitting.h"

#include <algorithm>

namespace scrip {

std::vector<PolicyError> campaigns_that_do_not_fit(const PolicySet& set, const Catalog& catalog) {
  std::vector<PolicyError> errors;
  for (const auto& entry : catalog.campaigns()) {
    const Campaign& campaign = *entry.second;
    auto binding = set.bind(campaign.policy, campaign.params);
    if (binding) continue;
    const auto named = std::find_if(set.policies().begin(), set.policies().end(),
                                    [&](const PolicyInfo& policy) { return policy.name == campaign.policy; });
    std::string why = "campaign " + campaign.id + " does not fit: " + binding.error().message;
    for (const FieldError& field : binding.error().fields) why += " " + field.field + ": " + field.message;
    errors.push_back({.file = named == set.policies().end() ? "scripts" : named->file, .line = 0, .message = why});
  }
  return errors;
}

}  // namespace scrip
