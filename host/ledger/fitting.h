// Whether the campaigns there are fit a set of policies: their policy is in it and takes their
// parameters. Thread-safe.
#pragma once

#include <vector>

#include "ledger/catalog.h"
#include "policy/policy_set.h"

namespace scrip {

// One error for each that does not, at its policy's file.
std::vector<PolicyError> campaigns_that_do_not_fit(const PolicySet& set, const Catalog& catalog);

}  // namespace scrip
