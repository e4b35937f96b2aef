// How the audit log tells of policies: what was put in force, and what was refused. Pure functions.
#pragma once

#include <string>
#include <vector>

#include "coupon/activation.h"
#include "policy/policy_set.h"

namespace scrip {

inline constexpr const char* audit_target_policies = "policies";

// {"revision"}, {"revision","origin","notes"?,"set_aside"?} as JSON text; empty without a revision.
std::string revision_json(const std::string& revision);
std::string activation_json(const std::string& revision, PolicyOrigin origin, const std::string& notes,
                            const std::string& set_aside);

// {"revision"?,"origin","notes"?,"errors":[first of them],"error_count"}
std::string refusal_json(const std::string& revision, PolicyOrigin origin, const std::string& notes,
                         const std::vector<PolicyError>& errors);

}  // namespace scrip
