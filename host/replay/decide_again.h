// Makes a decision again: the host's own rules and a policy's, where a policy was asked, on facts that were recorded or
// made up. What the ledger does with a claim, without a ledger. Belongs to the evaluator's thread.
#pragma once

#include "policy/facts.h"
#include "policy/policy_set.h"
#include "policy/verdict.h"

namespace scrip {

// Preconditions: facts.campaign and facts.coupon are set, and facts.counters hold what
// evaluator.counters() names, in that order.
Verdict decide_again(Evaluator& evaluator, const Binding& binding, Hook hook, const Facts& facts);

}  // namespace scrip
