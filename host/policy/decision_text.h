// A decision as text for people: the facts one a line, the trace one rule a line. Pure functions;
// thread-safe. Lines end with a newline and begin with the indent.
#pragma once

#include <string>
#include <string_view>

#include "policy/facts.h"
#include "policy/policy_set.h"
#include "policy/verdict.h"

namespace scrip {

// "user.issued = 1"
std::string facts_text(const Facts& facts, std::string_view indent);

// "per_user_limit {"max":1}"
std::string rules_text(const std::vector<RuleInfo>& rules, std::string_view indent);

// "1. per_user_limit: denied already_issued, sentence = You already have this coupon."
std::string trace_text(const std::vector<TraceEntry>& trace, std::string_view indent);

// "denied already_issued", "allowed, discount = 2000": without the trace and the newline.
std::string verdict_text(const Verdict& verdict);

}  // namespace scrip
